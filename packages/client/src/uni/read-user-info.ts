import { base64urlDecode, readJson } from '@drawbridge/protocol'

/** What a uni-id token says of its user: unverified, for showing alone. */
export interface UserInfo {
  readonly uid: string | null
  readonly role: readonly string[]
  readonly permission: readonly string[]
  /** ms since epoch; 0 without a token. */
  readonly tokenExpired: number
  readonly [field: string]: unknown
}

/** Of a text that is no token: nobody. */
export function readUserInfo(token: unknown): UserInfo {
  const nobody = { uid: null, role: [], permission: [], tokenExpired: 0 }
  const [, payload = '', ...rest] = String(token).split('.')
  // Payloads are base64url, and some servers pad them.
  const bytes = rest.length === 1 ? base64urlDecode(payload.replace(/=+$/, '')) : undefined
  const info = bytes && (readJson(bytes) as Record<string, unknown> | null | undefined)
  if (typeof info !== 'object' || !info) return nobody
  info['tokenExpired'] = Number(info['exp']) * 1000
  delete info['exp']
  delete info['iat']
  return Object.assign(nobody, info)
}
