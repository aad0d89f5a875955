import { randomBytes } from 'node:crypto'
import { ServerResponse, IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import type { IncomingCall } from '../calls/call-intake.ts'
import type { Answer } from '../http/answer.ts'
import { createLog } from '../log/create-log.ts'
import type { Space } from '../spaces/space.ts'
import type { ClientRequest } from './client-request.ts'
import { clientSign } from './client-sign.ts'
import { createUnicloudRoutes } from './create-unicloud-routes.ts'
import type { UnicloudDeps } from './create-unicloud-routes.ts'

/** The space of the vectors, and one beside it. */
export const vectorSpace: Space = {
  spaceId: 'vector-space',
  clientSecret: 'vector-client-secret',
  origins: ['https://shop.example.com'],
  provider: 'aliyun',
  workers: { max: 1, memoryMb: 64, timeoutSeconds: 1, queueMax: 1 },
  environment: {},
}
export const otherSpace: Space = {
  ...vectorSpace,
  spaceId: 'other-space',
  clientSecret: 'other-client-secret',
  origins: ['https://other.example.com'],
}

/** When the vectors were made. */
export const VECTOR_TIME = 1_700_000_000_000

/** An answer of the wire, read. */
export interface WireReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly json: {
    readonly success?: boolean
    readonly data?: unknown
    readonly error?: { readonly code: string; readonly message: string }
    readonly header?: Readonly<Record<string, string>>
  }
}

/** The routes without a network: what comes in goes straight to `serve`. */
export interface TestWire {
  readonly calls: IncomingCall[]
  readonly lines: string[]
  post(body: unknown, headers?: Readonly<Record<string, string>>): Promise<WireReply>
  /** Signs with the space's own secret. */
  send(request: Partial<ClientRequest>, headers?: Readonly<Record<string, string>>): Promise<WireReply>
  token(space?: Space): Promise<string>
  options(headers: Readonly<Record<string, string>>): Promise<Answer>
}

/** Opens them; functions answer `answer`, JSON as text. */
export function openWire(change: Partial<UnicloudDeps> & { answer?: (call: IncomingCall) => string } = {}): TestWire {
  const calls: IncomingCall[] = []
  const lines: string[] = []
  const { answer = () => '"ran"', ...deps } = change
  const now = deps.now ?? (() => VECTOR_TIME)
  const [route] = createUnicloudRoutes({
    spaces: [vectorSpace, otherSpace],
    calls: {
      answer(call) {
        calls.push(call)
        return Promise.resolve().then(() => answer(call))
      },
    },
    now,
    random: randomBytes,
    log: createLog({ level: 'debug', destination: { write: (line) => void lines.push(line) } }),
    ...deps,
  })
  const serve = async (
    method: string,
    body: Uint8Array | undefined,
    headers: Readonly<Record<string, string>>,
  ): Promise<Answer> => {
    const arrival = {
      requestId: 'r-1',
      method,
      target: '/client',
      headers,
      body,
      address: '203.0.113.7',
      origin: () => ({ scheme: 'http', authority: 'drawbridge.test' }),
      response: new ServerResponse(new IncomingMessage(new Socket())),
    }
    const visit = { requestId: 'r-1', outsideRequestId: undefined, at: now(), address: '203.0.113.7' }
    if (!route) throw new Error('no route')
    return route.serve(arrival, visit, {})
  }

  const wire: TestWire = {
    calls,
    lines,
    async post(body, headers = {}) {
      const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
      const reply = await serve('POST', bytes, headers)
      return {
        status: reply.status,
        headers: reply.headers ?? {},
        json: JSON.parse(typeof reply.body === 'string' ? reply.body : '') as WireReply['json'],
      }
    },
    send(request, headers) {
      const body: ClientRequest = {
        method: 'serverless.function.runtime.invoke',
        params: '{"functionTarget":"hello","functionArgs":{}}',
        spaceId: vectorSpace.spaceId,
        timestamp: now(),
        ...request,
      }
      const space = body.spaceId === otherSpace.spaceId ? otherSpace : vectorSpace
      return wire.post(body, { 'x-serverless-sign': clientSign(body, space.clientSecret), ...headers })
    },
    async token(space = vectorSpace) {
      const { json } = await wire.send({
        method: 'serverless.auth.user.anonymousAuthorize',
        params: '{}',
        spaceId: space.spaceId,
      })
      return (json.data as { accessToken: string }).accessToken
    },
    options: (headers) => serve('OPTIONS', undefined, headers),
  }
  return wire
}
