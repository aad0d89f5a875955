import type { HostName } from '../http/call.ts'
import { checkEncryptedMsg } from './check-encrypted-msg.ts'
import { checkSession } from './check-session.ts'
import { clearQuotaByAppSecret } from './clear-quota-by-app-secret.ts'
import { clearQuotaOfPath } from './clear-quota-of-path.ts'
import { clearQuota } from './clear-quota.ts'
import { code2Session } from './code2session.ts'
import type { Endpoint } from './endpoint.ts'
import { getAccessToken } from './get-access-token.ts'
import { getApiQuota } from './get-api-quota.ts'
import { getStableAccessToken } from './get-stable-access-token.ts'
import { getTicket } from './get-ticket.ts'
import { getUserEncryptKey } from './get-user-encrypt-key.ts'
import { getUserPhoneNumber } from './get-user-phone-number.ts'
import { oauthAccessToken } from './oauth-access-token.ts'
import { oauthRefreshToken } from './oauth-refresh-token.ts'
import { qqCode2Session } from './qq-code2session.ts'
import { qqGetToken } from './qq-get-token.ts'
import { qqMe } from './qq-me.ts'
import { resetUserSessionKey } from './reset-user-session-key.ts'
import { snsAuth } from './sns-auth.ts'
import { snsUserinfo } from './sns-userinfo.ts'

/** Every endpoint that the simulator serves. */
export const endpointTable: readonly Endpoint[] = [
  getAccessToken,
  getStableAccessToken,
  getTicket,
  code2Session,
  checkSession,
  resetUserSessionKey,
  getUserEncryptKey,
  getUserPhoneNumber,
  checkEncryptedMsg,
  oauthAccessToken,
  oauthRefreshToken,
  snsUserinfo,
  snsAuth,
  getApiQuota,
  clearQuota,
  clearQuotaByAppSecret,
  clearQuotaOfPath,
  qqGetToken,
  qqCode2Session,
  qqMe,
]

const byPath = new Map<string, readonly Endpoint[]>()
for (const endpoint of endpointTable) byPath.set(endpoint.path, [...(byPath.get(endpoint.path) ?? []), endpoint])

/** The endpoints at this path: of the host named, or of all hosts when none is. WeChat's own come first. */
export function endpointsAt(path: string, host: HostName | undefined): readonly Endpoint[] {
  const found = byPath.get(path) ?? []
  return host === undefined ? found : found.filter((endpoint) => endpoint.host === host)
}
