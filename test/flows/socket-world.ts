import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { TestWebSocketServer } from '@drawbridge/server/testing'
import type {
  ClientServerOptions,
  GatewayEvent,
  GatewayRoute,
  SecureNetworkConfig,
  SocketLimits,
  TestWebSocket,
} from '@drawbridge/server/testing'
import { gatewayTo } from './gateway-backend.ts'
import { openSecureWorld } from './secure-call-world.ts'
import type { SecureWorld } from './secure-call-world.ts'

/** A WebSocket as the backend has it. */
export interface BackendSocket {
  readonly request: IncomingMessage
  readonly socket: TestWebSocket
  /** What came, and at its end the code and reason. */
  readonly heard: (string | Buffer)[]
  readonly closed: Promise<readonly [code: number, reason: string]>
}

/** A backend with WebSockets. */
export interface SocketBackend {
  readonly origin: string
  readonly sockets: readonly BackendSocket[]
}

/** Starts one: says back what it hears, unless `serve` does something else; it is gone when the test is. */
export async function startSocketBackend(
  t: TestContext,
  serve: (socket: TestWebSocket, request: IncomingMessage) => void = echo,
): Promise<SocketBackend> {
  const sockets: BackendSocket[] = []
  const http = createServer((_request, response) => {
    response.writeHead(404)
    response.end()
  })
  const server = new TestWebSocketServer({ noServer: true, maxPayload: 0 })
  http.on('upgrade', (request, connection, head) => {
    const [, status] = /^\/orders\/say-(\d+)/.exec(request.url ?? '') ?? []
    if (status !== undefined) {
      connection.end(`HTTP/1.1 ${status} No\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n`)
      return
    }
    server.handleUpgrade(request, connection, head, (socket) => {
      const heard: (string | Buffer)[] = []
      socket.on('error', () => undefined)
      socket.on('message', (data, isBinary) => {
        if (data instanceof Buffer) heard.push(isBinary ? data : data.toString())
      })
      const closed = new Promise<readonly [number, string]>((resolve) => {
        socket.on('close', (code, reason) => {
          resolve([code, reason.toString()])
        })
      })
      sockets.push({ request, socket, heard, closed })
      serve(socket, request)
    })
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  t.after(() => {
    for (const { socket } of sockets) socket.terminate()
    http.closeAllConnections()
    http.close()
  })
  return { origin: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, sockets }
}

function echo(socket: TestWebSocket): void {
  socket.on('message', (data, isBinary) => {
    socket.send(data, { binary: isBinary })
  })
}

/** What a test says of its world. */
export interface SocketWorldOptions {
  readonly route?: Partial<GatewayRoute>
  readonly before?: readonly GatewayRoute[]
  readonly policy?: Partial<SecureNetworkConfig>
  readonly limits?: Partial<SocketLimits>
  readonly server?: Partial<ClientServerOptions>
}

/** A server whose route `/orders/*` takes sockets, for a phone with a session. */
export async function openSocketWorld(
  t: TestContext,
  upstream: string,
  { route, before, policy, limits, server }: SocketWorldOptions = {},
): Promise<{ readonly world: SecureWorld; readonly events: readonly GatewayEvent[] }> {
  const events: GatewayEvent[] = []
  const world = await openSecureWorld(
    t,
    { guards: 'rules', rules: {}, ...policy },
    {
      ...gatewayTo(upstream, { webSocket: true, ...route }, before),
      ...(limits && { socketLimits: limits }),
      onGatewayEvent: (event) => void events.push(event),
      ...server,
    },
  )
  return { world, events }
}
