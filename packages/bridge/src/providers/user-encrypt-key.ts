import { createHmac } from 'node:crypto'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { CredentialKey } from '../credential.ts'
import { textField } from './text-field.ts'
import type { FetchContext } from './provider.ts'
import type { UpstreamAnswer } from './upstream.ts'
import { withToken } from './with-token.ts'

/** One version of a user's encrypt key, as the platform lists it. */
export interface ListedKey {
  readonly version: number
  /** base64 of 16 bytes. */
  readonly encryptKey: string
  /** 16 characters, used as 16 bytes of text. */
  readonly iv: string
  /** Seconds left; 0: retired, and still good for messages under way. */
  readonly expireInSeconds: number
  /** ms since epoch; undefined: the platform did not say. */
  readonly createdAt?: number
}

/**
 * `POST /wxa/business/getuserencryptkey`: the user's last three keys, newest first. Everything goes in the query
 * and the body stays empty: the signature is the session key's over the body, and over `{}` it would be another.
 * Without a session key nothing is asked (`SESSION_KEY_MISSING`).
 */
export async function fetchUserEncryptKeys(key: CredentialKey, context: FetchContext): Promise<readonly ListedKey[]> {
  const { app, openid = '' } = key
  const session = await context.get({ kind: 'session_key', app, openid })
  const sessionKey = textField(session?.value, 'session_key')
  if (sessionKey === undefined) throw new DrawbridgeError('SESSION_KEY_MISSING', { appid: app.appid })
  // The key is the text of the session key, not the bytes that it encodes.
  const signature = createHmac('sha256', sessionKey).update('').digest('hex')
  return withToken(app, context, async (accessToken) => {
    const answer = await context.upstream.call({
      app,
      host: 'weixin',
      method: 'POST',
      path: '/wxa/business/getuserencryptkey',
      query: { access_token: accessToken, openid, signature, sig_method: 'hmac_sha256' },
    })
    const list = answer['key_info_list']
    if (!Array.isArray(list)) throw new DrawbridgeError('UPSTREAM_ANSWER_INVALID', { field: 'key_info_list' })
    return list.map(parseListedKey)
  })
}

function parseListedKey(item: unknown): ListedKey {
  const info = (typeof item === 'object' && item !== null ? item : {}) as UpstreamAnswer
  const { encrypt_key: encryptKey, iv } = info
  const version = Number(info['version'])
  const expireInSeconds = Number(info['expire_in'] ?? 0)
  const createTime = info['create_time']
  if (
    typeof encryptKey !== 'string' ||
    typeof iv !== 'string' ||
    !Number.isInteger(version) ||
    !(expireInSeconds >= 0)
  ) {
    throw new DrawbridgeError('UPSTREAM_ANSWER_INVALID', { field: 'key_info_list' })
  }
  const createdAt = typeof createTime === 'number' && createTime > 0 ? createTime * 1000 : undefined
  return { version, encryptKey, iv, expireInSeconds, ...(createdAt !== undefined && { createdAt }) }
}
