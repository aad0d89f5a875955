import { createHash, createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import type { GatewayConfig, GatewayRoute } from '@drawbridge/server/testing'

const SIGNING_KEY = 'the-signing-key-of-these-tests-0123456789'

/** A request as the backend saw it; `signed`: whether the gateway's signature fits. */
export interface SeenRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  readonly signed: boolean
}

/** A backend of somebody's own, that knows the signing key. */
export interface Backend {
  readonly origin: string
  readonly seen: readonly SeenRequest[]
}

/** Starts it; it is gone when the test is. */
export async function startBackend(
  t: TestContext,
  reply: (request: SeenRequest, response: ServerResponse) => void,
): Promise<Backend> {
  const seen: SeenRequest[] = []
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      const one = { method, url, headers, body: Buffer.concat(pieces) }
      const told = { ...one, signed: isSigned(one) }
      seen.push(told)
      reply(told, response)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

/** A gateway to one backend: `/orders/*`, with whatever differs, and further routes before it. */
export function gatewayTo(
  upstream: string,
  change: Partial<GatewayRoute> = {},
  before: readonly GatewayRoute[] = [],
): { readonly gateway: GatewayConfig } {
  return { gateway: { signingKey: SIGNING_KEY, routes: [...before, routeTo(upstream, change)] } }
}

/** A route to a backend. */
export function routeTo(upstream: string, change: Partial<GatewayRoute> = {}): GatewayRoute {
  return {
    name: 'orders',
    path: '/orders/*',
    upstream,
    stripPrefix: '',
    bodyMaxBytes: 1_048_576,
    timeoutMs: 10_000,
    plain: 'refuse',
    responseHeaders: [],
    ...change,
  }
}

function isSigned({ method, url, headers, body }: Omit<SeenRequest, 'signed'>): boolean {
  const names = Object.keys(headers).filter((name) => /^x-drawbridge-(?!signature$)/.test(name))
  const lines = names.map((name) => `${name}:${String(headers[name])}`).sort()
  const text = [method, url, createHash('sha256').update(body).digest('hex'), ...lines].join('\n')
  return headers['x-drawbridge-signature'] === `v1=${createHmac('sha256', SIGNING_KEY).update(text).digest('hex')}`
}
