import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KEY_PATH, openSecureWorld, refusalOf, resultOf } from './secure-call-world.ts'
import type { SecureWorld } from './secure-call-world.ts'

const echo = { target: 'f:echo', data: { a: 1 } } as const

async function calls({ client }: SecureWorld, key: Awaited<ReturnType<SecureWorld['key']>>, ts?: number) {
  return client.call({ ...echo, key, ...(ts !== undefined && { ts }) })
}

test('a hundred calls of a user cost one question to WeChat, also when they come at once', async (t) => {
  const world = await openSecureWorld(t)
  const key = await world.key()
  const replies = await Promise.all(Array.from({ length: 20 }, () => calls(world, key)))
  for (const reply of replies) resultOf(reply)
  for (let n = 0; n < 80; n++) resultOf(await calls(world, key))
  assert.equal(world.keysAsked(), 1)
})

test('three versions that live are all good, and each call is answered with its own', async (t) => {
  const world = await openSecureWorld(t)
  const { control } = world.simulator
  const ref = { appid: world.wxAppid, openid: world.phone.openid }
  const keys = [control.userKeys.latest(ref), control.userKeys.push(ref), control.userKeys.push(ref)]
  for (const key of keys) resultOf(await calls(world, key))
  assert.equal(world.keysAsked(), 1)
})

test('a new version costs one question; an old one ends five minutes after its hour', async (t) => {
  const world = await openSecureWorld(t)
  const first = await world.key()
  resultOf(await calls(world, first, world.now()))
  world.advance(3_600_000 + 290_000)
  resultOf(await calls(world, first, world.now()))
  world.advance(20_000)
  assert.equal(refusalOf(await calls(world, first, world.now())), 'plain 70009')
  const second = await world.key()
  assert.equal(second.version, first.version + 1)
  resultOf(await calls(world, second, world.now()))
  assert.equal(world.keysAsked(), 2)
  // WeChat still lists it, as ended.
  assert.equal(refusalOf(await calls(world, first, world.now())), 'plain 70009')
})

test('a version that WeChat lists as ended long ago is refused by a server that never saw it alive', async (t) => {
  const world = await openSecureWorld(t)
  const old = await world.key()
  world.advance(4 * 3_600_000)
  const fresh = await world.key()
  resultOf(await calls(world, fresh, world.now()))
  assert.equal(refusalOf(await calls(world, old, world.now())), 'plain 70009')
  assert.equal(world.keysAsked(), 1)
})

test('what a stranger makes up costs no question to WeChat', async (t) => {
  const world = await openSecureWorld(t)
  const { client, phone, wxAppid } = world
  const key = await world.key()
  resultOf(await calls(world, key))
  const asked = world.simulator.control.calls.count()
  const subject = `${wxAppid}:${phone.openid}`
  const rows: readonly (readonly [change: object, refusal: string])[] = [
    [{ subject: `${wxAppid}:made-up-openid` }, 'plain 70007'],
    [{ subject: wxAppid }, 'plain 60202'],
    [{ subject: `${wxAppid}:` }, 'plain 70006'],
    [{ subject: `${wxAppid}: ${phone.openid}` }, 'plain 70006'],
    [{ subject: `wx2222222222222222:${phone.openid}` }, 'plain 60202'],
    [{ appId: '__UNI__OTHER' }, 'plain 60201'],
    [{ appId: '' }, 'plain 60101'],
    [{ device: '' }, 'plain 60102'],
    [{ key: { ...key, version: key.version + 1000 } }, 'plain 70009'],
    [{ key: { ...key, version: 0 } }, 'plain 70009'],
    [{ subject, key: { ...key, encryptKey: Buffer.alloc(16).toString('base64') } }, 'plain 70004'],
  ]
  for (const [change, refusal] of rows)
    assert.equal(refusalOf(await client.call({ ...echo, key, ...change })), refusal, JSON.stringify(change))
  assert.equal(world.simulator.control.calls.count(), asked)
})

test('a next version that nobody has costs two questions a minute and no more', async (t) => {
  const world = await openSecureWorld(t)
  const key = await world.key()
  resultOf(await calls(world, key))
  for (let n = 1; n <= 20; n++) {
    const made = { ...key, version: key.version + n }
    assert.equal(refusalOf(await world.client.call({ ...echo, key: made })), 'plain 70009')
  }
  assert.equal(world.keysAsked(), 2)
})

test('a user whose session is taken away is refused within a minute, and comes back by a login', async (t) => {
  const world = await openSecureWorld(t)
  const key = await world.key()
  resultOf(await calls(world, key, world.now()))
  const app = world.server.bridge.apps.resolve(world.appId, 'weixin-mp')
  await world.server.bridge.remove({ kind: 'session_key', app, openid: world.phone.openid })
  world.advance(31_000)
  assert.equal(refusalOf(await calls(world, key, world.now())), 'plain 70007')
  await world.logIn()
  resultOf(await calls(world, key, world.now()))
})

test('a key that is taken away is refused within a minute', async (t) => {
  const world = await openSecureWorld(t)
  const key = await world.key()
  resultOf(await calls(world, key, world.now()))
  const app = world.server.bridge.apps.resolve(world.appId, 'weixin-mp')
  const { openid } = world.phone
  await world.server.bridge.set(
    { kind: 'encrypt_key', app, openid, version: key.version },
    { encrypt_key: Buffer.alloc(16, 1).toString('base64'), iv: '0123456789abcdef' },
    3600,
  )
  world.advance(31_000)
  assert.equal(refusalOf(await calls(world, key, world.now())), 'plain 70004')
})

test('WeChat away: who has a key goes on, who has none is told 70007, and nobody waits for ever', async (t) => {
  const world = await openSecureWorld(t)
  const key = await world.key()
  resultOf(await calls(world, key, world.now()))
  world.simulator.control.failures.inject({ kind: 'system-busy', path: KEY_PATH })
  resultOf(await calls(world, key, world.now()))
  const bob = world.simulator.phone({ appid: world.wxAppid, user: 'bob' })
  await world.logIn(bob.openid)
  const bobsKey = world.simulator.control.userKeys.latest({ appid: world.wxAppid, openid: bob.openid })
  const bobs = { ...echo, key: bobsKey, subject: `${world.wxAppid}:${bob.openid}` }
  assert.equal(refusalOf(await world.client.call({ ...bobs, ts: world.now() })), 'plain 70007')
  world.simulator.control.failures.clear()
  world.advance(90_000)
  resultOf(await world.client.call({ ...bobs, ts: world.now() }))
})

const dead: readonly (readonly [errcode: number, refusal: string])[] = [
  [87007, 'plain 70007'],
  [87009, 'plain 70007'],
  [40003, 'plain 70005'],
  [45009, 'plain 70007'],
]
for (const [errcode, refusal] of dead)
  test(`when WeChat answers ${errcode}, the client is told ${refusal}`, async (t) => {
    const world = await openSecureWorld(t)
    world.simulator.control.failures.inject({ kind: 'errcode', errcode, path: KEY_PATH })
    assert.equal(refusalOf(await calls(world, await world.key())), refusal)
  })
