import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { createPulse } from './create-pulse.ts'
import { createSocketPair } from './socket-pair-fixture.ts'

test('who answers no ping is dead at the third beat, and who answers lives', async (t) => {
  const { client, server } = await createSocketPair(t)
  const pulse = createPulse(server, () => false)
  for (let beat = 0; beat < 5; beat++) {
    const answered = once(server, 'pong')
    assert.ok(pulse.beat())
    await answered
  }
  client.pause()
  assert.deepEqual([pulse.beat(), pulse.beat(), pulse.beat()], [true, true, false])
})

test('for whom something waits is not dead, and has two more pings to answer when nothing does', async (t) => {
  const { client, server } = await createSocketPair(t)
  let isBehind = false
  const pulse = createPulse(server, () => isBehind)
  client.pause()
  assert.deepEqual([pulse.beat(), pulse.beat()], [true, true])
  isBehind = true
  for (let beat = 0; beat < 5; beat++) assert.ok(pulse.beat())
  isBehind = false
  assert.deepEqual([pulse.beat(), pulse.beat(), pulse.beat()], [true, true, false])
})

test('from whom nothing is read nothing is expected', async (t) => {
  const { client, server } = await createSocketPair(t)
  const pulse = createPulse(server, () => false)
  client.pause()
  server.pause()
  for (let beat = 0; beat < 5; beat++) assert.ok(pulse.beat())
})
