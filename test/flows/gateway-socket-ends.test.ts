import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { secureNetworkOff } from '@drawbridge/server/testing'
import type { PolicySource, SecureNetworkConfig } from '@drawbridge/server/testing'
import { dial, isOpen, openSocket, opened } from './socket-client.ts'
import type { SealedSocket } from './socket-client.ts'
import { openSocketWorld, startSocketBackend } from './socket-world.ts'

/** A policy that a test changes; `undefined`: there is none to go by. */
function changing(): { readonly policies: PolicySource; set(change: Partial<SecureNetworkConfig> | undefined): void } {
  const apps = [{ appId: '__UNI__SECURE', platform: 'mp-weixin', release: ['wx1111111111111111'], development: [] }]
  let policy: SecureNetworkConfig | undefined = { ...secureNetworkOff, mode: 'enforce', apps }
  return {
    policies: {
      current() {
        if (!policy) throw new RangeError('no policy')
        return { ...policy, revision: 1 }
      },
    },
    set(change) {
      policy = change && { ...secureNetworkOff, mode: 'enforce', apps, ...change }
    },
  }
}

for (const [what, change, code] of [
  ['closed its route', { rules: { 'h:orders': [] } }, 'ENVELOPE_REJECTED'],
  ['took its app out', { apps: [] }, 'APP_NOT_ASSOCIATED'],
  ['allows its suite no more', { suites: { 'mp-weixin': [1] } }, 'ENVELOPE_REJECTED'],
  ['switched the secure network off', { mode: 'off' }, 'SECURE_NETWORK_OFF'],
  ['is gone', undefined, 'SYSTEM_ERROR'],
] as const)
  test(`an open socket is closed when the policy ${what}`, async (t) => {
    const { policies, set } = changing()
    const backend = await startSocketBackend(t)
    const limits = { lookEveryMs: 20 }
    const { world } = await openSocketWorld(t, backend.origin, { limits, server: { policies } })
    const socket = opened(await openSocket(world))
    set({ mode: 'monitor', rules: { 'h:orders': [] } })
    await wait(100)
    socket.say('still here')
    assert.equal(await socket.hear(), 'still here')
    set(change)
    assert.deepEqual(await socket.hear(), { code: 1000, sealed: { code: 4403, reason: code } })
    assert.deepEqual(await backend.sockets[0]?.closed, [4403, code])
    if (change) assert.equal(world.server.verdicts.at(-1)?.code, code)
  })

for (const [what, end, code] of [
  [
    'has no session any more',
    async ({ world }: Awaited<ReturnType<typeof openSocketWorld>>) => {
      const app = world.server.bridge.apps.resolve(world.appId, 'weixin-mp')
      await world.server.bridge.remove({ kind: 'session_key', app, openid: world.phone.openid })
      world.advance(31_000)
    },
    'ENCRYPT_KEY_UNAVAILABLE',
  ],
  [
    'has a key whose hour is over',
    ({ world }: Awaited<ReturnType<typeof openSocketWorld>>) => {
      world.advance(4_200_000)
    },
    'ENCRYPT_KEY_UNKNOWN',
  ],
] as const)
  test(`an open socket is closed when its user ${what}`, async (t) => {
    const backend = await startSocketBackend(t)
    const limits = { lookEveryMs: 500, beatEveryMs: 1000, stuckMs: 10_000_000 }
    const opening = await openSocketWorld(t, backend.origin, { limits })
    const socket = opened(await openSocket(opening.world))
    await end(opening)
    assert.deepEqual(await socket.hear(), { code: 1000, sealed: { code: 4403, reason: code } })
    assert.deepEqual(await backend.sockets[0]?.closed, [4403, code])
  })

test('a server that stops says so under seal, and waits for no socket', async (t) => {
  const backend = await startSocketBackend(t)
  const { world } = await openSocketWorld(t, backend.origin, { limits: { closeWithinMs: 1000 } })
  const sockets = [opened(await openSocket(world)), opened(await openSocket(world))]
  const asleep = opened(await openSocket(world))
  asleep.raw.socket.pause()
  await Promise.all([
    world.server.close(),
    ...sockets.map(async (socket) => {
      assert.deepEqual(await socket.hear(), { code: 1000, sealed: { code: 1001, reason: '' } })
    }),
  ])
  for (const { closed } of backend.sockets) assert.deepEqual(await closed, [1001, ''])
})

