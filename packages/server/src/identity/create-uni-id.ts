import { DrawbridgeError } from '@drawbridge/protocol'
import type { Json, JsonObject } from '@drawbridge/runtime'
import type { AskContext, WorkerService } from '../functions/ask-context.ts'
import { clientOf, infoText } from './client-of.ts'
import type { Client } from './client-of.ts'
import { checkResult } from './token/create-tokens.ts'
import type { Tokens } from './token/create-tokens.ts'
import { refusal, refusalResult } from './refusal.ts'
import { objectOf, textsOf } from './text-of.ts'

type Method = (tokens: Tokens, ask: AskContext, client: Client, params: JsonObject) => Promise<JsonObject>

/**
 * What the built-in `uni-id-common` asks the server for: `checkToken {token, autoRefresh?}`, `createToken {uid, role?,
 * permission?}`, `refreshToken {token}`, each with `clientInfo` where the function names a client of its own. Results and
 * refusals are those of uni-id-common 1.0.19; no secret reaches the worker.
 */
export function createUniIdService(tokens: Tokens): WorkerService {
  return async (ask, method, given) => {
    const run = Object.hasOwn(methods, method) ? methods[method] : undefined
    if (run === undefined) throw new DrawbridgeError('REQUEST_INVALID', { field: 'method' })
    const params = objectOf(given)
    const named = params['clientInfo'] === undefined ? undefined : objectOf(params['clientInfo'])
    try {
      return await run(tokens, ask, clientOf(ask.space, ask.facts, named), params)
    } catch (error) {
      const result = refusalResult(error, infoText(named ?? ask.facts.clientInfo, 'locale'))
      if (result === undefined) throw error
      return result
    }
  }
}

const methods: Readonly<Record<string, Method>> = {
  async checkToken(tokens, { space }, client, params) {
    const autoRefresh = params['autoRefresh'] !== false
    return checkResult(await tokens.check(space, client, requiredText(params, 'token'), { autoRefresh }))
  },
  async createToken(tokens, { space }, client, params) {
    const { role, permission } = params
    const rights = isGiven(role) && isGiven(permission) ? { role: textsOf(role), permission: textsOf(permission) } : {}
    return { errCode: 0, ...(await tokens.create(space, client, { uid: requiredText(params, 'uid'), ...rights })) }
  },
  async refreshToken(tokens, { space }, client, params) {
    return { errCode: 0, ...(await tokens.refresh(space, client, requiredText(params, 'token'))) }
  },
}

function isGiven(list: Json | undefined): boolean {
  return Array.isArray(list)
}

function requiredText(params: JsonObject, name: string): string {
  const text = Object.hasOwn(params, name) ? params[name] : undefined
  if (typeof text !== 'string' || text === '') throw refusal('uni-id-param-required', name)
  return text
}
