/** A map that keeps what was used of late: at least half of `entriesMost`, at most all of it. */
export interface RecentMap<Value> {
  get(key: string): Value | undefined
  set(key: string, value: Value): void
  delete(key: string): void
}

/** Two generations: what is asked for in the old one moves to the young one, and the old one is dropped as a whole. */
export function createRecentMap<Value>(entriesMost: number): RecentMap<Value> {
  const generationMost = Math.max(1, Math.floor(entriesMost / 2))
  let young = new Map<string, Value>()
  let old = new Map<string, Value>()

  function set(key: string, value: Value): void {
    young.set(key, value)
    if (young.size < generationMost) return
    old = young
    young = new Map()
  }

  return {
    get(key) {
      const value = young.get(key)
      if (value !== undefined) return value
      const aged = old.get(key)
      if (aged !== undefined) set(key, aged)
      return aged
    },
    set,
    delete(key) {
      young.delete(key)
      old.delete(key)
    },
  }
}
