import type { CallFacts, Json, JsonObject } from '@drawbridge/runtime'
import type { NativeMethod } from '../../functions/native-object.ts'
import type { Space } from '../../spaces/space.ts'
import type { Client } from '../client-of.ts'
import { clientOf, infoText } from '../client-of.ts'
import { refusal, refusalResult } from '../refusal.ts'
import { objectOf } from '../text-of.ts'

/** One call of a method, its caller read and named. */
export interface CoCall {
  readonly space: Space
  readonly client: Client
  /** The user's token as sent; empty: none. */
  readonly token: string
  /** The one parameter of the method; empty when none was sent. */
  readonly params: JsonObject
}

/**
 * A method as the object has it: the client must say which app and platform it is, and refusals are results
 * (`{errCode, errMsg}`), as uni-id-co gives them.
 */
export function coMethod(run: (call: CoCall) => Promise<JsonObject>): NativeMethod {
  return async ({ space, facts }, params) => {
    try {
      return await run(readCall(space, facts, params))
    } catch (error) {
      const result = refusalResult(error, infoText(facts.clientInfo, 'locale'))
      if (result === undefined) throw error
      return result
    }
  }
}

function readCall(space: Space, facts: CallFacts, params: readonly Json[]): CoCall {
  const client = clientOf(space, facts)
  if (client.appId === '') throw refusal('uni-id-invalid-param', 'clientInfo.appId')
  if (client.platform === '') throw refusal('uni-id-invalid-param', 'clientInfo.uniPlatform')
  return { space, client, token: facts.uniIdToken ?? '', params: objectOf(params[0]) }
}

/** A text among the parameters. Throws `LOGIN_REFUSED` with `uni-id-param-required` or `uni-id-invalid-param`. */
export function textParam(params: JsonObject, name: string): string {
  const text = optionalTextParam(params, name)
  if (text === undefined) throw refusal('uni-id-param-required', name)
  return text
}

/** A text that may be left out; an empty one is. Throws `LOGIN_REFUSED` with `uni-id-invalid-param`. */
export function optionalTextParam(params: JsonObject, name: string): string | undefined {
  const value = Object.hasOwn(params, name) ? params[name] : undefined
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value !== 'string') throw refusal('uni-id-invalid-param', name)
  return value
}
