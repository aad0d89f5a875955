import assert from 'node:assert/strict'
import { test } from 'node:test'
import { closeBody, utf8Decode, utf8Encode } from '@drawbridge/protocol'
import { wireError } from '../peer-fixture.ts'
import type { SocketTask } from './create-socket-task.ts'
import { listen, openSocketPeer, until } from './socket-peer-fixture.ts'
import type { PeerLink, SocketPeer } from './socket-peer-fixture.ts'

const MARKER = 'plaintext-marker'

interface Opened {
  readonly peer: SocketPeer
  readonly task: SocketTask
  readonly told: unknown[]
  readonly link: PeerLink
}

async function openSocket(): Promise<Opened> {
  const peer = await openSocketPeer()
  const task = peer.client.connectSocket({ url: '/chat' })
  const told = listen(task)
  await until(() => task.readyState === 1)
  return { peer, task, told, link: peer.links[0] ?? assert.fail('no connection') }
}

/** A frame of the server's. */
function frame(
  { cipher }: PeerLink,
  body: string | Uint8Array,
  kind: 'text' | 'binary' | 'close' = 'text',
): Uint8Array {
  return cipher?.seal(kind, typeof body === 'string' ? utf8Encode(body) : body) ?? assert.fail('not sealed')
}

/** What the server reads of the frames that came. */
function read({ cipher, frames }: PeerLink): unknown[] {
  return frames.map((each) => {
    const { kind, body } = cipher?.open(each) ?? assert.fail('a frame does not open')
    return kind === 'text' ? utf8Decode(body) : [kind, ...body]
  })
}

test('a socket is there at once, opens as a sealed call, and sends and takes sealed messages', async () => {
  const peer = await openSocketPeer()
  const outcomes: unknown[] = []
  const task = peer.client.connectSocket({
    url: '/chat/1?a=1#top',
    query: { b: '文' },
    header: { 'x-mine': MARKER },
    protocols: ['chat', 'talk'],
    success: (event) => outcomes.push(event),
  })
  assert.equal(task.readyState, 0)
  const told = listen(task)
  await until(() => task.readyState === 1)
  const [link] = peer.links
  assert.ok(link)
  assert.deepEqual([link.url, link.protocol], ['wss://api.example.com/v1/socket?space=space-1', 'usn1'])
  const [call] = peer.opened
  assert.deepEqual([call?.request.header.target, call?.request.header.secretType], ['h:GET /chat/1', 'both'])
  const { data, spaceId } = call?.body ?? {}
  assert.equal(spaceId, 'space-1')
  assert.deepEqual(data, {
    ...{ query: 'a=1&b=%E6%96%87', header: { 'x-mine': MARKER } },
    protocols: ['chat', 'talk'],
  })
  task.send({ data: MARKER })
  task.send({ data: Uint8Array.of(1, 2).buffer, success: ({ errMsg }) => outcomes.push(errMsg) })
  task.send({ data: Uint8Array.of(3) })
  await until(() => link.frames.length === 3)
  assert.ok(link.frames.every((each) => !Buffer.from(each).includes(MARKER)))
  assert.deepEqual(read(link), [MARKER, ['binary', 1, 2], ['binary', 3]])
  for (const sent of [frame(link, 'hello 文'), frame(link, Uint8Array.of(9), 'binary')]) link.events.message(sent)
  await until(() => told.length === 3)
  assert.deepEqual(told, [['open', 'chat'], 'hello 文', [9]])
  assert.deepEqual(outcomes, [
    { protocol: 'chat', header: { 'x-backend': '1' }, errMsg: 'connectSocket:ok' },
    'sendSocketMessage:ok',
  ])
})

test('messages that come with the opening are told behind it, in order', async () => {
  const peer = await openSocketPeer()
  peer.client.addInterceptor('connectSocket', { success: () => new Promise(setImmediate) })
  const task = peer.client.connectSocket({ path: '/chat' })
  const told: unknown[] = []
  task.onOpen(() => {
    told.push('open')
    task.onMessage(({ data }) => told.push(data))
  })
  await until(() => peer.links[0]?.cipher)
  const [link] = peer.links
  assert.ok(link)
  for (let turn = 0; turn < 5; turn++) link.events.message(frame(link, `m${turn}`))
  await until(() => told.length === 6)
  assert.deepEqual(told, ['open', 'm0', 'm1', 'm2', 'm3', 'm4'])
})

