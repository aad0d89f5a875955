import { DrawbridgeError } from '@drawbridge/protocol'
import { isPlatformId } from './apps.ts'
import type { CredentialKey, CredentialKind, PlatformId } from './credential.ts'

/** The last part of a storage key, by kind; uni-open-bridge's own words since its 1.1.0. */
const SUFFIX: Readonly<Record<CredentialKind, string>> = {
  access_token: 'access-token',
  user_access_token: 'user-access-token',
  session_key: 'session-key',
  // One record holds all versions of a user's keys: they come in one answer and are changed as one.
  encrypt_key: 'encrypt-keys',
  ticket: 'ticket',
}

const OPENID_MAX_CHARS = 128

/** What a storage key says. */
export interface StorageKeyParts {
  readonly platform: PlatformId
  readonly appid: string
  readonly kind: CredentialKind
  readonly openid?: string
  readonly ticketType?: 'wx_card'
}

/**
 * The name of a record in every tier: `uni-id:<platform>:<appid>[:<openid>]:<suffix>`, as uni-open-bridge-common
 * 1.2.1 writes it, but for encrypt keys (one record a user) and card tickets (`ticket-wx_card`).
 * Parts are not escaped: platform and appid hold no colon, so the name stays unambiguous whatever the openid is.
 * Throws `CREDENTIAL_KEY_INVALID` naming the field.
 */
export function storageKey(key: CredentialKey): string {
  const { app, kind } = key
  const head = `uni-id:${app.platform}:${app.appid}:`
  if (kind === 'access_token') return `${head}access-token`
  if (kind === 'ticket') return key.ticketType === 'wx_card' ? `${head}ticket-wx_card` : `${head}ticket`
  return `${head}${checkedOpenid(key.openid)}:${SUFFIX[kind]}`
}

function checkedOpenid(openid: unknown): string {
  if (
    typeof openid !== 'string' ||
    openid === '' ||
    openid.length > OPENID_MAX_CHARS ||
    openid !== openid.trim() ||
    !openid.isWellFormed()
  ) {
    throw new DrawbridgeError('CREDENTIAL_KEY_INVALID', { field: 'openid' })
  }
  return openid
}

/** Reads a storage key back; undefined when it is none of ours. */
export function parseStorageKey(key: string): StorageKeyParts | undefined {
  const [scheme, platform = '', appid = '', ...rest] = key.split(':')
  if (scheme !== 'uni-id' || !isPlatformId(platform) || appid === '' || rest.length === 0) return undefined
  const suffix = rest.at(-1)
  const openid = rest.slice(0, -1).join(':')
  if (openid === '') {
    if (suffix === 'access-token') return { platform, appid, kind: 'access_token' }
    if (suffix === 'ticket') return { platform, appid, kind: 'ticket' }
    if (suffix === 'ticket-wx_card') return { platform, appid, kind: 'ticket', ticketType: 'wx_card' }
    return undefined
  }
  if (suffix === SUFFIX.user_access_token) return { platform, appid, kind: 'user_access_token', openid }
  if (suffix === SUFFIX.session_key) return { platform, appid, kind: 'session_key', openid }
  if (suffix === SUFFIX.encrypt_key) return { platform, appid, kind: 'encrypt_key', openid }
  return undefined
}
