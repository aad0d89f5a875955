import { BridgeError, createOpenBridge } from '@drawbridge/bridge'
import type { Bridge, CredentialValue, OpenBridge, OpenBridgeKey } from '@drawbridge/bridge'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { Json } from '@drawbridge/runtime'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import type { NativeObject } from '../functions/native-object.ts'
import type { WorkerService } from '../functions/ask-context.ts'
import type { Space } from '../spaces/space.ts'

const keySchema = Type.Object(
  {
    dcloudAppid: Type.Optional(Type.String()),
    platform: Type.Optional(Type.String()),
    provider: Type.Optional(Type.String()),
    openid: Type.Optional(Type.String()),
    version: Type.Optional(Type.Integer()),
  },
  { additionalProperties: false },
)
const request = Compile(
  Type.Object(
    {
      key: keySchema,
      value: Type.Optional(Type.Union([Type.Null(), Type.Record(Type.String(), Type.Unknown())])),
      expiresIn: Type.Optional(Type.Number()),
      storedOnly: Type.Optional(Type.Boolean()),
    },
    { additionalProperties: false },
  ),
)

const KINDS = ['AccessToken', 'UserAccessToken', 'SessionKey', 'EncryptKey', 'Ticket'] as const
const UPDATED = ['AccessToken', 'EncryptKey', 'Ticket'] as const

interface Asked {
  readonly key: OpenBridgeKey
  readonly value: CredentialValue | null
  readonly expiresIn: number | undefined
  readonly storedOnly: boolean
}

type Act = (bridge: OpenBridge, asked: Asked) => Promise<unknown>

const get =
  (name: (typeof KINDS)[number]): Act =>
  (bridge, { key, storedOnly }) =>
    bridge[`get${name}`](key, storedOnly ? () => Promise.resolve({ value: null }) : undefined)
const set =
  (name: (typeof KINDS)[number]): Act =>
  (bridge, { key, value, expiresIn }) =>
    bridge[`set${name}`](key, value, expiresIn)
const remove =
  (name: (typeof KINDS)[number]): Act =>
  (bridge, { key }) =>
    bridge[`remove${name}`](key)
const update =
  (name: (typeof UPDATED)[number]): Act =>
  (bridge, { key }) =>
    bridge[`update${name}`](key)

const acts: ReadonlyMap<string, Act> = new Map([
  ...KINDS.flatMap((kind): [string, Act][] => [
    [`get${kind}`, get(kind)],
    [`set${kind}`, set(kind)],
    [`remove${kind}`, remove(kind)],
  ]),
  ...UPDATED.map((kind): [string, Act] => [`update${kind}`, update(kind)]),
])

/**
 * The worker service `openBridge`: what `uni-open-bridge-common` does in a function, on the server's bridge. Parameters
 * `{key, value?, expiresIn?, storedOnly?}`; a space that names its DCloud apps gets the credentials of those alone.
 * Throws `REQUEST_INVALID`, `APP_UNKNOWN`, and what the bridge throws.
 */
export function createOpenBridgeService(bridge: Bridge): WorkerService {
  const run = runOn(bridge)
  return ({ space }, method, params) => run(space, method, params)
}

/**
 * The cloud object `uni-open-bridge` for other functions: the fifteen methods with positional parameters
 * `(key, value?, expiresIn?)`. For clients there is no such object.
 */
export function createOpenBridgeObject(bridge: Bridge): NativeObject {
  const run = runOn(bridge)
  const methods = [...acts.keys()].filter((method) => !method.startsWith('update'))
  return {
    name: 'uni-open-bridge',
    methods: Object.fromEntries(
      methods.map((method) => [
        method,
        async ({ space, facts }, [key = null, value, expiresIn]) => {
          if (facts.source !== 'function') throw new DrawbridgeError('FUNCTION_NOT_FOUND', { name: 'uni-open-bridge' })
          return run(space, method, {
            key,
            ...(value !== undefined && { value }),
            ...(expiresIn !== undefined && { expiresIn }),
          })
        },
      ]),
    ),
  }
}

function runOn(bridge: Bridge): (space: Space, method: string, params: Json) => Promise<Json | undefined> {
  const openBridge = createOpenBridge(bridge)
  return async (space, method, params) => {
    const act = acts.get(method)
    if (!act) throw new DrawbridgeError('REQUEST_INVALID', { field: 'method', reason: 'unknown' })
    if (!request.Check(params)) throw new DrawbridgeError('REQUEST_INVALID', { field: 'params', reason: 'not a key' })
    const { key, value = null, expiresIn, storedOnly = false } = params
    if (!isOpenTo(space, key)) throw new DrawbridgeError('APP_UNKNOWN', { space: space.spaceId })
    try {
      return (await act(openBridge, { key, value, expiresIn, storedOnly })) as Json | undefined
    } catch (error) {
      // The worker's side puts our code into the reference's words again.
      const { cause } = error instanceof BridgeError ? error : {}
      if (cause instanceof DrawbridgeError) throw cause
      throw error
    }
  }
}

function isOpenTo({ dcloudAppids }: Space, { dcloudAppid }: OpenBridgeKey): boolean {
  return dcloudAppids === undefined || (dcloudAppid !== undefined && dcloudAppids.includes(dcloudAppid))
}
