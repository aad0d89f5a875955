import type { DurableStore } from './durable-store.ts'
import type { CredentialRecord } from './record.ts'

const ENTRIES_MOST = 100_000

/**
 * A store in this process's memory: for tests, and for a server that may forget. Bounded: over `entriesMost` the
 * oldest go. As a durable tier it is the only one that changes it, so it tells that nobody else does.
 */
export function createMemoryStore(deps: { readonly now: () => number; readonly entriesMost?: number }): DurableStore {
  const { now, entriesMost = ENTRIES_MOST } = deps
  const records = new Map<string, CredentialRecord>()
  const pending = new Set<string>()
  const facts = new Map<string, string>()

  const isLive = ({ expiresAt }: CredentialRecord): boolean => expiresAt === null || expiresAt > now()

  function live(key: string): CredentialRecord | undefined {
    const record = records.get(key)
    return record !== undefined && isLive(record) ? record : undefined
  }

  function put(key: string, record: CredentialRecord): void {
    records.delete(key)
    records.set(key, structuredClone(record))
    if (records.size <= entriesMost) return
    const oldest = records.keys().next().value
    if (oldest !== undefined) records.delete(oldest)
  }

  return {
    name: 'memory',
    async read(key) {
      return live(key)
    },
    async write(key, record, expectedRevision, { isFastPending = false } = {}) {
      const revision = live(key)?.revision ?? 0
      if (expectedRevision !== undefined && expectedRevision !== revision) return false
      if (record.revision <= revision) return false
      put(key, record)
      if (isFastPending) pending.add(key)
      else pending.delete(key)
      return true
    },
    async list({ prefix = '', after = '', limit }) {
      const keys = [...records.keys()].filter((key) => key.startsWith(prefix) && key > after).sort()
      const listed = keys.flatMap((key) => {
        const record = live(key)
        return record === undefined || record.value === null ? [] : [{ key, record }]
      })
      return listed.slice(0, limit)
    },
    async sweep() {
      const ended = [...records].filter(([key, record]) => !isLive(record) && !pending.has(key))
      for (const [key] of ended) records.delete(key)
      return ended.length
    },
    async markFastPending(keys) {
      for (const key of keys) if (records.has(key)) pending.add(key)
    },
    async fastPending(limit) {
      return [...pending].slice(0, limit).map((key) => ({
        key,
        revision: records.get(key)?.revision ?? Number.MAX_SAFE_INTEGER,
        record: live(key),
      }))
    },
    async clearFastPending(key, revision) {
      if ((records.get(key)?.revision ?? revision) <= revision) pending.delete(key)
    },
    async recall(fact) {
      return facts.get(fact)
    },
    async remember(fact, value) {
      facts.set(fact, value)
    },
    changes: {
      mayHaveChanged: () => false,
      changesSince: async () => ({ keys: [], last: 0 }),
    },
    close: () => Promise.resolve(),
  }
}
