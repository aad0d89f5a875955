import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import type { JsonObject } from '@drawbridge/runtime'
import type { ErrorCode } from '@drawbridge/protocol'
import { admittedCall, gatewayRoute, openGateway, proof, startBackend, startRawBackend } from './gateway-fixture.ts'

const HEAD = 'HTTP/1.1 200 OK\r\n'

test('a backend that is not there is unreachable', async (t) => {
  const { gateway, events } = openGateway(t, gatewayRoute({ upstream: 'http://127.0.0.1:1' }))
  await assert.rejects(gateway.answer(admittedCall('GET /orders/1')), {
    code: 'GATEWAY_UPSTREAM_UNREACHABLE',
    detail: { route: 'orders', reason: 'ECONNREFUSED' },
  })
  assert.equal(events[0]?.type, 'gateway-refused')
})

test('a backend that says nothing is given up when its time is over', async (t) => {
  const { origin } = await startBackend(t, () => undefined)
  const { gateway } = openGateway(t, gatewayRoute({ upstream: origin, timeoutMs: 50 }))
  await assert.rejects(gateway.answer(admittedCall('GET /orders/1')), { code: 'GATEWAY_UPSTREAM_TIMED_OUT' })
})

test('a backend that stops in the middle is given up too', async (t) => {
  const origin = await startRawBackend(t, (socket) => void socket.write(`${HEAD}content-length: 10\r\n\r\nabc`))
  const { gateway } = openGateway(t, gatewayRoute({ upstream: origin, timeoutMs: 100 }))
  await assert.rejects(gateway.answer(admittedCall('GET /orders/1')), { code: 'GATEWAY_UPSTREAM_TIMED_OUT' })
})

test('a backend that drips does not keep an answer in one piece waiting for ever', async (t) => {
  const { origin } = await startBackend(t, (_seen, response) => {
    const timer = setInterval(() => response.write('x'), 10)
    response.once('close', () => {
      clearInterval(timer)
    })
  })
  const { gateway } = openGateway(t, gatewayRoute({ upstream: origin, timeoutMs: 200 }))
  await assert.rejects(gateway.answer(admittedCall('GET /orders/1')), { code: 'GATEWAY_UPSTREAM_TIMED_OUT' })
})

const broken: readonly (readonly [what: string, bytes: string])[] = [
  ['closes before it answers', ''],
  ['closes in the middle of the head', `${HEAD}content-le`],
  ['closes in the middle of the body', `${HEAD}content-length: 10\r\n\r\nabc`],
  ['closes in the middle of a chunk', `${HEAD}transfer-encoding: chunked\r\n\r\n5\r\nab`],
  ['closes before the last chunk', `${HEAD}transfer-encoding: chunked\r\n\r\n2\r\nab\r\n`],
  ['does not speak HTTP', 'SSH-2.0-OpenSSH_9.2\r\n'],
  ['gives two lengths', `${HEAD}content-length: 1\r\ncontent-length: 2\r\n\r\nab`],
  ['gives a length and chunks', `${HEAD}content-length: 1\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n`],
  ['gives a negative length', `${HEAD}content-length: -1\r\n\r\n`],
  ['has no end of headers', `${HEAD}${'x: y\r\n'.repeat(10_000)}`],
  ['compresses what nobody asked it to', `${HEAD}content-encoding: gzip\r\ncontent-length: 2\r\n\r\nab`],
]
for (const [what, bytes] of broken)
  test(`a backend that ${what} gives no response`, async (t) => {
    const origin = await startRawBackend(t, (socket) => void socket.end(bytes))
    const { gateway, events } = openGateway(t, gatewayRoute({ upstream: origin }))
    await assert.rejects(gateway.answer(admittedCall('GET /orders/1')), { code: 'GATEWAY_RESPONSE_INVALID' })
    assert.deepEqual(
      events.map(({ type }) => type),
      ['gateway-refused'],
    )
  })

test('a response that is announced as too large is not read', async (t) => {
  const { origin } = await startBackend(t, (_seen, response) => void response.end('x'.repeat(101)))
  const { gateway } = openGateway(t, gatewayRoute({ upstream: origin, bodyMaxBytes: 100 }))
  await assert.rejects(gateway.answer(admittedCall('GET /orders/1')), { code: 'GATEWAY_RESPONSE_TOO_LARGE' })
})

test('a response that becomes too large is cut off, and its connection ended', async (t) => {
  let isClosed: Promise<unknown> | undefined
  const { origin } = await startBackend(t, (_seen, response) => {
    isClosed = once(response, 'close')
    response.write('x'.repeat(60))
    setImmediate(() => response.write('x'.repeat(60)))
  })
  const { gateway } = openGateway(t, gatewayRoute({ upstream: origin, bodyMaxBytes: 100 }))
  await assert.rejects(gateway.answer(admittedCall('GET /orders/1')), { code: 'GATEWAY_RESPONSE_TOO_LARGE' })
  await isClosed
})

