import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { Client, SocketOpened, SocketTask, UniCloudError } from '@drawbridge/client'
import type { GatewayRoute } from '@drawbridge/server/testing'
import { MARKER, equalBlocks, openClientWorld } from './client-world.ts'
import type { ClientWorld } from './client-world.ts'
import { startSocketBackend } from './socket-world.ts'
import type { SocketBackend } from './socket-world.ts'

interface SocketScene {
  readonly backend: SocketBackend
  readonly world: ClientWorld
  readonly app: Client
}

async function openScene(t: TestContext): Promise<SocketScene> {
  const backend = await startSocketBackend(t)
  const base = { upstream: backend.origin, stripPrefix: '', plain: 'refuse', responseHeaders: [] } as const
  const limits = { bodyMaxBytes: 8_388_608, timeoutMs: 30_000 }
  const routes: readonly GatewayRoute[] = [
    { ...base, ...limits, name: 'orders', path: '/orders/*', webSocket: true },
    { ...base, ...limits, name: 'pages', path: '/pages/*' },
  ]
  const gateway = { signingKey: 'the-signing-key-of-these-tests-0123456789', routes }
  const world = await openClientWorld(t, {}, { gateway })
  await world.openSession()
  const app = world.app()
  await app.initSecureNetworkByWeixin({ openid: world.phone.openid })
  return { backend, world, app }
}

/** What a socket tells until it has told so many, or is over. */
function hear(task: SocketTask, count: number): Promise<readonly unknown[]> {
  return new Promise((resolve) => {
    const told: unknown[] = []
    const add = (what: unknown, isOver = false): void => {
      told.push(what)
      if (told.length >= count || isOver) resolve(told)
    }
    task.onOpen(({ protocol }) => add(['open', protocol]))
    task.onMessage(({ data }) => add(typeof data === 'string' ? data : Buffer.from(data).toString('latin1')))
    task.onError(({ errCode }) => add(['error', errCode]))
    task.onClose(({ code, reason }) => add(['close', code, reason], true))
  })
}

const EVER = 1000

test('a mini program talks with a backend over a socket, and who reads along sees nothing of it', async (t) => {
  const { backend, world, app } = await openScene(t)
  const task = app.connectSocket({
    url: `/orders/live?mark=${MARKER}`,
    header: { 'x-mine': MARKER },
    protocols: ['chat'],
  })
  const heard = hear(task, 4)
  const opened = new Promise<SocketOpened>((resolve) => task.onOpen(resolve))
  task.onOpen(() => {
    task.send({ data: `${MARKER} 文😀` })
    task.send({ data: Uint8Array.from(Buffer.from(MARKER)).buffer })
    task.send({ data: 'x'.repeat(70_000) })
  })
  assert.deepEqual(await heard, [['open', 'chat'], `${MARKER} 文😀`, MARKER, 'x'.repeat(70_000)])
  assert.match((await opened).requestId ?? '', /./)
  const [socket] = backend.sockets
  assert.equal(socket?.request.url, `/orders/live?mark=${MARKER}`)
  assert.equal(socket.request.headers['x-mine'], MARKER)
  const over = hear(task, EVER)
  task.close({ code: 3003, reason: 'done 文' })
  assert.deepEqual(await over, [['close', 3003, 'done 文']])
  assert.deepEqual(await socket.closed, [3003, 'done 文'])
  assert.equal(world.frames.length, 9, 'an opening, its answer, three messages each way and a close')
  assert.ok(world.frames.every((frame) => !frame.includes(MARKER) && !frame.includes('x-mine')))
  assert.deepEqual(equalBlocks(world.frames.slice(2, 8).map((frame) => `\0\0${frame}`)), [])
})

test('messages keep their order in both directions, hundreds of them', async (t) => {
  const { app } = await openScene(t)
  const task = app.connectSocket({ url: '/orders/live' })
  const heard = hear(task, 301)
  const sent = Array.from({ length: 300 }, (_, at) => `message ${at}`)
  task.onOpen(() => {
    for (const data of sent) task.send({ data })
  })
  assert.deepEqual((await heard).slice(1), sent)
  task.close()
})

