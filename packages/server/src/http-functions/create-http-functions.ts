import { DrawbridgeError } from '@drawbridge/protocol'
import type { HttpInfo, JsonObject } from '@drawbridge/runtime'
import type { CallIntake } from '../calls/call-intake.ts'
import type { FunctionFacts } from '../functions/function-facts.ts'
import type { FunctionHost } from '../functions/function-host.ts'
import type { Answer } from '../http/answer.ts'
import type { Arrival } from '../http/arrival.ts'
import type { ClientRoute } from '../http/route.ts'
import type { Visit } from '../http/visit.ts'
import type { Space } from '../spaces/space.ts'
import { findMount } from './find-mount.ts'
import { httpInfo, splitTarget } from './http-info.ts'
import { httpReply } from './http-reply.ts'

const BODY_MAX_BYTES = 2 * 1024 * 1024
/** How the result begins when an object has no public method of that name. */
const METHOD_NOT_FOUND = '{"errCode":"METHOD_NOT_FOUND"'

/** What URL-ization is made of. */
export interface HttpFunctionsDeps {
  readonly spaces: readonly Space[]
  readonly functions: Pick<FunctionHost, 'list' | 'log'>
  readonly path: CallIntake
}

/**
 * The functions that have a `path` in their package.json, for anybody over HTTP at `/http/{spaceId}{path}` and below:
 * a function gets the request as its event, an object's method (the next segment) the query as its one parameter.
 * No signature is asked for and `source` is `http`; what the caller may do is the function's business.
 *
 * What a function throws becomes 500 `{errCode, errMsg, requestId}` with our code and sentence: what it says of itself
 * is in its log, and nowhere else.
 */
export function createHttpFunctions({ spaces, functions, path }: HttpFunctionsDeps): readonly ClientRoute[] {
  const bySpaceId = new Map(spaces.map((space) => [space.spaceId, space]))

  async function serve(arrival: Arrival, visit: Visit, spaceId: string): Promise<Answer> {
    const space = bySpaceId.get(spaceId)
    const mount = space && findMount(functions.list(spaceId), pathBelowSpace(arrival.target))
    if (!space || !mount) throw new DrawbridgeError('FUNCTION_PATH_UNKNOWN')
    const { facts, below } = mount
    const http = httpInfo(arrival, below)
    const result = await path.answer({
      space,
      name: facts.name,
      args: argumentsOf(facts, http, below),
      facts: {
        source: 'http',
        requestId: visit.requestId,
        secretType: 'none',
        clientInfo: {},
        clientIp: visit.address,
        userAgent: http.headers['user-agent'] ?? '',
        http,
      },
    })
    return replyOf(result, space, facts, visit)
  }

  function replyOf(result: string, { spaceId, provider }: Space, { name }: FunctionFacts, visit: Visit): Answer {
    try {
      const answer = httpReply(result, provider)
      return result.startsWith(METHOD_NOT_FOUND) ? { ...answer, status: 404 } : answer
    } catch (error) {
      const reason = error instanceof DrawbridgeError ? error.detail['reason'] : undefined
      const text = `integrated response refused: ${String(reason)}`
      functions.log.append({ at: visit.at, spaceId, name, requestId: visit.requestId, level: 'error', text })
      throw error
    }
  }

  return [
    {
      access: 'client',
      face: 'problem',
      operationId: 'callHttpFunction',
      methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
      path: '/http/:space/*',
      bodyMaxBytes: BODY_MAX_BYTES,
      serve: (arrival, visit, params) =>
        serve(arrival, visit, params['space'] ?? '').catch((error: unknown) => refusal(error, visit)),
    },
  ]
}

/** `/http/{space}` cut off, whatever the encoding of the space's name. */
function pathBelowSpace(target: string): string {
  return `/${splitTarget(target).pathname.split('/').slice(3).join('/')}`
}

function argumentsOf({ kind }: FunctionFacts, http: HttpInfo, [first = '']: readonly string[]): JsonObject {
  if (kind === 'function') return { ...http }
  return { method: decoded(first), params: [http.queryStringParameters] }
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return ''
  }
}

/** Our code and sentence and nothing of the detail, where what a function threw would stand; what is not ours goes to the door. */
function refusal(error: unknown, { requestId }: Visit): Answer {
  if (!(error instanceof DrawbridgeError) || error.code === 'SYSTEM_ERROR') throw error
  const { code, message, status } = error
  return {
    status,
    body: JSON.stringify({ errCode: code, errMsg: message, requestId }),
    ...(code === 'FUNCTION_BUSY' && { headers: { 'retry-after': '1' } }),
  }
}
