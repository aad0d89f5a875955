import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { test } from 'node:test'
import { routeTo } from './gateway-backend.ts'
import { answerOf, dial, isOpen, openSocket, opened, refused } from './socket-client.ts'
import type { Dialing } from './socket-client.ts'
import { openSocketWorld, startSocketBackend } from './socket-world.ts'

const notDialed: readonly (readonly [what: string, dialing: Partial<Dialing>, status: number])[] = [
  ['a page of another origin', { origin: 'https://evil.example' }, 403],
  ['a space that does not exist', { spaceId: 'nowhere' }, 404],
  ['no subprotocol', { protocols: [] }, 400],
  ['another subprotocol', { protocols: ['chat'] }, 400],
  ['another path', { path: '/v1/call' }, 404],
  ['a path of nobody', { path: '/nothing' }, 404],
]

test('what is no WebSocket of a page that may call is answered by HTTP, and reaches nobody', async (t) => {
  const backend = await startSocketBackend(t)
  const { world } = await openSocketWorld(t, backend.origin)
  for (const [what, dialing, status] of notDialed)
    assert.equal(refused(await openSocket(world, { dialing })), `HTTP, ${status}`, what)
  const plain = await fetch(`${world.server.endpoint}/v1/socket?space=${world.spaceId}`)
  assert.equal(plain.status, 400)
  const { errCode } = (await plain.json()) as { readonly errCode: unknown }
  assert.equal(typeof errCode, 'number')
  assert.equal(backend.sockets.length, 0)
  const allowed = { origin: 'https://shop.example.com', protocols: ['chat', 'usn1'] }
  assert.ok('cipher' in (await openSocket(world, { dialing: allowed })))
})

test('an upgrade that is none is answered, and its connection ends', async (t) => {
  const backend = await startSocketBackend(t)
  const { world } = await openSocketWorld(t, backend.origin)
  const { port } = new URL(world.server.endpoint)
  const upgrade = { connection: 'upgrade', upgrade: 'websocket', 'sec-websocket-protocol': 'usn1' }
  for (const [what, path, headers, status] of [
    ['no key', '/v1/socket?space=secure-space', upgrade, 400],
    [
      'an old version',
      '/v1/socket?space=secure-space',
      { ...upgrade, 'sec-websocket-key': 'A'.repeat(22) + '==' },
      400,
    ],
    ['HTTP/2 in clear', '/v1/socket', { connection: 'upgrade', upgrade: 'h2c' }, 400],
    ['HTTP/2 in clear elsewhere', '/healthz', { connection: 'upgrade', upgrade: 'h2c' }, 200],
  ] as const) {
    const sent = httpRequest({ host: '127.0.0.1', port, path, headers, agent: false })
    sent.end()
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    assert.equal(response.statusCode, status, what)
    response.resume()
    await once(response, 'close')
  }
  assert.equal(backend.sockets.length, 0)
})

test('a first message that shows nothing is refused in clear, and the socket closes', async (t) => {
  const backend = await startSocketBackend(t)
  const { world } = await openSocketWorld(t, backend.origin, { limits: { closeWithinMs: 3000 } })
  const call = world.client.seal({ target: 'h:GET /orders/live', key: await world.key() })
  const changed = Buffer.concat([call.bytes.subarray(0, -20), Buffer.from(randomBytes(20))])
  for (const [what, message, refusal] of [
    ['text', 'hello', 'plain 70004, 1008'],
    ['a plain call', JSON.stringify({ spaceId: world.spaceId, target: 'h:GET /orders/live' }), 'plain 70004, 1008'],
    ['an envelope as JSON', JSON.stringify({ usn: 1, h: '', c: '' }), 'plain 70004, 1008'],
    ['nothing', Buffer.alloc(0), 'plain 70004, 1008'],
    ['random bytes', randomBytes(500), 'plain 70004, 1008'],
    ['a changed envelope', changed, 'plain 70004, 1008'],
    ['too much', Buffer.alloc(100_000), 'plain 80502, 1009'],
  ] as const) {
    const raw = dial({ endpoint: world.server.endpoint, spaceId: world.spaceId })
    assert.ok(await isOpen(raw))
    raw.socket.send(message)
    assert.equal(refused(await answerOf(raw, call)), refusal, what)
  }
  assert.equal(backend.sockets.length, 0)
})

test('who opens a socket and says nothing is told so in clear, and the socket closes', async (t) => {
  const backend = await startSocketBackend(t)
  const { world } = await openSocketWorld(t, backend.origin, { limits: { openWithinMs: 300 } })
  const raw = dial({ endpoint: world.server.endpoint, spaceId: world.spaceId })
  assert.ok(await isOpen(raw))
  const call = world.client.seal({ target: 'h:GET /orders/live', key: await world.key() })
  assert.equal(refused(await answerOf(raw, call)), 'plain 80501, 1008')
})

