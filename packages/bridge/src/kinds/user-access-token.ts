import { refreshUserToken, userTokenDueAt, userTokenEndsAt } from '../providers/user-token.ts'
import { wholeRecord } from './kind.ts'
import type { Kind } from './kind.ts'

/** A user's OAuth token: pushed by the login, renewed by its refresh_token where there is one. */
export const userAccessToken: Kind = {
  isOnlyPushed: true,
  reportable: 'access_token',
  view: (_key, record, now) => wholeRecord(record, now),
  isOver: ({ value }, now) => value !== null && (userTokenEndsAt(value) ?? Number.POSITIVE_INFINITY) <= now,
  dueAt: (key, { value }) => (value === null || !canRenew(key.app.platform) ? null : userTokenDueAt(value)),
  async plan({ key, seen, context }) {
    if (seen === undefined || seen.value === null || !canRenew(key.app.platform)) return undefined
    if (userTokenDueAt(seen.value) === null) return undefined
    return {
      // A refresh_token that was lost is a user who has to log in again.
      durability: 'durable',
      mintsOnCall: true,
      canForce: false,
      reportPauseMs: 60_000,
      satisfied: (shared) => shared !== undefined && shared.revision > seen.revision,
      async obtain(before) {
        const { value, expiresAt } = await refreshUserToken(key, before ?? seen, context)
        return { value, expiresAt, obtainedAt: context.now(), source: 'platform' }
      },
    }
  },
  pushed: (_key, { value, expiresAt, source, now }) => ({ value, expiresAt, obtainedAt: now, source }),
  removed: () => undefined,
}

function canRenew(platform: string): boolean {
  return platform === 'weixin-h5' || platform === 'weixin-web' || platform === 'weixin-app'
}
