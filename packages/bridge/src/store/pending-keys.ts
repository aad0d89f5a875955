/** The keys whose changes the fast tier may not have, as far as this process knows. */
export interface PendingKeys {
  has(key: string): boolean
  add(key: string): void
  /** This process is about to change the key; the answer ends it. */
  expect(key: string): () => void
  /**
   * To be called before the shared list is read; the answer takes what was read. What was known before and is not on
   * the list is pending no more, unless the list was cut; what became known during the reading stays.
   */
  listing(): (listed: readonly string[], isWhole: boolean) => void
}

/** Starts with none. */
export function createPendingKeys(): PendingKeys {
  /** Each with the number of listings that were begun before it became known. */
  const known = new Map<string, number>()
  const expected = new Map<string, number>()
  let listings = 0

  return {
    has: (key) => known.has(key) || expected.has(key),
    add: (key) => void known.set(key, listings),
    expect(key) {
      expected.set(key, (expected.get(key) ?? 0) + 1)
      return () => {
        const left = (expected.get(key) ?? 1) - 1
        if (left === 0) expected.delete(key)
        else expected.set(key, left)
      }
    },
    listing() {
      listings += 1
      const begun = listings
      return (listed, isWhole) => {
        if (isWhole) for (const [key, since] of known) if (since < begun) known.delete(key)
        for (const key of listed) known.set(key, listings)
      }
    },
  }
}
