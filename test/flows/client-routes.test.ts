import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { GatewayRoute } from '@drawbridge/server/testing'
import { MARKER, equalBlocks, openClientWorld } from './client-world.ts'

interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** A backend that says what it saw, or gives back the very bytes under `/mirror`. */
async function openBackend(t: TestContext): Promise<{ readonly origin: string; readonly seen: readonly Seen[] }> {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      const body = Buffer.concat(pieces)
      seen.push({ method, url, headers, body })
      if (url.startsWith('/api/mirror')) response.writeHead(200).end(body)
      else response.writeHead(418, { 'content-type': 'application/json' }).end(JSON.stringify({ method, url }))
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

async function openRouteWorld(t: TestContext, change: Partial<GatewayRoute> = {}) {
  const backend = await openBackend(t)
  const route: GatewayRoute = {
    ...{ name: 'api', path: '/api/*', upstream: backend.origin, stripPrefix: '', plain: 'refuse', responseHeaders: [] },
    ...{ bodyMaxBytes: 8_388_608, timeoutMs: 30_000 },
    ...change,
  }
  const gateway = { signingKey: 'the-signing-key-of-these-tests-0123456789', routes: [route] }
  const world = await openClientWorld(t, {}, { gateway })
  await world.openSession()
  const app = world.app()
  await app.initSecureNetworkByWeixin({ openid: world.phone.openid })
  return { backend, world, app }
}

test('a route of the gateway is asked in a seal, with path, query, headers and body; its status comes back', async (t) => {
  const { backend, world, app } = await openRouteWorld(t)
  const url = `/api/orders?page=2&text=${MARKER}`
  const { statusCode, header, data } = await app.request({
    url,
    method: 'POST',
    data: { text: MARKER, 中: '文😀' },
    header: { 'x-shop': 'one' },
  })
  assert.equal(statusCode, 418)
  assert.deepEqual(data, { method: 'POST', url })
  assert.equal(header['content-type'], 'application/json')
  const [seen] = backend.seen
  assert.deepEqual(JSON.parse(String(seen?.body)), { text: MARKER, 中: '文😀' })
  assert.equal(seen?.headers['content-type'], 'application/json')
  assert.equal(seen['headers']['x-shop'], 'one')
  assert.equal(seen['headers']['x-drawbridge-openid'], world.phone.openid)
  assert.equal(seen['headers']['x-drawbridge-secret-type'], 'both')
  for (const { sent, received } of world.captured) assert.ok(!sent.includes(MARKER) && !received.includes(MARKER))
})

test('bytes of several megabytes go there and back in chunks, and no two blocks of them are alike', async (t) => {
  const { backend, world, app } = await openRouteWorld(t)
  const bytes = randomBytes(2_000_001).fill(7, 1000, 400_000)
  const { data } = await app.request({
    ...{ url: '/api/mirror', method: 'PUT', data: Uint8Array.from(bytes) },
    ...{ large: true, responseType: 'arraybuffer' },
  })
  assert.ok(Buffer.from(data as ArrayBuffer).equals(bytes))
  assert.ok(backend.seen[0]?.body.equals(bytes))
  assert.deepEqual(equalBlocks(world.captured.flatMap(({ sent, received }) => [sent, received])), [])
  await assert.rejects(app.request({ url: '/api/mirror', method: 'PUT', data: bytes }), { errCode: 10009 })
})

test('a response in chunks that is cut, or has two of them in another order, is 10010', async (t) => {
  const { world, app } = await openRouteWorld(t)
  const send = () =>
    app.request({ url: '/api/mirror', method: 'PUT', data: Uint8Array.from(randomBytes(200_000)), large: true })
  const chunk = 65_536 + 16
  for (const forge of [
    (bytes: Buffer) => bytes.subarray(0, -1000),
    (bytes: Buffer) => bytes.subarray(0, bytes.length - (bytes.length % chunk)),
    (bytes: Buffer) => {
      const head = 2 + bytes.readUInt16BE(0)
      const at = (index: number): Buffer => bytes.subarray(head + index * chunk, head + (index + 1) * chunk)
      return Buffer.concat([bytes.subarray(0, head), at(1), at(0), bytes.subarray(head + 2 * chunk)])
    },
  ]) {
    world.onTheWay = forge
    await assert.rejects(send(), { errCode: 10010 })
  }
  world.onTheWay = (bytes) => bytes
  assert.equal((await send()).statusCode, 200)
})

test('a backend that is away, a path that is none of the gateway’s, and a plain call are errors with codes', async (t) => {
  const { app } = await openRouteWorld(t, { upstream: 'http://127.0.0.1:9' })
  const codes: unknown[] = []
  for (const request of [{ url: '/api/a' }, { url: '/elsewhere' }, { url: '/api/a', secretType: 'none' as const }])
    await app.request(request).catch((error: unknown) => codes.push((error as { readonly errCode: unknown }).errCode))
  assert.deepEqual(codes, [81204, 81201, 70008])
})
