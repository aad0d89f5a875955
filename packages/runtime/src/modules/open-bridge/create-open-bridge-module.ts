import { BridgeError, SYSTEM_ERROR, bridgeError } from './bridge-error.ts'

/** A key as callers write it. `provider` wins over `platform`. */
export interface OpenBridgeKey {
  readonly dcloudAppid?: string
  readonly platform?: string
  readonly provider?: string
  readonly openid?: string
  readonly version?: number
}

/** A caller's own way on a miss; `duration` in seconds: undefined: not kept, -1: for ever. */
export type OpenBridgeFallback = (
  key: OpenBridgeKey,
) => Promise<{ readonly value: object | null; readonly duration?: number } | undefined>

type Ask = (method: string, params: unknown) => Promise<unknown>

/** The exports by name: get, set, remove of five kinds, update of three, and the words for platforms and codes. */
export type OpenBridgeModule = Readonly<Record<string, unknown>>

interface Asked {
  readonly key: unknown
  readonly value?: unknown
  readonly expiresIn?: number
  readonly storedOnly?: true
}

const KINDS = ['AccessToken', 'UserAccessToken', 'SessionKey', 'EncryptKey', 'Ticket'] as const
const UPDATED = ['AccessToken', 'EncryptKey', 'Ticket'] as const

const PLATFORM_TYPE = Object.freeze({
  WEIXIN_MP: 'weixin-mp',
  WEIXIN_H5: 'weixin-h5',
  WEIXIN_APP: 'weixin-app',
  WEIXIN_WEB: 'weixin-web',
  QQ_MP: 'qq-mp',
  QQ_APP: 'qq-app',
})

/**
 * The face of uni-open-bridge-common 1.2.1 on the server's bridge. The server is asked for a method with
 * `{key, value?, expiresIn?, storedOnly?}`; `storedOnly` gets what is stored and fetches nothing, for callers that
 * bring their own fallback.
 */
export function createOpenBridgeModule(ask: Ask): OpenBridgeModule {
  const inItsWords = async (method: string, { key, ...rest }: Asked): Promise<unknown> => {
    try {
      return (await ask(method, { key: checkedKey(key), ...rest })) ?? undefined
    } catch (error) {
      throw bridgeError(error)
    }
  }

  const getter = (kind: string) => async (key: OpenBridgeKey, fallback?: OpenBridgeFallback) => {
    if (fallback === undefined) return (await inItsWords(`get${kind}`, { key })) ?? null
    const stored = await inItsWords(`get${kind}`, { key, storedOnly: true })
    return stored ?? (await fetched(kind, key, fallback))
  }

  async function fetched(kind: string, key: OpenBridgeKey, fallback: OpenBridgeFallback): Promise<unknown> {
    const answer = await fallback({ ...key, ...withProvider(key) })
    const { value, duration } = answer ?? {}
    if (value === undefined || typeof value !== 'object') throw failure('Invalid value type')
    if (value !== null && duration !== undefined)
      await inItsWords(`set${kind}`, { key, value, expiresIn: duration === 0 ? invalidDuration() : duration })
    return value
  }

  const setter = (kind: string) => async (key: OpenBridgeKey, value: unknown, told?: number | null) => {
    if (value === undefined) throw failure('Invalid Value')
    if (typeof value !== 'object') throw failure('Invalid Value Type')
    // The reference's rule for this kind alone: null is the shortest life.
    const expiresIn = told === null && kind === 'EncryptKey' ? 0 : told
    if (expiresIn !== undefined && typeof expiresIn !== 'number') throw failure('Invalid duration')
    await inItsWords(`set${kind}`, { key, value, ...(expiresIn === undefined ? {} : { expiresIn }) })
  }

  const keyOnly = (method: string) => async (key: OpenBridgeKey) => {
    await inItsWords(method, { key })
  }

  return {
    ...Object.fromEntries(
      KINDS.flatMap((kind) => [
        [`get${kind}`, getter(kind)],
        [`set${kind}`, setter(kind)],
        [`remove${kind}`, keyOnly(`remove${kind}`)],
      ]),
    ),
    ...Object.fromEntries(UPDATED.map((kind) => [`update${kind}`, keyOnly(`update${kind}`)])),
    ProviderType: PLATFORM_TYPE,
    PlatformType: PLATFORM_TYPE,
    ErrorCodeType: Object.freeze({ SYSTEM_ERROR }),
  }
}

/** What the server takes of a key. */
function checkedKey(key: unknown): OpenBridgeKey {
  if (typeof key !== 'object' || key === null) throw failure('Invalid key')
  const fields = key as OpenBridgeKey
  const texts = (['dcloudAppid', 'platform', 'provider', 'openid'] as const).filter(
    (name) => fields[name] !== undefined,
  )
  const wrong = texts.find((name) => typeof fields[name] !== 'string')
  if (wrong !== undefined) throw failure(`Invalid ${wrong}`)
  const { version } = fields
  if (version !== undefined && !Number.isInteger(version)) throw failure('Invalid version')
  return {
    ...Object.fromEntries(texts.map((name) => [name, fields[name]])),
    ...(version === undefined ? {} : { version }),
  }
}

function withProvider({ provider, platform }: OpenBridgeKey): { readonly provider?: string } {
  const named = provider ?? platform
  return named === undefined ? {} : { provider: named }
}

function invalidDuration(): never {
  throw failure('Invalid duration')
}

function failure(message: string): BridgeError {
  return new BridgeError(message)
}