test('what fits the route and no reply in one piece is too large without chunks', async (t) => {
  const { origin } = await startBackend(t, (_seen, response) => void response.end(Buffer.alloc(1_000_000, 255)))
  const { gateway } = openGateway(t, gatewayRoute({ upstream: origin, bodyMaxBytes: 2_000_000 }))
  await assert.rejects(gateway.answer(admittedCall('GET /orders/1')), { code: 'GATEWAY_RESPONSE_TOO_LARGE' })
})

test('a response that nobody reads may fail without harm', async (t) => {
  const origin = await startRawBackend(t, (socket) => void socket.end(`${HEAD}content-length: 10\r\n\r\nabc`))
  const { gateway } = openGateway(t, gatewayRoute({ upstream: origin, timeoutMs: 50 }))
  const { body } = await gateway.stream(admittedCall('GET /orders/1'))
  await new Promise((resolve) => setTimeout(resolve, 100))
  await assert.rejects(body[Symbol.asyncIterator]().next())
})

const refused: readonly (readonly [what: string, target: string, args: JsonObject, code: ErrorCode])[] = [
  ['leaves the route by ..', 'GET /orders/../admin', {}, 'GATEWAY_REQUEST_INVALID'],
  ['leaves the route by encoded dots', 'GET /orders/%2e%2e/admin', {}, 'GATEWAY_REQUEST_INVALID'],
  ['leaves the route by an encoded slash', 'GET /orders/..%2fadmin', {}, 'GATEWAY_REQUEST_INVALID'],
  ['names another host', 'GET //evil.example/orders/1', {}, 'GATEWAY_REQUEST_INVALID'],
  ['brings a query in its path', 'GET /orders/1?a=b', {}, 'GATEWAY_REQUEST_INVALID'],
  ['brings a second request in its path', 'GET /orders/1 HTTP/1.1\r\nx: y', {}, 'GATEWAY_REQUEST_INVALID'],
  ['brings a second request in its query', 'GET /orders/1', { query: 'a HTTP/1.1\r\nx: y' }, 'GATEWAY_REQUEST_INVALID'],
  ['brings a fragment in its query', 'GET /orders/1', { query: 'a#b' }, 'GATEWAY_REQUEST_INVALID'],
  ['breaks a header', 'GET /orders/1', { header: { a: 'b\r\nc: d' } }, 'GATEWAY_REQUEST_INVALID'],
  [
    'hides a header by an underscore',
    'GET /orders/1',
    { header: { x_drawbridge_app: 'a' } },
    'GATEWAY_REQUEST_INVALID',
  ],
  ['gives a header that is no text', 'GET /orders/1', { header: { a: ['b'] } }, 'GATEWAY_REQUEST_INVALID'],
  ['gives GET a body', 'GET /orders/1', { body: 'GET /admin HTTP/1.1\r\n\r\n' }, 'GATEWAY_REQUEST_INVALID'],
  ['gives what is not base64url', 'POST /orders/1', { body: 'a+b/', encoding: 'base64url' }, 'GATEWAY_REQUEST_INVALID'],
  ['gives another encoding', 'POST /orders/1', { body: 'ab', encoding: 'gzip' }, 'GATEWAY_REQUEST_INVALID'],
  ['gives a field that is none', 'POST /orders/1', { upstream: 'http://evil.example' }, 'GATEWAY_REQUEST_INVALID'],
  ['gives too much', 'POST /orders/1', { body: 'x'.repeat(1001) }, 'BODY_TOO_LARGE'],
  [
    'gives too much in base64url',
    'POST /orders/1',
    { body: 'AAAA'.repeat(334), encoding: 'base64url' },
    'BODY_TOO_LARGE',
  ],
  ['asks for what is no route', 'GET /admin', {}, 'GATEWAY_ROUTE_UNKNOWN'],
  ['asks by a method that the route does not take', 'DELETE /orders/1', {}, 'GATEWAY_METHOD_REFUSED'],
  ['asks for a tunnel', 'CONNECT /orders/1', {}, 'GATEWAY_METHOD_REFUSED'],
]
for (const [what, target, args, code] of refused)
  test(`a request that ${what} reaches no backend`, async (t) => {
    const { origin, seen } = await startBackend(t)
    const methods = ['GET', 'POST']
    const { gateway } = openGateway(t, gatewayRoute({ upstream: origin, bodyMaxBytes: 1000, methods }))
    await assert.rejects(gateway.answer(admittedCall(target, args)), { code })
    assert.equal(seen.length, 0)
  })

