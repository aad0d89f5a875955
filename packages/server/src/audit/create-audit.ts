import type { AuditEntry, AuditQuery, AuditRow } from './audit-entry.ts'
import { AUDIT_APPEND_MAX } from './audit-store.ts'
import type { AuditStore } from './audit-store.ts'

/** The audit trail: every read and write of a credential, written behind the answer's back. */
export interface Audit {
  /** Takes an entry; never waits, never throws. Beyond the queue's bound the entry is dropped and counted. */
  record(entry: AuditEntry): void
  /** Newest first, including all that was recorded before the call. Throws `STORE_UNAVAILABLE`. */
  query(query: AuditQuery): Promise<readonly AuditRow[]>
  /** How many acts wait to be written, and how many were lost since the start: queue full, or database gone for long. */
  readonly state: { readonly queued: number; readonly dropped: number }
  /** Writes what waits; nothing is recorded afterwards. */
  close(): Promise<void>
}

type Pending = { -readonly [K in keyof Omit<AuditRow, 'id'>]: Omit<AuditRow, 'id'>[K] }

const FLUSH_EVERY_MS = 500
const PRUNE_EVERY_MS = 60_000
const DAY_MS = 86_400_000

/**
 * An audit trail over a store. Equal reads (same caller, address, credential and result) that wait together become one
 * row with a count, so that a thousand reads a second of one token cost one row a flush; every other act has its own.
 * @param sleep waits that long, or until the signal.
 */
export function createAudit({
  store,
  keepDays,
  maxRows,
  queueMax = 10_000,
  now,
  sleep,
  onFailure = () => {},
}: {
  readonly store: AuditStore
  readonly keepDays: number
  readonly maxRows: number
  readonly queueMax?: number
  readonly now: () => number
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  /** Told of every batch that could not be written; it is tried again. */
  readonly onFailure?: (error: unknown) => void
}): Audit {
  let waiting: Pending[] = []
  let reads = new Map<string, Pending>()
  let dropped = 0
  let prunedAt = -Infinity
  let isClosed = false
  let writer: Promise<void> | undefined
  let writing: Promise<void> = Promise.resolve()
  const closing = new AbortController()

  const writeWaiting = async (): Promise<void> => {
    const batch = waiting
    waiting = []
    reads = new Map()
    let written = 0
    try {
      for (; written < batch.length; written += AUDIT_APPEND_MAX) {
        await store.append(batch.slice(written, written + AUDIT_APPEND_MAX))
      }
    } catch (error) {
      onFailure(error)
      // What is left goes back to the front; when the queue is full the newest go.
      const left = [...batch.slice(written), ...waiting]
      waiting = left.slice(0, queueMax)
      reads = new Map()
      for (const lost of left.slice(queueMax)) dropped += lost.count
    }
  }

  const prune = async (): Promise<void> => {
    if (now() - prunedAt < PRUNE_EVERY_MS) return
    prunedAt = now()
    await store.prune({ before: prunedAt - keepDays * DAY_MS, maxRows }).catch(onFailure)
  }

  /** One batch at a time, whoever asks for it. */
  const flush = (): Promise<void> => (writing = writing.then(writeWaiting).then(prune))

  const writeInBackground = async (): Promise<void> => {
    while (waiting.length > 0 && !closing.signal.aborted) {
      await sleep(FLUSH_EVERY_MS, closing.signal).catch(() => undefined)
      await flush()
    }
    writer = undefined
  }

  return {
    record(entry) {
      if (isClosed) return
      const key = entry.verb === 'read' ? readKey(entry) : ''
      const same = key === '' ? undefined : reads.get(key)
      if (same) {
        same.count++
        same.lastAt = entry.at
        return
      }
      if (waiting.length >= queueMax) {
        dropped++
        return
      }
      const pending: Pending = { ...entry, count: 1, lastAt: entry.at }
      waiting.push(pending)
      if (key !== '') reads.set(key, pending)
      writer ??= writeInBackground()
    },

    async query(query) {
      await flush()
      return store.find(query)
    },

    get state() {
      return { queued: waiting.length, dropped }
    },

    async close() {
      isClosed = true
      closing.abort()
      await writer
      await flush()
    },
  }
}

function readKey({ caller, address, kind, platform, appid, openid, variant, result }: AuditEntry): string {
  return `${caller}\n${address}\n${platform}\n${appid}\n${kind}\n${openid ?? ''}\n${variant ?? ''}\n${result}`
}
