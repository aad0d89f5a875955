import { DrawbridgeError } from '@drawbridge/protocol'
import type { Bridge, Fallback } from '../bridge.ts'
import type { CredentialKey, CredentialKind, CredentialValue } from '../credential.ts'
import { BridgeError, SYSTEM_ERROR, toBridgeError } from './bridge-error.ts'

/** A key as callers of uni-open-bridge-common write it. `provider` wins over `platform`. */
export interface OpenBridgeKey {
  readonly dcloudAppid?: string
  readonly platform?: string
  readonly provider?: string
  readonly openid?: string
  readonly version?: number
}

/** A caller's own way on a miss; `duration` in seconds: undefined: not kept, -1: for ever. It is given the key with `provider` and `appid`. */
export type OpenBridgeFallback = (
  key: OpenBridgeKey & { readonly provider: string; readonly appid: string },
) => Promise<{ readonly value: CredentialValue | null; readonly duration?: number }>

type Get = (key: OpenBridgeKey, fallback?: OpenBridgeFallback) => Promise<unknown>
type Set = (key: OpenBridgeKey, value: CredentialValue | null, expiresIn?: number) => Promise<void>
type Remove = (key: OpenBridgeKey) => Promise<void>

/** The exports of uni-open-bridge-common 1.2.1, on the bridge. Errors are `BridgeError`. */
export interface OpenBridge {
  readonly getAccessToken: Get
  readonly setAccessToken: Set
  readonly removeAccessToken: Remove
  readonly updateAccessToken: Remove
  readonly getUserAccessToken: Get
  readonly setUserAccessToken: Set
  readonly removeUserAccessToken: Remove
  readonly getSessionKey: Get
  readonly setSessionKey: Set
  readonly removeSessionKey: Remove
  readonly getEncryptKey: Get
  readonly setEncryptKey: Set
  readonly removeEncryptKey: Remove
  readonly updateEncryptKey: Remove
  readonly getTicket: Get
  readonly setTicket: Set
  readonly removeTicket: Remove
  readonly updateTicket: Remove
  readonly ProviderType: typeof PLATFORM_TYPE
  readonly PlatformType: typeof PLATFORM_TYPE
  readonly ErrorCodeType: typeof ERROR_CODE_TYPE
}

const PLATFORM_TYPE = Object.freeze({
  WEIXIN_MP: 'weixin-mp',
  WEIXIN_H5: 'weixin-h5',
  WEIXIN_APP: 'weixin-app',
  WEIXIN_WEB: 'weixin-web',
  QQ_MP: 'qq-mp',
  QQ_APP: 'qq-app',
})

const ERROR_CODE_TYPE = Object.freeze({ SYSTEM_ERROR })

/** The life of a pushed encrypt key whose expiresIn is 0, negative or null, s; the reference's rule for this kind alone. */
const ENCRYPT_KEY_LEAST_S = 60