test('lengths and codings that a client claims frame nothing', async (t) => {
  const { origin, seen } = await startBackend(t)
  const { gateway } = openGateway(t, gatewayRoute({ upstream: origin }))
  const inner = '0\r\n\r\nGET /admin HTTP/1.1\r\nhost: x\r\n\r\n'
  for (const header of [
    { 'content-length': '4' },
    { 'transfer-encoding': 'chunked' },
    { connection: 'upgrade', upgrade: 'h2c' },
  ])
    await gateway.answer(admittedCall('POST /orders/1', { header, body: inner }))
  assert.deepEqual(
    seen.map(({ url, body, headers }) => [url, body.toString(), headers['transfer-encoding'], headers.upgrade]),
    Array.from({ length: 3 }, () => ['/orders/1', inner, undefined, undefined]),
  )
})

test('an openid that would break a header is forwarded to nobody', async (t) => {
  const { origin, seen } = await startBackend(t)
  const { gateway } = openGateway(t, gatewayRoute({ upstream: origin }))
  const openid = 'a\r\nx-drawbridge-level: 3'
  await assert.rejects(gateway.answer(admittedCall('GET /orders/1', {}, { ...proof, openid })), {
    code: 'GATEWAY_REQUEST_INVALID',
  })
  assert.equal(seen.length, 0)
})

test('more requests than a backend can be given wait for nothing', async (t) => {
  const { origin } = await startBackend(t, () => undefined)
  const { gateway } = openGateway(t, gatewayRoute({ upstream: origin, timeoutMs: 2000 }))
  const asked = Array.from({ length: 513 }, () => gateway.answer(admittedCall('GET /orders/1')))
  const outcomes = Promise.allSettled(asked)
  await assert.rejects(asked[512] ?? Promise.resolve(), { code: 'GATEWAY_BUSY' })
  await gateway.close()
  const codes = (await outcomes).map((one) =>
    one.status === 'rejected' ? (one.reason as { code: string }).code : 'ok',
  )
  assert.equal(codes.filter((code) => code === 'GATEWAY_BUSY').length, 1)
})

test('a place is free again when its request has ended, however it ended', async (t) => {
  const { origin } = await startBackend(t, ({ url }, response) => {
    if (url === '/orders/large') response.end('x'.repeat(200))
    else if (url === '/orders/broken') response.destroy()
    else response.end('ok')
  })
  const { gateway } = openGateway(t, gatewayRoute({ upstream: origin, bodyMaxBytes: 100 }))
  for (let round = 0; round < 200; round += 1) {
    await assert.rejects(gateway.answer(admittedCall('GET /orders/large')))
    await assert.rejects(gateway.answer(admittedCall('GET /orders/broken')))
    const response = await gateway.stream(admittedCall('GET /orders/dropped'))
    response.discard()
  }
  await gateway.answer(admittedCall('GET /orders/1'))
})

for (const [what, bytes, code] of [
  ['breaks off', `${HEAD}content-length: 10\r\n\r\nabc`, 'GATEWAY_RESPONSE_INVALID'],
  ['goes on for too long', `${HEAD}\r\n${'x'.repeat(5000)}`, 'GATEWAY_RESPONSE_TOO_LARGE'],
] as const)
  test(`a backend that ${what} after the head of a stream is told of with the request id`, async (t) => {
    const origin = await startRawBackend(t, (socket) => void socket.end(bytes))
    const { gateway, events } = openGateway(t, gatewayRoute({ upstream: origin, bodyMaxBytes: 1000 }))
    const { body } = await gateway.stream(admittedCall('GET /orders/1'))
    await assert.rejects(Array.fromAsync(body), { code })
    const about = { requestId: 'request-1', spaceId: 'shop', route: 'orders', durationMs: 0 }
    assert.deepEqual(events, [
      { ...about, type: 'gateway-forwarded', status: 200 },
      { ...about, type: 'gateway-broken', code },
    ])
  })

test('a client that goes away from a stream is no failure of the backend', async (t) => {
  const origin = await startRawBackend(t, (socket) => void socket.write(`${HEAD}content-length: 10\r\n\r\nabc`))
  const { gateway, events } = openGateway(t, gatewayRoute({ upstream: origin }))
  const response = await gateway.stream(admittedCall('GET /orders/1'))
  const pieces = response.body[Symbol.asyncIterator]()
  await pieces.next()
  const next = pieces.next()
  response.discard()
  await assert.rejects(next)
  assert.deepEqual(
    events.map(({ type }) => type),
    ['gateway-forwarded'],
  )
})
