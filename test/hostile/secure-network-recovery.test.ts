import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { refusalOf, resultOf } from '../flows/secure-call-world.ts'
import type { SecureWorld } from '../flows/secure-call-world.ts'
import { openHostileWorld } from './secure-network-world.ts'

const slow = { target: 'f:slow', data: { ms: 1500 } } as const

/** Comes back when the slow call has been admitted and runs. */
async function isRunning({ server }: SecureWorld): Promise<void> {
  for (let n = 0; n < 600 && !server.verdicts.some(({ target }) => target === slow.target); n++) await wait(20)
}

test('a key that is exchanged in the midst of a call: the reply comes under the key of its request', async (t) => {
  const world = await openHostileWorld(t)
  const { client, wxAppid, phone, simulator } = world
  const old = await world.key()
  resultOf(await client.call({ target: 'f:who', key: old }))
  const running = client.call({ ...slow, key: old })
  await isRunning(world)
  const fresh = simulator.control.userKeys.push({ appid: wxAppid, openid: phone.openid })
  assert.equal(fresh.version, old.version + 1)
  // The new key is taken while the call with the old one runs, and the old one still is.
  resultOf(await client.call({ target: 'f:who', key: fresh }))
  resultOf(await client.call({ target: 'f:who', key: old }))
  assert.equal(resultOf(await running), 'slow')
  assert.equal(world.keysAsked(), 2)
})

test('a user who is taken out in the midst of a call gets its reply, and no other; a login brings him back', async (t) => {
  const world = await openHostileWorld(t)
  const { client, phone, server } = world
  const key = await world.key()
  resultOf(await client.call({ target: 'f:who', key, ts: world.now() }))
  const running = client.call({ ...slow, key, ts: world.now() })
  await isRunning(world)
  const app = server.bridge.apps.resolve(world.appId, 'weixin-mp')
  await server.bridge.remove({ kind: 'session_key', app, openid: phone.openid })
  world.advance(31_000)
  assert.equal(refusalOf(await client.call({ target: 'f:who', key, ts: world.now() })), 'plain 70007')
  assert.equal(resultOf(await running), 'slow')
  await world.logIn()
  resultOf(await client.call({ target: 'f:who', key, ts: world.now() }))
})

test('a stale client, three keys behind, is told 70009 and nothing of the others; the newest key is good at once', async (t) => {
  const world = await openHostileWorld(t)
  const { client, wxAppid, phone, simulator } = world
  const stale = await world.key()
  const ref = { appid: wxAppid, openid: phone.openid }
  const [second, third, fourth] = [1, 2, 3].map(() => simulator.control.userKeys.push(ref))
  assert.ok(second && third && fourth)
  resultOf(await client.call({ target: 'f:who', key: fourth }))
  const reply = await client.call({ target: 'f:who', key: stale })
  assert.equal(refusalOf(reply), 'plain 70009')
  assert.doesNotMatch(JSON.stringify(reply), new RegExp(`\\b${fourth.version}\\b`))
  for (const key of [second, third, fourth]) resultOf(await client.call({ target: 'f:who', key }))
  assert.equal(world.keysAsked(), 1)
})