for (const [what, message] of [
  ['changed', (link: PeerLink) => frame(link, MARKER).map((byte, at) => (at === 3 ? byte ^ 1 : byte))],
  ['cut', (link: PeerLink) => frame(link, MARKER).subarray(0, -1)],
  ['text in clear', () => MARKER],
  ['bytes in clear', () => utf8Encode(MARKER)],
  ['out of its turn', (link: PeerLink) => (frame(link, 'left out'), frame(link, MARKER))],
  ['the client’s own', ({ frames }: PeerLink) => frames[0] ?? assert.fail('none')],
] as const)
  test(`a message that is ${what} ends the socket with 10010 and 1006, and is told to nobody`, async () => {
    const { task, told, link } = await openSocket()
    task.send({ data: 'first' })
    await until(() => link.frames.length === 1)
    const good = link.cipher
    link.events.message(message(link))
    await until(() => task.readyState === 3)
    assert.deepEqual(told, [
      ['open', 'chat'],
      ['error', 10010],
      ['close', 1006, ''],
    ])
    assert.ok(link.isClosed && good)
    link.events.message(frame(link, 'more'))
    await until(() => told.length > 3)
    assert.equal(told.length, 3)
  })

test('the server’s sealed close is told with its code and reason; a line that is cut is 1006', async () => {
  const one = await openSocket()
  one.link.events.message(frame(one.link, closeBody(4403, 'APP_NOT_ALLOWED'), 'close'))
  await until(() => one.task.readyState === 3)
  assert.deepEqual(one.told.at(-1), ['close', 4403, 'APP_NOT_ALLOWED'])
  assert.ok(one.link.isClosed)
  const two = await openSocket()
  two.link.events.gone({ errMsg: 'closed with 1000' })
  await until(() => two.task.readyState === 3)
  assert.deepEqual(two.told.slice(1), [['close', 1006, '']])
})

test('the app closes under seal, with its code; nothing is sent or told afterwards', async () => {
  const { peer, task, told, link } = await openSocket()
  const outcomes: unknown[] = []
  const fail = (error: unknown): void => void outcomes.push((error as { errMsg: string }).errMsg)
  task.close({ code: 999, fail })
  task.close({ code: 5000, fail })
  task.close({ code: 3001, reason: 'done 文', success: ({ errMsg }) => outcomes.push(errMsg) })
  assert.equal(task.readyState, 2)
  task.close({ code: 4000 })
  task.send({ data: 'late', fail })
  await until(() => task.readyState === 3)
  task.send({ data: 'later', fail })
  await until(() => outcomes.length === 5)
  const wrong = 'Missing or wrong: code.'
  const late = 'sendSocketMessage:fail not connected'
  assert.deepEqual(outcomes.toSorted(), [wrong, wrong, 'closeSocket:ok', late, late].toSorted())
  assert.deepEqual(read(link), [['close', ...closeBody(3001, 'done 文')]])
  assert.deepEqual(told, [
    ['open', 'chat'],
    ['close', 3001, 'done 文'],
  ])
  assert.equal(peer.timers.size, 0)
})

test('a connection that does not end when it is told to is given up', async () => {
  const { peer, task, told, link } = await openSocket()
  link.isClosed = true
  task.close()
  await until(() => peer.timers.has(10_000))
  peer.timers.get(10_000)?.()
  assert.deepEqual(told.at(-1), ['close', 1000, ''])
})

test('a message that could not be sent ends the socket, for the server would open none behind it', async () => {
  const { peer, task, told } = await openSocket()
  peer.onSend = () => {
    throw new Error('the line is down')
  }
  const failed = await new Promise<unknown>((resolve) => task.send({ data: 'x', fail: resolve }))
  assert.equal((failed as { errMsg: string }).errMsg, 'the line is down')
  assert.deepEqual(told.slice(1), [
    ['error', 'SYS_ERR'],
    ['close', 1006, ''],
  ])
  const wrong = await new Promise<unknown>((resolve) => task.send({ data: 1 as unknown as string, fail: resolve }))
  assert.equal((wrong as { errCode: number }).errCode, 10002)
})

test('a key that the server does not know, and a wrong clock, cost a fresh connection each', async () => {
  for (const upset of [
    (peer: SocketPeer) => {
      peer.rotate()
      peer.forget()
    },
    (peer: SocketPeer) => (peer.phoneClock -= 600_000),
  ]) {
    const peer = await openSocketPeer()
    await peer.client.callFunction({ name: 'f', secret: true })
    upset(peer)
    const task = peer.client.connectSocket({ url: '/chat' })
    const told = listen(task)
    await until(() => task.readyState === 1)
    assert.equal(peer.links.length, 2)
    assert.ok(peer.links[0]?.isClosed)
    peer.links[0].events.gone({ errMsg: 'late' })
    const [, link] = peer.links
    assert.ok(link)
    link.events.message(frame(link, 'm'))
    await until(() => told.length === 2)
    assert.deepEqual(told, [['open', 'chat'], 'm'])
    const ids = peer.opened.map(({ request }) => Buffer.from(request.header.rid).toString('hex'))
    assert.equal(new Set(ids).size, ids.length)
  }
})

