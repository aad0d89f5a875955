import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { openResponse } from '@drawbridge/protocol'
import { routeTo } from './gateway-backend.ts'
import type { SecureCallOptions } from './secure-call-client.ts'
import type { SecureWorld } from './secure-call-world.ts'
import { dial, isOpen, openSocket, refused } from './socket-client.ts'
import { openSocketWorld, startSocketBackend } from './socket-world.ts'

type Told = Readonly<Record<string, unknown>>

/** The id that HTTP named, and what the server says first. */
async function firstAnswer(
  world: SecureWorld,
  call: Partial<SecureCallOptions> & { readonly garbage?: string },
): Promise<{ readonly requestId: string; readonly told: Told; readonly isSealed: boolean }> {
  const raw = dial({ endpoint: world.server.endpoint, spaceId: world.spaceId })
  const upgraded = once(raw.socket, 'upgrade')
  assert.ok(await isOpen(raw))
  const [{ headers }] = (await upgraded) as [IncomingMessage]
  const { schedule, sent, bytes } = world.client.seal({
    target: 'h:GET /orders/live',
    key: await world.key(),
    ...call,
  })
  raw.socket.send(call.garbage ?? bytes)
  const answer = await raw.next()
  assert.ok('data' in answer)
  const body = answer.isBinary ? openResponse(schedule, sent, new Uint8Array(answer.data))?.body : answer.data
  assert.ok(body, 'an answer that is not the server’s')
  const told = JSON.parse(Buffer.from(body).toString()) as Told
  return { requestId: String(headers['x-request-id']), told, isSealed: answer.isBinary }
}

for (const [what, call, errCode, isSealed] of [
  ['that is let in', {}, undefined, true],
  ['that asks for no route', { target: 'h:GET /admin' }, 81201, true],
  ['that is refused by the rules', { target: 'h:GET /closed' }, 70004, true],
  ['that is too open', { secretType: 'request' }, 70004, true],
  ['that is late', { ts: 1_000_000 }, 70001, true],
  ['that shows nothing', { garbage: 'hello' }, 70004, false],
] as const)
  test(`a socket ${what} is told its request id by HTTP and by the first answer`, async (t) => {
    const backend = await startSocketBackend(t)
    const before = [routeTo(backend.origin, { name: 'closed', path: '/closed', webSocket: true, policy: [] })]
    const { world, events } = await openSocketWorld(t, backend.origin, { before })
    const answer = await firstAnswer(world, call)
    assert.match(answer.requestId, /^[\w-]{8,}$/)
    const { requestId, errCode: code, serverTime } = answer.told
    assert.deepEqual([requestId, code, answer.isSealed], [answer.requestId, errCode, isSealed])
    assert.equal(typeof serverTime, errCode === 70001 ? 'number' : 'undefined')
    const written = [...events, ...world.server.verdicts]
    assert.ok(written.some((one) => one.requestId === requestId))
  })

test('what a backend did wrong is told once: by the gateway, with its kind', async (t) => {
  const backend = await startSocketBackend(t)
  const mute = createServer((socket) => {
    socket.on('error', () => undefined)
  })
  mute.listen(0, '127.0.0.1')
  await once(mute, 'listening')
  t.after(() => mute.close())
  const before = [
    routeTo('http://127.0.0.1:9', { name: 'nobody', path: '/nobody', webSocket: true }),
    routeTo(`http://127.0.0.1:${(mute.address() as AddressInfo).port}`, {
      name: 'mute',
      path: '/mute',
      webSocket: true,
      timeoutMs: 100,
    }),
  ]
  const { world, events } = await openSocketWorld(t, backend.origin, { before })
  for (const [target, told] of [
    ['h:GET /orders/say-403', { code: 'GATEWAY_SOCKET_DECLINED', status: 403 }],
    ['h:GET /nobody', { code: 'GATEWAY_UPSTREAM_UNREACHABLE', reason: 'ECONNREFUSED' }],
    ['h:GET /mute', { code: 'GATEWAY_UPSTREAM_TIMED_OUT' }],
  ] as const) {
    refused(await openSocket(world, { target }))
    const {
      requestId: _id,
      spaceId: _space,
      route: _route,
      durationMs: _ms,
      type: _type,
      ...rest
    } = events.at(-1) ?? {}
    assert.deepEqual(rest, told)
  }
  const calls = world.server.lines
    .map((line) => JSON.parse(line) as Told)
    .filter(({ event }) => /^call /.test(String(event)))
  assert.deepEqual(
    calls.map(({ level, event, code }) => `${String(level)} ${String(event)} ${String(code)}`),
    ['DECLINED', 'UNREACHABLE', 'TIMED_OUT'].map(
      (end) => `debug call refused GATEWAY_${end === 'DECLINED' ? 'SOCKET' : 'UPSTREAM'}_${end}`,
    ),
  )
})

test('a client is told which part of its opening cannot be forwarded', async (t) => {
  const backend = await startSocketBackend(t)
  const { world } = await openSocketWorld(t, backend.origin)
  for (const [call, field] of [
    [{ data: { query: 'a b' } }, 'query'],
    [{ data: { header: { 'x-trace': '\n' } } }, 'x-trace'],
    [{ data: { protocols: ['a b'] } }, 'protocols'],
    [{ target: 'h:GET /orders/..' }, 'path'],
  ] as const) {
    const { told } = await firstAnswer(world, call)
    assert.equal(told['errCode'], 81203)
    const [, named = ''] = /\((.*)\)$/.exec(String(told['errMsg'])) ?? []
    assert.ok(named.includes(field), String(told['errMsg']))
  }
})
