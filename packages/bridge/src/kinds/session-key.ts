import { wholeRecord } from './kind.ts'
import type { Kind } from './kind.ts'

/** A user's session key: it comes by login only, so the platform cannot be asked for it. */
export const sessionKey: Kind = {
  isOnlyPushed: true,
  view: (_key, record, now) => wholeRecord(record, now),
  isOver: () => false,
  dueAt: () => null,
  plan: () => Promise.resolve(undefined),
  pushed: (_key, { value, expiresAt, source, now }) => ({ value, expiresAt, obtainedAt: now, source }),
  removed: () => undefined,
}
