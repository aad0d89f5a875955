import { createServer } from 'node:http'
import type { IncomingHttpHeaders, Server, ServerResponse } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import type { AddressInfo, Server as TcpServer, Socket } from 'node:net'
import { once } from 'node:events'
import type { TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { JsonObject } from '@drawbridge/runtime'
import { admit } from '../secure-network/admit.ts'
import type { ClientProof } from '../secure-network/client-proof.ts'
import { secureNetworkOff } from '../secure-network/config-policies.ts'
import { openedCall } from '../secure-network/opened-call.ts'
import type { AdmittedCall } from '../secure-network/admitted-call.ts'
import type { Space } from '../spaces/space.ts'
import { createGateway } from './create-gateway.ts'
import type { Gateway } from './create-gateway.ts'
import type { GatewayRoute } from './gateway-config.ts'
import { routeDefaults } from './gateway-config.ts'
import type { GatewayEvent } from './gateway-event.ts'

export const SIGNING_KEY = 'the-signing-key-of-these-tests-0123456789'
export const NOW = 1_770_000_000_000

/** A route with whatever differs from the usual. */
export function gatewayRoute(change: Partial<GatewayRoute> = {}): GatewayRoute {
  return {
    ...routeDefaults,
    name: 'orders',
    path: '/orders/*',
    upstream: 'http://127.0.0.1:9',
    stripPrefix: '',
    plain: 'refuse',
    responseHeaders: [],
    ...change,
  }
}

export const space: Space = {
  spaceId: 'shop',
  clientSecret: 'a-secret-of-some-length',
  origins: [],
  provider: 'aliyun',
  workers: { max: 1, memoryMb: 64, timeoutSeconds: 1, queueMax: 1 },
  environment: {},
}

export const proof: ClientProof = {
  appId: '__UNI__SHOP',
  platform: 'mp-weixin',
  version: 'production',
  deviceId: 'device-1',
  wxAppid: 'wx1234567890abcdef',
  openid: 'openid-of-li-lei',
  level: 0,
  secretType: 'both',
  fresh: false,
  how: 'envelope',
}

/** A call of `METHOD /path` that was admitted. */
export function admittedCall(target: string, args: JsonObject = {}, prove: ClientProof | null = proof): AdmittedCall {
  const [method = '', path = ''] = target.split(/ (.*)/s)
  const facts = {
    source: 'client',
    requestId: 'request-1',
    secretType: 'both',
    clientInfo: {},
    clientIp: '203.0.113.7',
    userAgent: '',
  } as const
  const call = openedCall(
    { wire: 'v1', space, target: { kind: 'route', method, path }, args, facts },
    prove ?? undefined,
  )
  const { admitted } = admit(call, { ...secureNetworkOff, revision: 1 })
  if (!admitted) throw new Error('not admitted')
  return admitted
}

/** What the backend saw. */
export interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly rawHeaders: readonly string[]
  readonly body: Buffer
}

/** A real backend: `reply` decides what it answers. It ends with the test. */
export async function startBackend(
  t: TestContext,
  reply: (seen: Seen, response: ServerResponse) => void = (_seen, response) => void response.end('ok'),
): Promise<{ readonly origin: string; readonly seen: readonly Seen[] }> {
  const seen: Seen[] = []
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url = '', headers, rawHeaders } = request
      const one = { method, url, headers, rawHeaders, body: Buffer.concat(chunks) }
      seen.push(one)
      reply(one, response)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { origin: originOf(server), seen }
}

/** A backend that says whatever bytes it likes. */
export async function startRawBackend(t: TestContext, say: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createTcpServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('data', () => {
      say(socket)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return originOf(server)
}

/** A gateway that ends with the test. */
export function openGateway(
  t: TestContext,
  ...routes: readonly GatewayRoute[]
): { readonly gateway: Gateway; readonly events: readonly GatewayEvent[] } {
  const events: GatewayEvent[] = []
  const gateway = createGateway({
    config: { signingKey: SIGNING_KEY, routes },
    now: () => NOW,
    sleep: (ms, signal) => wait(ms, undefined, { ref: false, signal }),
    onEvent: (event) => void events.push(event),
  })
  t.after(() => gateway.close())
  return { gateway, events }
}

function originOf(server: Server | TcpServer): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
