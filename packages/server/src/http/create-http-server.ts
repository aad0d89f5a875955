import { performance } from 'node:perf_hooks'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import Fastify from 'fastify'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Bridge } from '@drawbridge/bridge'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { Audit } from '../audit/create-audit.ts'
import type { Callers } from '../callers/create-callers.ts'
import { createRateLimiter } from '../callers/rate-limiter.ts'
import type { ServerConfig } from '../config/server-config.ts'
import type { FunctionHost } from '../functions/function-host.ts'
import type { Log } from '../log/create-log.ts'
import type { Metrics } from '../metrics/create-metrics.ts'
import type { PolicyStore } from '../secure-network/policy/create-policy-store.ts'
import type { Verdicts } from '../secure-network/verdicts/create-verdicts.ts'
import type { Space } from '../spaces/space.ts'
import { createDoor } from './door.ts'
import type { Door } from './door.ts'
import { endConnections } from './end-connections.ts'
import { frameworkArrival } from './framework-arrival.ts'
import { forgetOddContentType } from './forget-odd-content-type.ts'
import { limitBodyTime } from './limit-body-time.ts'
import { refuseConnection } from './refuse-connection.ts'
import { createRequestIds } from './request-ids.ts'
import type { ClientRoute, PreparedCall, Route } from './route.ts'
import { routeTable } from './routes/table.ts'
import { translateFrameworkError } from './translate-framework-error.ts'
import { createUpgradeTaker } from './upgrade.ts'
import type { UpgradeTaker } from './upgrade.ts'
import { createWarmTargets } from './warm-targets.ts'
import type { WarmTargets } from './warm-targets.ts'

const HEADERS_MAX_BYTES = 16_384
/** For the longest of all, an upload; bodies that are read whole have a shorter limit of their own. */
const REQUEST_TIMEOUT_MS = 900_000
const HEADERS_TIMEOUT_MS = 30_000
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
  /** For the administration of functions; left out: this server runs none. */
  readonly functions?: FunctionHost
  readonly spaces?: readonly Space[]
  /** For the administration of client verification. */
  readonly policies?: PolicyStore
  readonly verdicts?: Verdicts
  /** Routes besides the table's. */
  readonly clientRoutes?: readonly ClientRoute[]
  /** Waits that long, or until the signal. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
}

/**
 * The HTTP face: uni-open-bridge's fifteen methods, the /v1 API, health and metrics. Not listening yet.
 *
 * `close()` stops accepting, answers further requests on open connections with `SERVER_STOPPING`, lets the requests in
 * flight finish, and then closes the bridge (which keeps its refreshes in flight), the callers and the audit trail.
 *
 * @example
 * const server = createHttpServer({ config, bridge, callers, audit, metrics, log, now: Date.now, sleep, random: randomBytes })
 * await server.listen({ host: config.host, port: config.port })
 */
