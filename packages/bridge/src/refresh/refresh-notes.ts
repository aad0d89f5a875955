import { DrawbridgeError } from '@drawbridge/protocol'
import type { ErrorCode } from '@drawbridge/protocol'
import type { RefreshNote } from '../bridge.ts'
import type { TieredStore } from '../store/tiers.ts'

/** Notes live this long after the last attempt. */
const KEPT_MS = 8 * 86_400_000

const PREFIX = 'note:'

/** The storage key of a credential's note. */
export function noteKey(storageKey: string): string {
  return `${PREFIX}${storageKey}`
}

/** What replicas tell each other of their refreshes. A note that cannot be read or kept is done without. */
export interface RefreshNotes {
  read(storageKey: string): Promise<RefreshNote | undefined>
  write(storageKey: string, note: RefreshNote): Promise<void>
}

/** Notes in the same tiers as the credentials; the later one wins. */
export function createRefreshNotes(store: TieredStore): RefreshNotes {
  return {
    async read(storageKey) {
      const record = await store.readShared(noteKey(storageKey)).catch(() => undefined)
      return (record?.value ?? undefined) as RefreshNote | undefined
    },
    async write(storageKey, note) {
      const key = noteKey(storageKey)
      const seen = await store.readShared(key).catch(() => undefined)
      const record = {
        value: { ...note },
        revision: Math.max(note.at, (seen?.revision ?? 0) + 1),
        obtainedAt: note.at,
        expiresAt: note.at + KEPT_MS,
        source: 'platform',
      } as const
      await store.write(key, record, { durability: 'cache' }).catch(() => false)
    },
  }
}

/** What of an error goes into a note: names and numbers. */
export function notedError(error: unknown): NonNullable<RefreshNote['error']> {
  if (!(error instanceof DrawbridgeError)) return { code: 'SYSTEM_ERROR' }
  const { errcode, errmsg, status } = error.detail
  return {
    code: error.code,
    ...(typeof errcode === 'number' ? { errcode } : {}),
    ...(typeof errmsg === 'string' ? { errmsg } : {}),
    ...(typeof status === 'number' ? { status } : {}),
  }
}

/** The remembered failure, for a caller who comes before `retryAt`. */
export function rememberedError(note: RefreshNote): DrawbridgeError {
  const { code = 'SYSTEM_ERROR', ...detail } = note.error ?? {}
  return new DrawbridgeError(code as ErrorCode, { ...detail, failures: note.failures, retryAt: note.retryAt })
}
