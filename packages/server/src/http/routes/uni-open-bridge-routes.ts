import { Type } from 'typebox'
import { BridgeError, createOpenBridge } from '@drawbridge/bridge'
import type { App, Bridge, CredentialKind, CredentialValue, OpenBridge, OpenBridgeKey } from '@drawbridge/bridge'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { AuditVerb } from '../../audit/audit-entry.ts'
import { andThen } from '../../callers/and-then.ts'
import { demand } from '../../callers/scope.ts'
import { json } from '../answer.ts'
import { verbOf } from '../credential-acts.ts'
import type { ActTarget, CredentialActs } from '../credential-acts.ts'
import { readJson, readText } from '../read-json.ts'
import type { CallerRoute, RawParts } from '../route.ts'

type Method = Exclude<keyof OpenBridge, `update${string}` | 'ProviderType' | 'PlatformType' | 'ErrorCodeType'>

/** The fifteen methods that the reference answers over its URL. */
const methods: Readonly<Record<Method, { readonly kind: CredentialKind; readonly verb: AuditVerb }>> = {
  getAccessToken: { kind: 'access_token', verb: 'read' },
  setAccessToken: { kind: 'access_token', verb: 'set' },
  removeAccessToken: { kind: 'access_token', verb: 'remove' },
  getUserAccessToken: { kind: 'user_access_token', verb: 'read' },
  setUserAccessToken: { kind: 'user_access_token', verb: 'set' },
  removeUserAccessToken: { kind: 'user_access_token', verb: 'remove' },
  getSessionKey: { kind: 'session_key', verb: 'read' },
  setSessionKey: { kind: 'session_key', verb: 'set' },
  removeSessionKey: { kind: 'session_key', verb: 'remove' },
  getEncryptKey: { kind: 'encrypt_key', verb: 'read' },
  setEncryptKey: { kind: 'encrypt_key', verb: 'set' },
  removeEncryptKey: { kind: 'encrypt_key', verb: 'remove' },
  getTicket: { kind: 'ticket', verb: 'read' },
  setTicket: { kind: 'ticket', verb: 'set' },
  removeTicket: { kind: 'ticket', verb: 'remove' },
}

const BODY_MIN_CHARS = 4

const body = Type.Object(
  {
    dcloudAppid: Type.Optional(Type.String()),
    platform: Type.Optional(Type.String({ description: 'weixin-mp, weixin-h5, …' })),
    provider: Type.Optional(Type.String({ description: 'Wins over platform' })),
    openid: Type.Optional(Type.String()),
    version: Type.Optional(Type.Integer()),
    value: Type.Optional(Type.Unknown({ description: 'set methods: the credential, an object' })),
    expiresIn: Type.Optional(Type.Number({ description: 'set methods: seconds; -1 or left out: for ever' })),
  },
  { description: 'The content type is not looked at; fields that are not known are ignored, as the reference does' },
)

/**
 * uni-open-bridge over its URL, as the cloud object answers: the bare value, or `{errCode, errMsg, errSubject}`.
 * A body in base64 says so by the header `x-body-encoding: base64` (uniCloud's gateway knows it as isBase64Encoded).
 * @param acceptsUnsignedValue whether a plain uni-cloud-s2s signature may write: it covers neither the method nor the value.
 */
export function uniOpenBridgeRoutes({
  bridge,
  acts,
  acceptsUnsignedValue,
}: {
  readonly bridge: Bridge
  readonly acts: CredentialActs
  readonly acceptsUnsignedValue: boolean
}): readonly CallerRoute[] {
  const openBridge = createOpenBridge(bridge)
  const names = Object.keys(methods).filter((name): name is Method => Object.hasOwn(methods, name))

  return names.map((name) => {
    const { kind, verb } = methods[name]
    const call = callOf(openBridge, name)
    return {
      operationId: name,
      method: 'POST',
      path: `/uni-open-bridge/${name}`,
      tag: 'uni-open-bridge',
      summary: `${name}, as the cloud object uni-open-bridge 1.0.1 answers over its URL`,
      body,
      answers: {
        200: { description: 'The bare value; null when there is none, and for set and remove', schema: Type.Unknown() },
      },
      access: 'caller',
      face: 'uni',
      acceptsFieldSignature: verb === 'read' || acceptsUnsignedValue,
      prepare(parts) {
        const { key, value, expiresIn } = readBody(parts)
        const app = configuredApp(bridge, key)
        const target: ActTarget = {
          kind,
          platform: app?.platform ?? 'unknown',
          appid: app?.appid ?? '',
          openid: short(key.openid),
          // Whatever else stands there is no version, and may be what a caller has mixed up with it.
          variant: kind === 'encrypt_key' && Number.isSafeInteger(key.version) ? String(key.version) : undefined,
        }
        return (caller, visit) => {
          const result = acts.act({ caller, visit }, verb, target, () => {
            // An app that is not configured is told only to those who may see every app.
            demand(caller, app ?? { appid: '*', dcloudAppid: '*' }, kind, verbOf[verb])
            return call(key, value, expiresIn)
          })
          // The reference answers nothing at all to set and remove; JSON has no nothing, so theirs is null too.
          return andThen(result, (answer) => json(answer ?? null))
        }
      },
    }
  })
}

interface Body {
  readonly key: OpenBridgeKey
  readonly value: unknown
  readonly expiresIn: unknown
}

function readBody({ body: bytes, headers }: RawParts): Body {
  const sent = readText(bytes ?? new Uint8Array())
  const text = headers['x-body-encoding'] === 'base64' ? readText(Buffer.from(sent, 'base64')) : sent
  // So few characters hold no secret; a longer body is not repeated.
  if (text.length < BODY_MIN_CHARS)
    throw new BridgeError(`Invalid parameter(s)::${text}`, undefined, { cause: invalidBody() })
  const parsed = readJson(text)
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw invalidBody()
  // A function cannot come over the wire: the reference takes this field for one and fails on it.
  const { value, expiresIn, fallback: _, ...key }: Record<string, unknown> = { ...parsed }
  return { key, value, expiresIn }
}

/** The module face checks every argument itself, since its other callers write JavaScript. */
function callOf(
  openBridge: OpenBridge,
  name: Method,
): (key: OpenBridgeKey, value: unknown, expiresIn: unknown) => Promise<unknown> {
  if (methods[name].verb !== 'set') {
    const call = openBridge[name] as (key: OpenBridgeKey) => Promise<unknown>
    return (key) => call(key)
  }
  const set = openBridge[name] as OpenBridge['setAccessToken']
  return (key, value, expiresIn) => set(key, value as CredentialValue, expiresIn as number)
}

/** The same look-up as the module face makes, so that the right is asked for over the app that it will find. */
function configuredApp(bridge: Bridge, { dcloudAppid, platform, provider = platform }: OpenBridgeKey): App | undefined {
  const asked: unknown = dcloudAppid
  if (asked !== undefined && typeof asked !== 'string') return undefined
  try {
    return bridge.apps.resolve(asked, typeof provider === 'string' ? provider : '')
  } catch (error) {
    if (error instanceof DrawbridgeError && error.code === 'APP_UNKNOWN') return undefined
    throw error
  }
}

function invalidBody(): DrawbridgeError {
  return new DrawbridgeError('REQUEST_INVALID', {
    field: 'body',
    in: 'body',
    reason: 'not a JSON object of at least 4 characters',
  })
}

/** What a stranger wrote, as far as it fits a row of the audit trail. */
function short(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, 128) : undefined
}