export function createHttpServer(deps: HttpServerDeps): FastifyInstance {
  const { config, bridge, callers, audit, metrics, log, now, sleep, random, tick = () => performance.now() } = deps
  let stopping = false
  const isStopping = (): boolean => stopping
  const limiter = createRateLimiter({ perMinute: config.rateLimitPerMinute, now })
  const door = createDoor({ callers, limiter, metrics, log, now, tick, isStopping })
  const nextId = createRequestIds(random)
  const { clientRoutes = [] } = deps
  const upgrades = upgradesOf(clientRoutes)
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
    http: {
      maxHeaderSize: HEADERS_MAX_BYTES,
      joinDuplicateHeaders: true,
      ...(upgrades && { shouldUpgradeCallback: upgrades.isWanted }),
    },
    clientErrorHandler: (error, socket: Socket) =>
      refuseConnection({ error, socket, requestId: nextId(), at: now(), log }),
    frameworkErrors: (error, request, reply) => {
      door.refuse(frameworkArrival(request, reply), translateFrameworkError(error))
    },
  })

  server.server.headersTimeout = HEADERS_TIMEOUT_MS
  readBodiesAsBytes(server)
  limitBodyTime(server, {
    tick,
    sleep,
    onLate({ socket }) {
      const error = Object.assign(new DrawbridgeError('REQUEST_INVALID'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' })
      refuseConnection({ error, socket, requestId: nextId(), at: now(), log })
    },
  })
  server.setErrorHandler((error, request, reply) => {
    door.refuse(frameworkArrival(request, reply), translateFrameworkError(error, config.bodyMaxBytes))
  })
  const warm = createWarmTargets()
  const documented = routeTable({
    config,
    bridge,
    callers,
    audit,
    metrics,
    functions: deps.functions,
    spaces: deps.spaces,
    policies: deps.policies,
    verdicts: deps.verdicts,
    now,
    isStopping,
  })
  for (const route of [...documented, ...clientRoutes]) addRoute(server, route, door, warm)
  refuseUnknownPaths(server, door)
  // Behind a proxy the framework finds out whose address and host it is.
  if (config.trustedProxies.length === 0) answerWarmTargets(server, { door, warm, nextId, isStopping })

  upgrades?.attach(server, (socket) => {
    refuseConnection({ error: new DrawbridgeError('REQUEST_INVALID'), socket, requestId: nextId(), at: now(), log })
  })

  const closed = new AbortController()
  server.addHook('preClose', (done) => {
    stopping = true
    for (const { stop } of clientRoutes) stop?.()
    void endConnections(server.server, sleep, closed.signal)
    done()
  })
  server.addHook('onClose', async () => {
    closed.abort()
    try {
      await bridge.close()
    } finally {
      // What callers did until now is written down whatever became of the stores.
      await Promise.all([callers.close(), audit.close()])
    }
  })
  return server
}

function upgradesOf(routes: readonly ClientRoute[]): UpgradeTaker | undefined {
  const paths = routes.filter(({ takesUpgrade }) => takesUpgrade).map(({ path }) => path)
  return paths.length > 0 ? createUpgradeTaker(paths) : undefined
}

function addRoute(server: FastifyInstance, route: Route, door: Door, warm: WarmTargets): void {
  if (route.access === 'client') {
    addClientRoute(server, route, door)
    return
  }
  server.route({
    method: route.method,
    url: route.path.replace(/\{(\w+)\}/g, ':$1'),
    ...(route.face === 'uni' ? { onRequest: ignoreOddContentType } : {}),
    handler: (request, reply) => {
      const arrival = frameworkArrival(request, reply)
      if (route.access === 'public') {
        door.show(arrival, route)
        return
      }
      const { params, query } = request
      const { headers, body, target } = arrival
      let call: PreparedCall | undefined
      const prepare = (): PreparedCall => (call = route.prepare({ params, query, headers, body }))
      door.enter(arrival, route, prepare, ({ status }) => {
        if (call && route.method === 'GET' && status === 200) warm.remember(target, route, call)
      })
    },
  })
}

function addClientRoute(server: FastifyInstance, route: ClientRoute, door: Door): void {
  const { methods, path: url, bodyMaxBytes: bodyLimit, takesStream = false } = route
  // A scope of its own: only there does a body stay a stream.
  void server.register((scope, _options, done) => {
    if (takesStream) {
      scope.removeAllContentTypeParsers()
      scope.addContentTypeParser('*', (_request, payload, parsed) => {
        parsed(null, payload)
      })
    }
    scope.setErrorHandler((error, request, reply) => {
      door.refuse(frameworkArrival(request, reply), translateFrameworkError(error, bodyLimit), route.face)
    })
    scope.route<{ Params: Record<string, string> }>({
      method: [...methods],
      url,
      bodyLimit,
      ...(takesStream && { config: { takesStream } }),
      onRequest: ignoreOddContentType,
      handler: (request, reply) => {
        door.serve(frameworkArrival(request, reply), route, request.params)
      },
    })
    done()
  })
}

/** Answers what was answered before without asking the framework for the way; everything else goes on to it. */
function answerWarmTargets(
  { server }: FastifyInstance,
  {
    door,
    warm,
    nextId,
    isStopping,
  }: {
    readonly door: Door
    readonly warm: WarmTargets
    readonly nextId: () => string
    readonly isStopping: () => boolean
  },
): void {
  const toFramework = server.listeners('request')
  server.removeAllListeners('request')
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const target = request.url ?? ''
    const known = request.method === 'GET' && !isStopping() ? warm.find(target) : undefined
    if (!known) {
      for (const listener of toFramework) Reflect.apply(listener, server, [request, response])
      return
    }
    const { headers, socket } = request
    const origin = () => ({ scheme: 'http', authority: headers.host ?? '' })
    const address = socket.remoteAddress
    door.enter(
      { requestId: nextId(), method: 'GET', target, headers, body: undefined, address, origin, response },
      known.route,
      known.prepared,
    )
  })
}

/** Signatures are over bytes, and what is not authentic is not parsed; so a body stays bytes until its route asks for it. */
function readBodiesAsBytes(server: FastifyInstance): void {
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
}

function ignoreOddContentType(request: FastifyRequest, _reply: FastifyReply, done: () => void): void {
  forgetOddContentType(request.raw.headers)
  done()
}

function refuseUnknownPaths(server: FastifyInstance, door: Door): void {
  server.setNotFoundHandler((request, reply) => {
    const [url = ''] = (request.raw.url ?? '').split('?')
    const allowed = (['GET', 'POST', 'PUT', 'DELETE'] as const).filter((method) => {
      const route: unknown = server.findRoute({ method, url })
      return Boolean(route)
    })
    const detail = { method: request.method, ...(allowed.length === 0 ? {} : { allowed: allowed.join(', ') }) }
    door.refuse(frameworkArrival(request, reply), new DrawbridgeError('METHOD_UNKNOWN', detail))
  })
}