test('a server that stops waits for no backend that does not answer an opening', async (t) => {
  const mute = createServer((connection) => {
    connection.on('error', () => undefined)
  })
  mute.listen(0, '127.0.0.1')
  await once(mute, 'listening')
  t.after(() => mute.close())
  const origin = `http://127.0.0.1:${(mute.address() as AddressInfo).port}`
  const { world } = await openSocketWorld(t, origin, { route: { timeoutMs: 600_000 } })
  const sealed = world.client.seal({ target: 'h:GET /orders/live', key: await world.key() })
  const dialing = { endpoint: world.server.endpoint, spaceId: world.spaceId }
  const [asked, silent] = [dial(dialing), dial(dialing)]
  assert.ok((await isOpen(asked)) && (await isOpen(silent)))
  const connected = once(mute, 'connection')
  asked.socket.send(sealed.bytes)
  await connected
  await world.server.close()
  assert.deepEqual(await silent.next(), { closed: 1001 })
  assert.deepEqual(await asked.next(), { closed: 1001 })
})

test('a backend that is gone, or dead, is told as 1014', async (t) => {
  const backend = await startSocketBackend(t, (socket, { url }) => {
    if (url === '/orders/dead') socket.pause()
    else socket.on('message', () => socket.terminate())
  })
  const { world, events } = await openSocketWorld(t, backend.origin, { limits: { lookEveryMs: 300, beatEveryMs: 300 } })
  const gone = { code: 1000, sealed: { code: 1014, reason: '' } }
  const socket = opened(await openSocket(world))
  socket.say('die')
  assert.deepEqual(await socket.hear(), gone)
  assert.deepEqual(await opened(await openSocket(world, { target: 'h:GET /orders/dead' })).hear(), gone)
  assert.equal(events.filter((event) => 'closeCode' in event && event.closeCode === 1014).length, 2)
})

test('a client that goes away without a close, or is dead, is no close to the backend', async (t) => {
  const backend = await startSocketBackend(t)
  const limits = { lookEveryMs: 300, beatEveryMs: 300, closeWithinMs: 300 }
  const { world, events } = await openSocketWorld(t, backend.origin, { limits })
  for (const leave of [
    ({ raw }: SealedSocket) => {
      raw.socket.terminate()
    },
    ({ raw }: SealedSocket) => {
      raw.socket.close(1000, 'in clear')
    },
    ({ raw }: SealedSocket) => {
      raw.socket.pause()
    },
  ]) {
    leave(opened(await openSocket(world)))
    assert.deepEqual(await backend.sockets.at(-1)?.closed, [1006, ''])
  }
  const ends = events.filter((event) => event.type === 'gateway-socket-ended')
  assert.deepEqual(
    ends.map(({ closeCode, by }) => `${by} ${closeCode}`),
    Array<string>(3).fill('client 1006'),
  )
})

const x5001 = Buffer.alloc(5001, 'x')
for (const [what, sends, ending, backendHears] of [
  ['text in clear', () => 'hello', { code: 1008 }, [1006, '']],
  ['bytes in clear', () => randomBytes(50), { code: 1008 }, [1006, '']],
  ['nothing', () => Buffer.alloc(0), { code: 1008 }, [1006, '']],
  ['a message that is too large', ({ cipher }) => cipher.seal('text', x5001), sealed(1009), [1009, '']],
  ['one that is far too large', () => Buffer.alloc(100_000), { code: 1009 }, [1006, '']],
  ['text that is none', ({ cipher }) => cipher.seal('text', Uint8Array.of(0xff)), sealed(1007), [1007, '']],
  ['a close that is none', ({ cipher }) => cipher.seal('close', Uint8Array.of(1)), { code: 1008 }, [1006, '']],
] satisfies readonly (readonly [string, (socket: SealedSocket) => unknown, object, readonly [number, string]])[])
  test(`a client that sends ${what} is cut off`, async (t) => {
    const backend = await startSocketBackend(t)
    const { world } = await openSocketWorld(t, backend.origin, { route: { bodyMaxBytes: 5000 } })
    const socket = opened(await openSocket(world))
    socket.say('x'.repeat(5000))
    assert.equal(await socket.hear(), 'x'.repeat(5000))
    socket.raw.socket.send(sends(socket) ?? assert.fail('not sealed'))
    assert.deepEqual(await socket.hear(), ending)
    assert.deepEqual(await backend.sockets[0]?.closed, backendHears)
    assert.equal(backend.sockets[0]?.heard.length, 1)
  })

test('a backend that says too much at once is closed with 1009', async (t) => {
  const backend = await startSocketBackend(t, (socket) => {
    socket.send('x'.repeat(5001))
  })
  const { world } = await openSocketWorld(t, backend.origin, { route: { bodyMaxBytes: 5000 } })
  assert.deepEqual(await opened(await openSocket(world)).hear(), sealed(1009))
})

function sealed(code: number): { readonly code: number; readonly sealed: object } {
  return { code: 1000, sealed: { code, reason: '' } }
}
