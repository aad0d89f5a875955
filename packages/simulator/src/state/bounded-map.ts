/** A map that forgets its oldest entries beyond `max`, except those that `keep` still wants. */
export interface BoundedMap<K, V> {
  get(key: K): V | undefined
  set(key: K, value: V): void
  delete(key: K): boolean
  values(): IterableIterator<V>
  readonly size: number
}

/** Makes a bounded map; each `set` looks at no more than two old entries. */
export function createBoundedMap<K, V>(max: number, keep: (value: V) => boolean = () => false): BoundedMap<K, V> {
  const entries = new Map<K, V>()

  const forgetOldest = (): void => {
    for (const [key, value] of entries) {
      entries.delete(key)
      if (keep(value)) entries.set(key, value)
      return
    }
  }

  return {
    get: (key) => entries.get(key),
    set(key, value) {
      entries.set(key, value)
      if (entries.size > max) forgetOldest()
      if (entries.size > max) forgetOldest()
    },
    delete: (key) => entries.delete(key),
    values: () => entries.values(),
    get size() {
      return entries.size
    },
  }
}