/** The module face: what `require('uni-open-bridge-common')` gives, with the same words and codes. */
export function createOpenBridge(bridge: Bridge): OpenBridge {
  const getter =
    (kind: CredentialKind): Get =>
    (key, fallback) =>
      inItsWords(async () => {
        const found = resolve(kind, key)
        const own = fallback === undefined ? undefined : adapt(fallback, key, found)
        const credential = await bridge.get(found, own === undefined ? {} : { fallback: own })
        // A copy: callers of the reference may write into what they get.
        return credential === null ? null : structuredClone(credential.value)
      })

  const setter =
    (kind: CredentialKind): Set =>
    (key, value, expiresIn) =>
      inItsWords(async () => {
        const found = resolve(kind, key)
        checkValue(value)
        const seconds = kind === 'encrypt_key' ? encryptKeyLife(expiresIn) : checkedLife(expiresIn)
        // The reference writes nothing then, and says nothing.
        if (seconds === 0) return
        // A stored null reads as a miss.
        if (value === null) await bridge.remove(found)
        else await bridge.set(found, value, seconds)
      })

  const remover =
    (kind: CredentialKind): Remove =>
    (key) =>
      inItsWords(() => bridge.remove(resolve(kind, key)))

  const updater =
    (kind: CredentialKind): Remove =>
    (key) =>
      inItsWords(async () => {
        await bridge.refresh(resolve(kind, key))
      })

  function resolve(kind: CredentialKind, key: OpenBridgeKey): CredentialKey {
    const { dcloudAppid, platform, provider = platform, openid, version } = checkedKey(key)
    const app = bridge.apps.resolve(dcloudAppid, typeof provider === 'string' ? provider : '')
    const isUserLevel = kind !== 'access_token' && kind !== 'ticket'
    if (isUserLevel && (typeof openid !== 'string' || openid === '')) throw fieldInvalid('openid')
    if (kind === 'encrypt_key' && !Number.isSafeInteger(version)) throw fieldInvalid('version')
    return {
      kind,
      app,
      ...(isUserLevel && openid !== undefined ? { openid } : {}),
      ...(kind === 'encrypt_key' && version !== undefined ? { version } : {}),
    }
  }

  return {
    getAccessToken: getter('access_token'),
    setAccessToken: setter('access_token'),
    removeAccessToken: remover('access_token'),
    updateAccessToken: updater('access_token'),
    getUserAccessToken: getter('user_access_token'),
    setUserAccessToken: setter('user_access_token'),
    removeUserAccessToken: remover('user_access_token'),
    getSessionKey: getter('session_key'),
    setSessionKey: setter('session_key'),
    removeSessionKey: remover('session_key'),
    getEncryptKey: getter('encrypt_key'),
    setEncryptKey: setter('encrypt_key'),
    removeEncryptKey: remover('encrypt_key'),
    updateEncryptKey: updater('encrypt_key'),
    getTicket: getter('ticket'),
    setTicket: setter('ticket'),
    removeTicket: remover('ticket'),
    updateTicket: updater('ticket'),
    ProviderType: PLATFORM_TYPE,
    PlatformType: PLATFORM_TYPE,
    ErrorCodeType: ERROR_CODE_TYPE,
  }
}

async function inItsWords<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    throw toBridgeError(error)
  }
}

function checkedKey(key: unknown): OpenBridgeKey {
  if (typeof key !== 'object' || key === null) throw fieldInvalid('key')
  const { dcloudAppid } = key as OpenBridgeKey
  if (dcloudAppid !== undefined && typeof dcloudAppid !== 'string') throw fieldInvalid('dcloudAppid')
  return key
}

function fieldInvalid(field: string): DrawbridgeError {
  return new DrawbridgeError('CREDENTIAL_KEY_INVALID', { field })
}

function checkValue(value: unknown): void {
  if (value === undefined) throw new BridgeError('Invalid Value')
  if (typeof value !== 'object') throw new BridgeError('Invalid Value Type')
}

function checkedLife(expiresIn: unknown): number | undefined {
  if (expiresIn === undefined) return undefined
  if (typeof expiresIn !== 'number') throw new DrawbridgeError('DURATION_INVALID', {})
  return expiresIn
}

function encryptKeyLife(expiresIn: unknown): number | undefined {
  if (expiresIn === null || (typeof expiresIn === 'number' && expiresIn <= 0)) return ENCRYPT_KEY_LEAST_S
  return checkedLife(expiresIn)
}

function adapt(fallback: OpenBridgeFallback, key: OpenBridgeKey, { app }: CredentialKey): Fallback {
  return async () => {
    const answer: unknown = await fallback({ ...key, provider: app.platform, appid: app.appid })
    const { value, duration } = (answer ?? {}) as Partial<Awaited<ReturnType<OpenBridgeFallback>>>
    if (value === undefined || typeof value !== 'object') throw new BridgeError('Invalid value type')
    return { value, durationSeconds: duration }
  }
}