test('a server that never knows the key is asked twice and no more', async () => {
  const peer = await openSocketPeer()
  peer.first = ({ events }) => events.message('{"errCode":70009}')
  const failed = await new Promise<unknown>((fail) => peer.client.connectSocket({ url: '/chat', fail }))
  assert.deepEqual((failed as { cause: unknown }).cause, { status: 0, errCode: 70009 })
  assert.equal(peer.links.length, 2)
})

const refusals: readonly (readonly [what: string, first: (link: PeerLink) => void, errCode: unknown])[] = [
  ['says in clear that it is open', ({ events }) => events.message('{"protocol":"","header":{}}'), 10010],
  ['sends bytes that nobody sealed', ({ events }) => events.message(new Uint8Array(200)), 10010],
  ['says nothing and closes', ({ events }) => events.gone({ errMsg: 'closed with 1008' }), 'SYS_ERR'],
]

for (const [what, first, errCode] of refusals)
  test(`a server that ${what} opens no socket`, async () => {
    const peer = await openSocketPeer()
    peer.first = first
    const fails: unknown[] = []
    const task = peer.client.connectSocket({ url: '/chat', fail: (error) => fails.push(error) })
    const told = listen(task)
    await until(() => task.readyState === 3)
    assert.deepEqual(told, [
      ['error', errCode],
      ['close', 1006, ''],
    ])
    assert.equal((fails[0] as { errCode: unknown }).errCode, errCode)
    assert.ok(peer.links.every(({ isClosed }) => isClosed))
    assert.equal(peer.timers.size, 0)
  })

test('what the server refuses under seal is told with its code', async () => {
  const peer = await openSocketPeer()
  peer.handler = () => {
    throw wireError(81204)
  }
  const told = listen(peer.client.connectSocket({ url: '/chat' }))
  await until(() => told.length === 2)
  assert.deepEqual(told[0], ['error', 81204])
})

test('a socket that is not open in time is given up, also when it opens later', async () => {
  const peer = await openSocketPeer()
  let late: PeerLink | undefined
  peer.first = (link) => (late = link)
  const fails: unknown[] = []
  const task = peer.client.connectSocket({ url: '/chat', timeout: 5, fail: (error) => fails.push(error) })
  const told = listen(task)
  await until(() => late)
  peer.timers.get(5)?.()
  await until(() => fails.length)
  assert.deepEqual(told, [
    ['error', 'SYS_ERR'],
    ['close', 1006, ''],
  ])
  assert.equal((fails[0] as { errMsg: string }).errMsg, 'connectSocket:fail timeout')
  assert.ok(late?.isClosed)
  late.events.message('{}')
  await until(() => told.length > 2)
  assert.equal(told.length, 2)
})

test('a socket that the app closes before it is open tells no error, and makes no further connection', async () => {
  const peer = await openSocketPeer()
  const early = peer.client.connectSocket({ url: '/chat' })
  const told = listen(early)
  early.close({ code: 3000, reason: 'changed my mind' })
  assert.deepEqual(told, [['close', 3000, 'changed my mind']])
  await until(() => peer.links.length)
  assert.equal(peer.links.length, 0)
})

test('without user keys, without a login and without a path there is no socket, sealed or not', async () => {
  const web = await openSocketPeer({ platform: 'web' })
  const bare = await openSocketPeer({ bare: true })
  const peer = await openSocketPeer()
  for (const [{ client, links }, url, errCode] of [
    [web, '/chat', 20000],
    [bare, '/chat', 70006],
    [peer, 'wss://elsewhere.example.com/chat', 10002],
    [peer, '', 10002],
  ] as const) {
    const failed = await new Promise<unknown>((fail) => client.connectSocket({ url, fail }))
    assert.equal((failed as { errCode: unknown }).errCode, errCode)
    assert.equal(links.length, 0)
  }
})

test('an interceptor changes what is asked for, or ends it', async () => {
  const peer = await openSocketPeer()
  peer.client.addInterceptor('connectSocket', {
    invoke(options) {
      const asked = options as { url: string }
      if (asked.url === '/never') throw new Error('not today')
      asked.url = '/other'
    },
  })
  const task = peer.client.connectSocket({ url: '/chat' })
  await until(() => task.readyState === 1)
  assert.equal(peer.opened[0]?.request.header.target, 'h:GET /other')
  const told: unknown[] = []
  peer.client.connectSocket({ url: '/never' }).onError(({ message }) => told.push(message))
  await until(() => told.length)
  assert.deepEqual(told, ['not today'])
})
