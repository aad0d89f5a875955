import { DrawbridgeError } from '@drawbridge/protocol'
import { lifetimeMs } from './lifetime-ms.ts'
import { requiredText, textField } from './text-field.ts'
import type { Fetched, FetchContext } from './provider.ts'
import type { CredentialKey, CredentialValue } from '../credential.ts'
import type { CredentialRecord } from '../store/record.ts'

/** A reader gets a token with at least this much life, ms, where the platform can be asked for more. */
const AHEAD_MS = 60_000

/**
 * When a user's OAuth token ends, ms since epoch (`access_token_expired`, as uni-id-co writes it); null when the
 * value says nothing of it or holds no refresh_token to renew it with.
 */
export function userTokenEndsAt(value: CredentialValue): number | null {
  if (textField(value, 'refresh_token') === undefined || Array.isArray(value)) return null
  const endsAt = (value as Readonly<Record<string, unknown>>)['access_token_expired']
  return typeof endsAt === 'number' ? endsAt : null
}

/** When it wants renewing, ms since epoch: shortly before its end. */
export function userTokenDueAt(value: CredentialValue): number | null {
  const endsAt = userTokenEndsAt(value)
  return endsAt === null ? null : endsAt - AHEAD_MS
}

/**
 * `GET /sns/oauth2/refresh_token`: a user's OAuth token renewed by its refresh_token (30 days). While the token
 * lives the same one comes back with a new life.
 */
export async function refreshUserToken(
  key: CredentialKey,
  seen: CredentialRecord,
  { upstream, now }: Pick<FetchContext, 'upstream' | 'now'>,
): Promise<Fetched> {
  const value = seen.value
  const refreshToken = value === null ? undefined : textField(value, 'refresh_token')
  if (value === null || refreshToken === undefined) {
    throw new DrawbridgeError('CREDENTIAL_NOT_FETCHABLE', { platform: key.app.platform })
  }
  const startedAt = now()
  const answer = await upstream.call({
    app: key.app,
    host: 'weixin',
    method: 'GET',
    path: '/sns/oauth2/refresh_token',
    query: { appid: key.app.appid, grant_type: 'refresh_token', refresh_token: refreshToken },
  })
  return {
    value: {
      ...(value as Readonly<Record<string, unknown>>),
      access_token: requiredText(answer, 'access_token'),
      refresh_token: textField(answer, 'refresh_token') ?? refreshToken,
      access_token_expired: startedAt + lifetimeMs(answer),
    },
    expiresAt: seen.expiresAt,
  }
}
