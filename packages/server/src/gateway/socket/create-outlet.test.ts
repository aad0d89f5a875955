import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { createOutlet, createRoom } from './create-outlet.ts'
import { createSocketPair } from './socket-pair-fixture.ts'

const PIECE = new Uint8Array(500_000)

test('what waits is given back to the room, whether it was sent or not', async (t) => {
  const [{ server: to, client }, { server: from }] = [await createSocketPair(t), await createSocketPair(t)]
  const room = createRoom(10 * PIECE.length)
  const outlet = createOutlet({ to, from, room, highWaterBytes: 1_000_000, elapsed: () => 0 })
  client.pause()
  for (let piece = 0; piece < 10; piece++) assert.ok(outlet.send(PIECE, true))
  assert.equal(outlet.send(PIECE, true), false)
  assert.ok(from.isPaused)
  const ended = once(to, 'close')
  to.terminate()
  await ended
  assert.ok(room.take(10 * PIECE.length))
})

test('a source that was held up goes on when half of it is gone', async (t) => {
  const [{ server: to, client }, { server: from }] = [await createSocketPair(t), await createSocketPair(t)]
  const outlet = createOutlet({ to, from, room: createRoom(1e9), highWaterBytes: 1_000_000, elapsed: () => 0 })
  client.pause()
  for (let piece = 0; piece < 40; piece++) outlet.send(PIECE, true)
  assert.ok(from.isPaused)
  client.resume()
  for (let piece = 0; piece < 40; piece++) await once(client, 'message')
  assert.ok(!from.isPaused)
})

test('waiting is counted from when something waits, and from the last that went', async (t) => {
  const [{ server: to, client }, { server: from }] = [await createSocketPair(t), await createSocketPair(t)]
  let at = 0
  const outlet = createOutlet({ to, from, room: createRoom(1e9), highWaterBytes: 1000, elapsed: () => at })
  at = 50
  assert.equal(outlet.waitingMs(), 0)
  outlet.send(PIECE, true)
  at = 80
  assert.equal(outlet.waitingMs(), 30)
  await once(client, 'message')
  while (from.isPaused) await new Promise(setImmediate)
  assert.equal(outlet.waitingMs(), 0)
})
