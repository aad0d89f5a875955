import { DrawbridgeError } from '@drawbridge/protocol'
import type { CallFacts, Json, JsonObject } from '@drawbridge/runtime'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import type { AskContext, WorkerService } from '../functions/ask-context.ts'
import type { CallIntake } from './call-intake.ts'

const request = Compile(
  Type.Object(
    { name: Type.String({ minLength: 1, maxLength: 128 }), data: Type.Optional(Type.Unknown()) },
    { additionalProperties: false },
  ),
)

/**
 * The worker service `call`: a function calls another one of its space. Method `callFunction`, parameters
 * `{name, data?}`; a cloud object is called with `data: {method, params}`. The callee is told neither of the client nor
 * of its token, as uniCloud has it; a guarded function asks for nothing of it but that the policy lets functions in.
 * Throws what the intake throws; the host refuses functions that call one another too deeply.
 * @param calls asked at each call, since the host that runs functions is made before the way to them.
 */
export function createFunctionCalls(calls: () => CallIntake): WorkerService {
  return async (ask, method, params) => {
    if (method !== 'callFunction') throw new DrawbridgeError('REQUEST_INVALID', { field: 'method', reason: 'unknown' })
    if (!request.Check(params))
      throw new DrawbridgeError('REQUEST_INVALID', { field: 'params', reason: 'not {name, data}' })
    const { name } = params
    const text = await calls().answer({
      space: ask.space,
      name,
      args: eventOf(params),
      facts: calleeFacts(ask),
      depth: ask.depth + 1,
    })
    return JSON.parse(text) as Json
  }
}

function eventOf({ data }: { readonly data?: unknown }): JsonObject {
  if (data === undefined || data === null) return {}
  if (typeof data !== 'object' || Array.isArray(data))
    throw new DrawbridgeError('REQUEST_INVALID', { field: 'data', reason: 'not an object' })
  // It came out of JSON.
  return data as JsonObject
}

function calleeFacts({ facts }: AskContext): CallFacts {
  return {
    source: 'function',
    requestId: facts.requestId,
    secretType: 'none',
    clientInfo: {},
    clientIp: '',
    userAgent: '',
  }
}
