import assert from 'node:assert/strict'
import { createHash, createHmac, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { openClientWorld } from './client-world.ts'
import { gatewayTo } from './gateway-backend.ts'
import { opened, openSocket } from './socket-client.ts'
import { openSocketWorld, startSocketBackend } from './socket-world.ts'

const noRules = { guards: 'rules', rules: {} } as const
const KEY = 'the-signing-key-of-these-tests-0123456789'

test('text and bytes go both ways, in clear for the backend, which is told who speaks', async (t) => {
  const backend = await startSocketBackend(t)
  const { world } = await openSocketWorld(t, backend.origin)
  const header = { 'x-drawbridge-openid': 'victim', 'sec-websocket-key': 'x', origin: 'https://a.example' }
  const data = { query: "page='2'&b=%20", header, protocols: ['chat', 'chat.v2'] }
  const socket = opened(await openSocket(world, { data }))
  assert.equal(socket.protocol, 'chat')
  socket.say('茶')
  assert.equal(await socket.hear(), '茶')
  socket.say(Buffer.from([0, 255, 1]))
  assert.deepEqual(await socket.hear(), Buffer.from([0, 255, 1]))
  socket.say('')
  assert.equal(await socket.hear(), '')

  const [seen] = backend.sockets
  const { url = '', headers } = seen?.request ?? assert.fail('nothing seen')
  assert.equal(url, "/orders/live?page='2'&b=%20")
  assert.equal(headers['x-drawbridge-openid'], world.phone.openid)
  assert.equal(headers['x-drawbridge-secret-type'], 'both')
  assert.equal(headers['x-drawbridge-app'], world.appId)
  assert.equal(headers.origin, 'https://a.example')
  assert.ok(headers['x-forwarded-for'])
  const names = Object.keys(headers).filter((name) => /^x-drawbridge-(?!signature$)/.test(name))
  const lines = names.sort().map((name) => `${name}:${String(headers[name])}`)
  const text = ['GET', url, createHash('sha256').digest('hex'), ...lines].join('\n')
  assert.equal(headers['x-drawbridge-signature'], `v1=${createHmac('sha256', KEY).update(text).digest('hex')}`)
  assert.deepEqual(seen?.heard, ['茶', Buffer.from([0, 255, 1]), ''])
})

test('who closes is heard on the other side, with code and reason', async (t) => {
  const backend = await startSocketBackend(t, (socket) => {
    socket.on('message', (data) => {
      if (!(data instanceof Buffer)) return
      const text = data.toString()
      socket.send(`before ${text}`)
      if (text === 'silent') socket.close()
      else socket.close(Number(text), 'for reasons of my own')
    })
  })
  const { world, events } = await openSocketWorld(t, backend.origin)
  for (const [said, code, reason] of [
    ['1000', 1000, 'for reasons of my own'],
    ['4321', 4321, 'for reasons of my own'],
    ['silent', 1005, ''],
  ] as const) {
    const socket = opened(await openSocket(world))
    socket.say(said)
    assert.equal(await socket.hear(), `before ${said}`)
    assert.deepEqual(await socket.hear(), { code: 1000, sealed: { code, reason } })
  }
  const closing = [
    [1000, 'done', [1000, 'done']],
    [4000, '再见', [4000, '再见']],
    [1005, '', [1005, '']],
    [17, 'no code', [1005, '']],
  ] as const
  for (const [code, reason, heard] of closing) {
    const socket = opened(await openSocket(world))
    socket.close({ code, reason })
    assert.deepEqual(await backend.sockets.at(-1)?.closed, heard)
    assert.deepEqual(await socket.hear(), { code: 1000 })
  }
  const ends = events.filter((event) => event.type === 'gateway-socket-ended')
  assert.deepEqual(
    ends.map(({ by, closeCode, route }) => `${by} ${closeCode} ${String(route)}`),
    [
      ...['1000', '4321', '1005'].map((code) => `backend ${code} orders`),
      ...['1000', '4000', '1005', '17'].map((code) => `client ${code} orders`),
    ],
  )
})

test('messages as large as the route takes arrive whole and in order', async (t) => {
  const backend = await startSocketBackend(t)
  const { world } = await openSocketWorld(t, backend.origin, { route: { bodyMaxBytes: 3_000_000 } })
  const socket = opened(await openSocket(world))
  const messages = [3_000_000, 1, 65_536, 2_000_000, 0, 3_000_000].map((size) => randomBytes(size))
  for (const message of messages) socket.say(message)
  for (const message of messages) assert.ok(Buffer.from((await socket.hear()) as Buffer).equals(message))
})

test('what a backend says at once, with its handshake, is not lost', async (t) => {
  const backend = await startSocketBackend(t, (socket) => {
    for (let at = 0; at < 20; at++) socket.send(`early ${at}`)
  })
  const { world } = await openSocketWorld(t, backend.origin)
  const socket = opened(await openSocket(world))
  for (let at = 0; at < 20; at++) assert.equal(await socket.hear(), `early ${at}`)
})

test('every suite, and a padded opening, open a socket', async (t) => {
  const backend = await startSocketBackend(t)
  const { world } = await openSocketWorld(t, backend.origin)
  for (const suite of [1, 2] as const) {
    const socket = opened(await openSocket(world, { suite, padded: true }))
    socket.say('x')
    assert.equal(await socket.hear(), 'x')
  }
})

test('our own client opens a socket, speaks, hears and closes', async (t) => {
  const backend = await startSocketBackend(t)
  const world = await openClientWorld(t, noRules, gatewayTo(backend.origin, { webSocket: true }))
  await world.openSession()
  const app = world.app()
  await app.initSecureNetworkByWeixin({ openid: world.phone.openid })
  const task = app.connectSocket({ url: '/orders/live?a=1', protocols: ['chat'] })
  const heard: unknown[] = []
  const closed = new Promise((resolve) => {
    task.onClose(resolve)
  })
  task.onOpen(({ protocol }) => {
    assert.equal(protocol, 'chat')
    for (const data of ['茶', 'the end']) task.send({ data })
  })
  task.onMessage(({ data }) => {
    heard.push(data)
    if (data === 'the end') task.close({ code: 4001, reason: 'enough' })
  })
  assert.deepEqual(await closed, { code: 4001, reason: 'enough' })
  assert.deepEqual(heard, ['茶', 'the end'])
  assert.deepEqual(await backend.sockets[0]?.closed, [4001, 'enough'])
  assert.equal(backend.sockets[0]?.request.url, '/orders/live?a=1')
})
