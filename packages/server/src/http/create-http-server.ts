import { performance } from 'node:perf_hooks'
import type { Socket } from 'node:net'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import type { Bridge } from '@drawbridge/bridge'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { Audit } from '../audit/create-audit.ts'
import type { Callers } from '../callers/create-callers.ts'
import { createRateLimiter } from '../callers/rate-limiter.ts'
import type { ServerConfig } from '../config/server-config.ts'
import type { Log } from '../log/create-log.ts'
import type { Metrics } from '../metrics/create-metrics.ts'
import { createDoor } from './door.ts'
import type { Door } from './door.ts'
import { refuseConnection } from './refuse-connection.ts'
import { createRequestIds } from './request-ids.ts'
import { routeTable } from './routes/table.ts'
import { translateFrameworkError } from './translate-framework-error.ts'

const HEADERS_MAX_BYTES = 16_384
const REQUEST_TIMEOUT_MS = 30_000
const KEEP_ALIVE_MS = 72_000
const PARAM_MAX_CHARS = 512

/** What the HTTP server is made of. */
export interface HttpServerDeps {
  readonly config: Pick<
    ServerConfig,
    'production' | 'callers' | 'trustedProxies' | 'rateLimitPerMinute' | 'bodyMaxBytes'
  >
  readonly bridge: Bridge
  readonly callers: Callers
  readonly audit: Audit
  readonly metrics: Metrics
  readonly log: Log
  /** ms since epoch. */
  readonly now: () => number
  /** That many bytes fit for keys; `crypto.randomBytes` will do. */
  readonly random: (length: number) => Uint8Array
  /** A stopwatch in ms, with fractions. */
  readonly tick?: () => number
}

/**
 * The HTTP face: uni-open-bridge's fifteen methods, the /v1 API, health and metrics. Not listening yet.
 *
 * `close()` stops accepting, answers further requests on open connections with `SERVER_STOPPING`, lets the requests in
 * flight finish, and then closes the bridge (which keeps its refreshes in flight), the callers and the audit trail.
 *
 * @example
 * const server = createHttpServer({ config, bridge, callers, audit, metrics, log, now: Date.now, random: randomBytes })
 * await server.listen({ host: config.host, port: config.port })
 */
export function createHttpServer(deps: HttpServerDeps): FastifyInstance {
  const { config, bridge, callers, audit, metrics, log, now, random, tick = () => performance.now() } = deps
  let stopping = false
  const isStopping = (): boolean => stopping
  const limiter = createRateLimiter({ perMinute: config.rateLimitPerMinute, now })
  const door = createDoor({ callers, limiter, metrics, log, now, tick, isStopping })
  const nextId = createRequestIds(random)
  const server = Fastify({
    exposeHeadRoutes: false,
    // Ours says SERVER_STOPPING in the words of the face that was called.
    return503OnClosing: false,
    bodyLimit: config.bodyMaxBytes,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    trustProxy: config.trustedProxies.length === 0 ? false : [...config.trustedProxies],
    routerOptions: { maxParamLength: PARAM_MAX_CHARS },
    genReqId: nextId,
    // A second Authorization header would be dropped without a word: joined, it is refused.
    http: { maxHeaderSize: HEADERS_MAX_BYTES, joinDuplicateHeaders: true },
    clientErrorHandler: (error, socket: Socket) =>
      refuseConnection({ error, socket, requestId: nextId(), at: now(), log }),
    frameworkErrors: (error, request, reply) => door.refuse(translateFrameworkError(error), request, reply),
  })

  readBodiesAsBytes(server)
  server.setErrorHandler((error, request, reply) =>
    door.refuse(translateFrameworkError(error, config.bodyMaxBytes), request, reply),
  )
  const routes = routeTable({ config, bridge, callers, audit, metrics, now, isStopping })
  for (const route of routes) {
    const url = route.path.replace(/\{(\w+)\}/g, ':$1')
    server.route({ method: route.method, url, handler: (request, reply) => door.handle(route, request, reply) })
  }
  refuseUnknownPaths(server, door)

  server.addHook('preClose', (done) => {
    stopping = true
    done()
  })
  server.addHook('onClose', async () => {
    await bridge.close()
    await callers.close()
    await audit.close()
  })
  return server
}

/** Signatures are over bytes, and what is not authentic is not parsed; so a body stays bytes until its route asks for it. */
function readBodiesAsBytes(server: FastifyInstance): void {
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
}

function refuseUnknownPaths(server: FastifyInstance, door: Door): void {
  server.setNotFoundHandler((request, reply) => {
    const [url = ''] = (request.raw.url ?? '').split('?')
    const allowed = (['GET', 'POST', 'PUT', 'DELETE'] as const).filter((method) => {
      const route: unknown = server.findRoute({ method, url })
      return Boolean(route)
    })
    const detail = { method: request.method, ...(allowed.length === 0 ? {} : { allowed: allowed.join(', ') }) }
    door.refuse(new DrawbridgeError('METHOD_UNKNOWN', detail), request, reply)
  })
}