test('what is refused after it was opened is told under seal, and no backend hears of it', async (t) => {
  const backend = await startSocketBackend(t)
  const others = [
    routeTo(backend.origin, { name: 'plain', path: '/plain' }),
    routeTo(backend.origin, { name: 'other', path: '/other', webSocket: true, spaceId: 'other-space' }),
    routeTo(backend.origin, { name: 'closed', path: '/closed', webSocket: true, policy: [] }),
    routeTo(backend.origin, { name: 'posts', path: '/posts', webSocket: true, methods: ['POST'] }),
  ]
  const { world } = await openSocketWorld(t, backend.origin, { before: others })
  const key = await world.key()
  const target = 'h:GET /orders/live'
  for (const [what, call, refusal] of [
    ['secretType none', { secretType: 'none' }, 70004],
    ['secretType request', { secretType: 'request' }, 70004],
    ['secretType response', { secretType: 'response' }, 70004],
    ['a route without sockets', { target: 'h:GET /plain' }, 81209],
    ['a route of another space', { target: 'h:GET /other' }, 81201],
    ['a route that nobody may call', { target: 'h:GET /closed' }, 70004],
    ['a route without GET', { target: 'h:GET /posts' }, 81202],
    ['another method', { target: 'h:POST /posts' }, 81209],
    ['a path of nobody', { target: 'h:GET /admin' }, 81201],
    ['a path with ..', { target: 'h:GET /orders/../admin' }, 81203],
    ['a function', { target: 'f:echo' }, 81201],
    ['a body', { target, data: { body: 'x' } }, 81203],
    ['a broken header', { target, data: { header: { a: 'b\r\nc: d' } } }, 81203],
    ['a broken query', { target, data: { query: 'a b' } }, 81203],
    ['a protocol twice', { target, data: { protocols: ['a', 'a'] } }, 81203],
    ['a protocol that is none', { target, data: { protocols: ['a b'] } }, 81203],
    ['protocols that are no list', { target, data: { protocols: 'chat' } }, 81203],
    ['another space inside', { target, inside: { spaceId: 'other-space' } }, 70004],
    ['an old message', { target, ts: Date.now() - 200_000 }, 70001],
  ] as const)
    assert.equal(refused(await openSocket(world, { key, ...call })), `sealed ${refusal}, 1008`, what)
  assert.equal(backend.sockets.length, 0)
  const { verdicts } = world.server
  assert.ok(verdicts.some(({ reason = '' }) => reason.includes('secretType both')))
})

test('an opening that was heard and sent again opens nothing', async (t) => {
  const backend = await startSocketBackend(t)
  const { world } = await openSocketWorld(t, backend.origin)
  const sealed = world.client.seal({ target: 'h:GET /orders/live', key: await world.key() })
  opened(await openSocket(world, { sealed }))
  assert.equal(refused(await openSocket(world, { sealed })), 'sealed 70004, 1008')
  assert.equal(backend.sockets.length, 1)
})

test('who speaks again before he was answered is not let in', async (t) => {
  const silent = createServer((socket) => socket.on('error', () => undefined))
  silent.listen(0, '127.0.0.1')
  await once(silent, 'listening')
  t.after(() => silent.close())
  const { world } = await openSocketWorld(t, `http://127.0.0.1:${(silent.address() as AddressInfo).port}`)
  const sealed = world.client.seal({ target: 'h:GET /orders/live', key: await world.key() })
  const raw = dial({ endpoint: world.server.endpoint, spaceId: world.spaceId })
  assert.ok(await isOpen(raw))
  const connected = once(silent, 'connection')
  raw.socket.send(sealed.bytes)
  const [connection] = (await connected) as [Socket]
  raw.socket.send(randomBytes(40))
  connection.resume()
  await once(connection, 'close')
  assert.equal(refused(await answerOf(raw, sealed)), 'sealed 80501, 1008')
})

test('a backend that does not open the socket is an error under seal', async (t) => {
  const backend = await startSocketBackend(t)
  const mute = createServer((socket) => {
    t.after(() => socket.destroy())
  })
  mute.listen(0, '127.0.0.1')
  await once(mute, 'listening')
  t.after(() => mute.close())
  const liar = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.end('HTTP/1.1 101 Yes\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: no\r\n\r\n')
  })
  liar.listen(0, '127.0.0.1')
  await once(liar, 'listening')
  t.after(() => liar.close())
  const at = (server: typeof mute): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const before = [
    routeTo('http://127.0.0.1:9', { name: 'nobody', path: '/nobody', webSocket: true }),
    routeTo(at(mute), { name: 'mute', path: '/mute', webSocket: true, timeoutMs: 200 }),
    routeTo(at(liar), { name: 'liar', path: '/liar', webSocket: true }),
  ]
  const { world, events } = await openSocketWorld(t, backend.origin, { before })
  for (const [target, refusal] of [
    ['h:GET /orders/say-401', 81210],
    ['h:GET /orders/say-302', 81210],
    ['h:GET /orders/say-200', 81210],
    ['h:GET /nobody', 81204],
    ['h:GET /mute', 81205],
    ['h:GET /liar', 81206],
  ] as const)
    assert.equal(refused(await openSocket(world, { target })), `sealed ${refusal}, 1008`, target)
  assert.deepEqual(
    events.map((event) => 'code' in event && event.code),
    [
      ...Array<string>(3).fill('GATEWAY_SOCKET_DECLINED'),
      'GATEWAY_UPSTREAM_UNREACHABLE',
      'GATEWAY_UPSTREAM_TIMED_OUT',
      'GATEWAY_RESPONSE_INVALID',
    ],
  )
})

test('openings are counted with calls, and sockets by address', async (t) => {
  const backend = await startSocketBackend(t)
  const { world } = await openSocketWorld(t, backend.origin, {
    limits: { perAddressMax: 2 },
    server: { clientsPerMinute: 6 },
  })
  const first = opened(await openSocket(world))
  opened(await openSocket(world))
  assert.equal(refused(await openSocket(world)), 'HTTP, 503')
  first.close({ code: 1000, reason: '' })
  await first.hear()
  const third = opened(await openSocket(world))
  third.raw.socket.terminate()
  await third.hear()
  await backend.sockets.at(-1)?.closed
  opened(await openSocket(world))
  assert.equal(refused(await openSocket(world)), 'HTTP, 503')
  assert.equal(refused(await openSocket(world)), 'HTTP, 429')
})
