import { DrawbridgeError } from '@drawbridge/protocol'
import type { Json, JsonObject } from '@drawbridge/runtime'
import Type from 'typebox'
import { readClientInfo } from '../client-info.ts'
import type { ClientCall, ClientMethod, MethodRun } from './client-method.ts'
import { paramsReader } from './read-params.ts'

const TOKEN_MAX_CHARS = 8192

const readParams = paramsReader(
  Type.Object(
    {
      functionTarget: Type.String({ minLength: 1, maxLength: 128 }),
      functionArgs: Type.Object({}, { description: 'User data with clientInfo and uniIdToken among it.' }),
    },
    { additionalProperties: false },
  ),
)

const run: MethodRun = (call, { calls }) => {
  const { functionTarget: name, functionArgs } = readParams(call.params)
  // It came out of JSON.
  const { clientInfo, uniIdToken, ...args } = functionArgs as JsonObject
  const { space, requestId, clientIp, userAgent } = call
  const token = readToken(uniIdToken, call)
  return calls.answer({
    space,
    name,
    args,
    facts: {
      source: 'client',
      requestId,
      secretType: 'none',
      clientInfo: readClientInfo(clientInfo),
      clientIp,
      userAgent,
      ...(token !== undefined && { uniIdToken: token }),
    },
  })
}

/** `serverless.function.runtime.invoke`: callFunction and the methods of cloud objects. */
export const invokeFunction: ClientMethod = { aliyun: run, dcloud: run }

/** The body's token; an empty one is none. The dcloud class sends it in a header too. */
function readToken(sent: Json | undefined, { headerToken }: ClientCall): string | undefined {
  const token = sent ?? headerToken
  if (token === undefined || token === '') return undefined
  if (typeof token !== 'string' || token.length > TOKEN_MAX_CHARS)
    throw new DrawbridgeError('REQUEST_INVALID', { field: 'params.functionArgs.uniIdToken', reason: 'no token' })
  return token
}
