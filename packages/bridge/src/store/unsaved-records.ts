import type { DurableStore } from './durable-store.ts'
import { newest } from './newest.ts'
import type { CredentialRecord } from './record.ts'

/** Records that were kept while the durable tier was gone, and that it gets when it is back. */
export interface UnsavedRecords {
  get(key: string): CredentialRecord | undefined
  add(key: string, record: CredentialRecord): void
  /** A record of this revision or a later one is durable. */
  saved(key: string, revision: number): void
  isEmpty(): boolean
  /** Brings them to the durable tier, as far as it answers. Never throws. */
  save(bring: (key: string, record: CredentialRecord) => Promise<void>): Promise<void>
}

/** The oldest go first: they can be obtained again. */
const RECORDS_MOST = 10_000

/** Only of credentials that can be obtained again. */
export function createUnsavedRecords(deps: {
  readonly durable: Pick<DurableStore, 'write'>
  readonly isFastPending: () => Promise<boolean>
  readonly now: () => number
}): UnsavedRecords {
  const { durable, isFastPending, now } = deps
  const records = new Map<string, CredentialRecord>()

  function saved(key: string, revision: number): void {
    if ((records.get(key)?.revision ?? Number.POSITIVE_INFINITY) <= revision) records.delete(key)
  }

  return {
    get(key) {
      const record = records.get(key)
      return record === undefined || hasEnded(record, now()) ? undefined : record
    },
    add(key, record) {
      const kept = newest(record, records.get(key))
      records.delete(key)
      if (kept !== undefined) records.set(key, kept)
      if (records.size <= RECORDS_MOST) return
      const oldest = records.keys().next().value
      if (oldest !== undefined) records.delete(oldest)
    },
    saved,
    isEmpty: () => records.size === 0,
    async save(bring) {
      for (const [key, record] of [...records]) {
        try {
          // Not written where something newer is stored by now; then this one is needed no more either.
          const options = { isFastPending: await isFastPending() }
          const isWritten = !hasEnded(record, now()) && (await durable.write(key, record, undefined, options))
          if (isWritten) await bring(key, record)
          saved(key, record.revision)
        } catch {
          return
        }
      }
    },
  }
}

function hasEnded({ expiresAt }: CredentialRecord, now: number): boolean {
  return expiresAt !== null && expiresAt <= now
}