test('the backend’s own close reaches the app with its code; a backend that dies is 1014, a cut line 1006', async (t) => {
  const { backend, app } = await openScene(t)
  const ends: unknown[] = []
  for (const end of [
    (): void => backend.sockets.at(-1)?.socket.close(4001, 'enough'),
    (): void => backend.sockets.at(-1)?.socket.terminate(),
  ]) {
    const task = app.connectSocket({ url: '/orders/live' })
    const over = hear(task, EVER)
    task.onOpen(end)
    ends.push((await over).at(-1))
  }
  assert.deepEqual(ends[0], ['close', 4001, 'enough'])
  assert.deepEqual((ends[1] as unknown[]).slice(0, 2), ['close', 1014])
})

for (const [what, forge] of [
  ['changed', (frame: Buffer) => frame.fill((frame[5] ?? 0) ^ 1, 5, 6)],
  ['cut', (frame: Buffer) => frame.subarray(0, -1)],
] as const)
  test(`a message that was ${what} on the way ends the socket with 10010, and the backend learns of it`, async (t) => {
    const { backend, world, app } = await openScene(t)
    const task = app.connectSocket({ url: '/orders/live' })
    const heard = hear(task, EVER)
    task.onOpen(() => {
      world.onFrame = (received) => Uint8Array.from(forge(Buffer.from(received as ArrayBuffer))).buffer
      task.send({ data: MARKER })
    })
    assert.deepEqual((await heard).slice(1), [
      ['error', 10010],
      ['close', 1006, ''],
    ])
    await backend.sockets[0]?.closed
    assert.equal(backend.sockets.length, 1)
  })

test('a text in clear in place of a message, or of the opening’s answer, is never told to the app', async (t) => {
  const { world, app } = await openScene(t)
  const open = () => app.connectSocket({ url: '/orders/live' })
  const task = open()
  const heard = hear(task, EVER)
  task.onOpen(() => {
    world.onFrame = () => MARKER
    task.send({ data: 'x' })
  })
  assert.deepEqual((await heard).at(-2), ['error', 10010])
  world.onFrame = () => '{"protocol":"","header":{}}'
  assert.deepEqual(await hear(open(), EVER), [
    ['error', 10010],
    ['close', 1006, ''],
  ])
})

test('an old key and a wrong clock cost a further connection, and no more', async (t) => {
  const { world, app } = await openScene(t)
  const user = { appid: world.phone.appid, user: 'alice' }
  await app.callFunction({ name: 'echo', secret: true })
  for (let version = 2; version <= 5; version++) world.simulator.control.userKeys.push(user)
  const opened = async (client: Client): Promise<void> => {
    const task = client.connectSocket({ url: '/orders/live' })
    assert.deepEqual(await hear(task, 1), [['open', '']])
    task.close()
  }
  await opened(app)
  const late = world.app({}, -600_000)
  await late.initSecureNetworkByWeixin({ openid: world.phone.openid })
  const before = world.frames.length
  await opened(late)
  assert.equal(world.frames.length - before, 5, 'two openings, their answers, and a close')
})

test('what the server refuses is told with its code: no such route, none for sockets, no app, no server', async (t) => {
  const { app, world } = await openScene(t)
  const refused = async (client: Client, url: string): Promise<unknown> => {
    const fails = new Promise((fail) => client.connectSocket({ url, fail }))
    const { errCode, requestId = '' } = (await fails) as UniCloudError
    assert.equal(requestId !== '', errCode !== 'SYS_ERR', 'who answered said which request it was')
    return errCode
  }
  for (const url of ['/pages/live', '/elsewhere']) {
    const errCode = await refused(app, url)
    assert.ok(typeof errCode === 'number' && errCode > 80_000, String(errCode))
  }
  const stranger = world.app({ appId: '__UNI__STRANGER' })
  await stranger.initSecureNetworkByWeixin({ openid: world.phone.openid })
  assert.equal(await refused(stranger, '/orders/live'), 10010)
  const nowhere = world.app({ endpoint: 'http://127.0.0.1:9' })
  await nowhere.initSecureNetworkByWeixin({ openid: world.phone.openid })
  assert.equal(await refused(nowhere, '/orders/live'), 'SYS_ERR')
})
