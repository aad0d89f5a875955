import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { TestWebSocket } from '@drawbridge/server/testing'
import { openSocket, opened } from './socket-client.ts'
import type { SealedSocket } from './socket-client.ts'
import { openSocketWorld, startSocketBackend } from './socket-world.ts'
import type { SocketBackend } from './socket-world.ts'

const PIECE = Buffer.alloc(65_536, 7)
const PIECES = 1000

/** Sends piece after piece, each when the system has taken the one before; how many it has taken. */
function pour(socket: TestWebSocket, piece: () => Uint8Array): { taken: number } {
  const poured = { taken: 0 }
  const next = (): void => {
    socket.send(piece(), (error) => {
      if (error) return
      poured.taken++
      if (poured.taken < PIECES) next()
    })
  }
  next()
  return poured
}

/** Waits until no more is taken for a while. */
async function settled(t: TestContext, poured: { readonly taken: number }): Promise<number> {
  for (let last = 0; !t.signal.aborted;) {
    if (poured.taken !== 0 && poured.taken === last) return last
    last = poured.taken
    await wait(500)
  }
  return assert.fail('it never settles')
}

async function hearAll(socket: SealedSocket): Promise<readonly [pieces: number, end: object]> {
  for (let pieces = 0; ; pieces++) {
    const heard = await socket.hear()
    if (typeof heard === 'object' && 'code' in heard) return [pieces, heard]
  }
}

test('a client that reads nothing holds its backend up, and is closed after a while', async (t) => {
  const backend = await startSocketBackend(t, () => undefined)
  const { world } = await openSocketWorld(t, backend.origin, {
    limits: { lookEveryMs: 50, closeWithinMs: 30_000 },
  })
  const socket = opened(await openSocket(world))
  socket.raw.socket.pause()
  const [seen] = backend.sockets
  assert.ok(seen)
  const taken = await settled(
    t,
    pour(seen.socket, () => PIECE),
  )
  assert.ok(taken < PIECES / 2, `the server took ${taken}`)
  world.advance(61_000)
  assert.deepEqual(await seen.closed, [1013, ''])
  socket.raw.socket.resume()
  const [pieces, end] = await hearAll(socket)
  assert.ok(pieces < PIECES / 2)
  assert.deepEqual(end, { code: 1000, sealed: { code: 1013, reason: '' } })
})

test('a client that reads again gets everything', async (t) => {
  const backend = await startSocketBackend(t, () => undefined)
  const { world } = await openSocketWorld(t, backend.origin)
  const socket = opened(await openSocket(world))
  socket.raw.socket.pause()
  const [seen] = backend.sockets
  assert.ok(seen)
  const poured = pour(seen.socket, () => PIECE)
  assert.ok((await settled(t, poured)) < PIECES / 2)
  socket.raw.socket.resume()
  for (let heard = 0; heard < PIECES; heard++) assert.deepEqual(await socket.hear(), PIECE)
  seen.socket.close(1000, 'all')
  assert.deepEqual(await socket.hear(), { code: 1000, sealed: { code: 1000, reason: 'all' } })
})

test('a backend that reads nothing holds its client up, and gets everything when it reads again', async (t) => {
  const backend = await startSocketBackend(t, (socket) => {
    socket.pause()
  })
  const { world } = await openSocketWorld(t, backend.origin)
  const { raw, cipher, close } = opened(await openSocket(world))
  const poured = pour(raw.socket, () => cipher.seal('binary', PIECE) ?? assert.fail('not sealed'))
  assert.ok((await settled(t, poured)) < PIECES / 2)
  const [seen] = backend.sockets
  seen?.socket.resume()
  while (poured.taken < PIECES) await wait(20)
  close({ code: 1000, reason: 'all' })
  assert.deepEqual(await seen?.closed, [1000, 'all'])
  assert.equal(seen?.heard.length, PIECES)
})

test('what waits in all sockets together has a bound', async (t) => {
  const backend = await startSocketBackend(t, () => undefined)
  const limits = { heldMaxBytes: 3_000_000, highWaterBytes: 100_000_000, closeWithinMs: 300 }
  const { world } = await openSocketWorld(t, backend.origin, { limits })
  const socket = opened(await openSocket(world))
  socket.raw.socket.pause()
  const [seen] = backend.sockets
  assert.ok(seen)
  pour(seen.socket, () => PIECE)
  assert.deepEqual(await seen.closed, [1013, ''])
})

for (const side of ['client', 'backend'] as const)
  test(`a ${side} that is behind is not dead: it gets everything when it reads on`, async (t) => {
    const backend = await startSocketBackend(t, () => undefined)
    const limits = { lookEveryMs: 300, beatEveryMs: 300 }
    const { world } = await openSocketWorld(t, backend.origin, { limits })
    const socket = opened(await openSocket(world))
    const { poured, behind, seen } = flood(socket, side, backend)
    await settled(t, poured)
    // Five beats.
    await wait(1500)
    behind.resume()
    while (poured.taken < PIECES && seen.socket.readyState === seen.socket.OPEN) await wait(20)
    if (side === 'backend') socket.close({ code: 1000, reason: 'all' })
    else seen.socket.close(1000, 'all')
    assert.deepEqual(await seen.closed, [1000, 'all'])
    if (side === 'backend') assert.equal(seen.heard.length, PIECES)
    else assert.deepEqual(await hearAll(socket), [PIECES, { code: 1000, sealed: { code: 1000, reason: 'all' } }])
  })

for (const side of ['client', 'backend'] as const)
  test(`a ${side} that never reads again is closed with 1013, beats or not`, async (t) => {
    const backend = await startSocketBackend(t, () => undefined)
    const limits = { lookEveryMs: 300, beatEveryMs: 300, stuckMs: 1500, closeWithinMs: 300 }
    const { world, events } = await openSocketWorld(t, backend.origin, { limits })
    const socket = opened(await openSocket(world))
    const { seen } = flood(socket, side, backend)
    if (side === 'client') assert.deepEqual(await seen.closed, [1013, ''])
    else assert.deepEqual((await hearAll(socket))[1], { code: 1000, sealed: { code: 1013, reason: '' } })
    const end = events.find((event) => event.type === 'gateway-socket-ended')
    assert.deepEqual([end?.closeCode, end?.by], [1013, 'server'])
  })

/** One side sends, and the other reads nothing. */
function flood({ raw, cipher }: SealedSocket, side: 'client' | 'backend', { sockets }: SocketBackend) {
  const [seen] = sockets
  assert.ok(seen)
  const behind = side === 'client' ? raw.socket : seen.socket
  behind.pause()
  const poured =
    side === 'client' ? pour(seen.socket, () => PIECE) : pour(raw.socket, () => cipher.seal('binary', PIECE) ?? PIECE)
  return { poured, behind, seen }
}
