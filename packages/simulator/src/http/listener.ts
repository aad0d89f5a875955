import { createServer as createHttpServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import fastify from 'fastify'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../clock/clock.ts'
import { SimulatorError } from '../simulator-error.ts'
import type { RawCall } from './call.ts'
import type { Reply } from './reply.ts'
import { TLS_ALERT, sendReply } from './send-reply.ts'

/** A certificate and its key in PEM; with them the simulator serves HTTPS. */
export interface TlsOptions {
  readonly key: string
  readonly cert: string
}

/** What the listener needs. */
export interface ListenerDeps {
  readonly clock: Clock
  /** Answers a request to the platform or to the control URL. */
  readonly answer: (raw: RawCall) => Reply | Promise<Reply>
  readonly callerAddressFrom: () => string
  readonly tls: TlsOptions | undefined
  /** Should a new TLS connection be refused with a handshake alert? */
  readonly refuseTls: () => boolean
}

/** A socket that takes requests. */
export interface Listener {
  readonly url: string
  readonly port: number
  close(): Promise<void>
}

/** What a request had before Fastify was told less. */
interface Original {
  readonly url: string
  readonly contentType: string | undefined
}

const HANDSHAKE_MS = 1_000
const BODY_MAX_BYTES = 2 * 1024 * 1024

/** Listens; port 0 takes a free one. Throws PORT_TAKEN when the port is in use. */
export async function listen(deps: ListenerDeps, port: number, host: string): Promise<Listener> {
  const closing = new AbortController()
  const httpDate = createHttpDate()
  const originals = new WeakMap<IncomingMessage, Original>()
  const app = fastify({
    logger: false,
    bodyLimit: BODY_MAX_BYTES,
    forceCloseConnections: true,
    serverFactory: (handler) => createServer(deps, handler),
    // One handler takes everything: what a path means is the platform's business, not the router's.
    rewriteUrl(request) {
      const contentType = request.headers['content-type']
      originals.set(request, { url: request.url ?? '/', contentType })
      // Fastify answers 415 to a malformed type; the platform reads the bytes whatever they are called.
      if (contentType !== undefined) request.headers['content-type'] = 'application/octet-stream'
      return '/'
    },
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_, body, done) => done(null, body))
  const handle = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    reply.hijack()
    const answer = await answerOrFault(deps, rawCall(request, originals.get(request.raw), deps))
    if (answer.waitMs !== undefined) await waitFor(deps.clock, answer.waitMs, reply.raw, closing.signal)
    sendReply(reply.raw, answer, httpDate(deps.clock.now()))
  }
  app.all('/', handle)
  app.setNotFoundHandler(handle)
  app.setErrorHandler((_, __, reply) =>
    reply.code(413).type('text/html').send('<html><body>413 Request Entity Too Large</body></html>'),
  )
  try {
    await app.listen({ port, host })
  } catch (cause) {
    if (!isPortTaken(cause)) throw cause
    throw new SimulatorError('PORT_TAKEN', `Port ${port} on ${host} is in use: choose another, or 0 for a free one.`, {
      cause,
    })
  }
  const address = app.server.address() as AddressInfo
  const shownHost = host.includes(':') ? `[${host}]` : host === '0.0.0.0' ? '127.0.0.1' : host
  return {
    port: address.port,
    url: `${deps.tls === undefined ? 'http' : 'https'}://${shownHost}:${address.port}`,
    async close() {
      closing.abort()
      await app.close()
    },
  }
}

function createServer(deps: ListenerDeps, handler: (req: IncomingMessage, res: ServerResponse) => void): Server {
  if (deps.tls === undefined) return createHttpServer(handler)
  const server = createHttpsServer({ key: deps.tls.key, cert: deps.tls.cert }, handler)
  const handshakes = server.listeners('connection') as ((socket: Socket) => void)[]
  server.removeAllListeners('connection')
  server.on('connection', (socket: Socket) => {
    if (deps.refuseTls()) return refuseHandshake(socket)
    for (const handshake of handshakes) handshake.call(server, socket)
  })
  return server
}

/** What the client has sent must be read, or the system resets the connection before the alert arrives. */
function refuseHandshake(socket: Socket): void {
  socket.on('error', () => socket.destroy())
  socket.setTimeout(HANDSHAKE_MS, () => socket.destroy())
  socket.resume().end(TLS_ALERT)
}

function rawCall(request: FastifyRequest, original: Original | undefined, deps: ListenerDeps): RawCall {
  const { raw, body } = request
  const forwarded = deps.callerAddressFrom() === 'x-forwarded-for' ? raw.headers['x-forwarded-for'] : undefined
  const nearest = raw.socket.remoteAddress ?? ''
  const address = (typeof forwarded === 'string' ? (forwarded.split(',')[0] ?? '').trim() : nearest).replace(
    /^::ffff:/,
    '',
  )
  return {
    method: raw.method ?? 'GET',
    url: original?.url ?? '/',
    body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
    headers: { ...raw.headers, 'content-type': original?.contentType },
    address,
    isLoopback: /^(127\.|::1$|::ffff:127\.)/.test(nearest),
  }
}

async function waitFor(clock: Clock, ms: number, response: ServerResponse, closing: AbortSignal): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  await clock.wait(ms, AbortSignal.any([gone.signal, closing]))
}

/** The Date header's text, written once a second. */
function createHttpDate(): (now: number) => string {
  let second = NaN
  let text = ''
  return (now) => {
    if (Math.floor(now / 1000) !== second) {
      second = Math.floor(now / 1000)
      text = new Date(now).toUTCString()
    }
    return text
  }
}

async function answerOrFault({ answer }: ListenerDeps, raw: RawCall): Promise<Reply> {
  try {
    return await answer(raw)
  } catch (fault) {
    return faultReply(fault)
  }
}

/** A fault of the simulator itself is shown, not hidden behind a connection that never answers. */
function faultReply(fault: unknown): Reply {
  const body = `simulator fault: ${fault instanceof Error ? fault.message : String(fault)}\n`
  return { status: 500, contentType: 'text/plain; charset=utf-8', body, headers: {} }
}

function isPortTaken(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE'
}
