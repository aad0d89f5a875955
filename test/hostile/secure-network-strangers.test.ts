import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { refusalOf, resultOf } from '../flows/secure-call-world.ts'
import { joined, openHostileWorld, partsOf } from './secure-network-world.ts'

const AT_ONCE = 32

/** Sends so many messages, some at once. */
async function flood(count: number, send: (n: number) => Promise<unknown>): Promise<void> {
  for (let n = 0; n < count; n += AT_ONCE)
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - n) }, (_, more) => send(n + more)))
}

test('a flood of made-up users, versions, apps and suites asks WeChat nothing, and a good call passes through it', async (t) => {
  const world = await openHostileWorld(t)
  const { client, wxAppid, phone, simulator } = world
  const key = await world.key()
  resultOf(await client.call({ target: 'f:who', key }))
  const asked = simulator.control.calls.count()
  const subject = `${wxAppid}:${phone.openid}`
  const odd = [
    `${wxAppid}:`,
    `:${phone.openid}`,
    ':',
    '',
    wxAppid,
    `${subject} `,
    `${wxAppid}:@code`,
    `${wxAppid}::`,
    '*:*',
  ]
  const codes = new Set<string>()
  await flood(400, async (n) => {
    const made = [
      { subject: `${wxAppid}:o${randomBytes(12).toString('hex')}` },
      { subject: odd[n % odd.length] ?? '' },
      { key: { ...key, version: key.version + 2 + n * 1000 } },
      { key: { ...key, version: (2 ** 32 - 1 - n) >>> 0 } },
      { appId: `__UNI__${n}` },
      { appId: '*' },
    ][n % 6]
    codes.add(refusalOf(await client.call({ target: 'f:who', key, ...made })))
  })
  assert.equal(simulator.control.calls.count(), asked)
  assert.ok(
    [...codes].every((code) => /^plain (60201|60202|70006|70007|70009|60101)$/.test(code)),
    [...codes].join(),
  )
  resultOf(await client.call({ target: 'f:who', key }))
})

test('who knows a victim’s openid costs WeChat two questions a minute and not one more, from however many calls at once', async (t) => {
  // The clock stands: the minute lasts as long as the test.
  const at = Date.now()
  const world = await openHostileWorld(t, {}, { now: () => at })
  const { client, simulator } = world
  const key = await world.key()
  resultOf(await client.call({ target: 'f:who', key, ts: at }))
  const asked = simulator.control.calls.count()
  const forged = { ...key, encryptKey: randomBytes(16).toString('base64') }
  await flood(300, async (n) => {
    const reply = await client.call({ target: 'f:who', key: { ...forged, version: key.version + (n % 30) } })
    assert.match(refusalOf(reply), /^plain (70004|70007|70009)$/)
  })
  assert.ok(simulator.control.calls.count() - asked <= 2)
  // The victim calls on meanwhile.
  resultOf(await client.call({ target: 'f:who', key, ts: at }))
})

test('who spends a victim’s questions holds up his next key for a minute at most, however long he goes on', async (t) => {
  const world = await openHostileWorld(t)
  const { client, wxAppid, phone, simulator } = world
  const key = await world.key()
  const forged = { ...key, encryptKey: randomBytes(16).toString('base64') }
  const spend = (): Promise<void> =>
    flood(20, async (n) => {
      const ahead = { ...forged, version: key.version + 1 + (n % 4) }
      await client.call({ target: 'f:who', key: ahead, ts: world.now() })
    })
  resultOf(await client.call({ target: 'f:who', key, ts: world.now() }))
  await spend()
  const fresh = simulator.control.userKeys.push({ appid: wxAppid, openid: phone.openid })
  const reply = await client.call({ target: 'f:who', key: fresh, ts: world.now() })
  assert.equal(refusalOf(reply), 'plain 70009')
  resultOf(await client.call({ target: 'f:who', key, ts: world.now() }))
  world.advance(61_000)
  await spend()
  resultOf(await client.call({ target: 'f:who', key: fresh, ts: world.now() }))
})

test('a user whose key nobody had asked for costs one question, however many strangers name him', async (t) => {
  const world = await openHostileWorld(t)
  const { client, simulator } = world
  const key = await world.key()
  const asked = simulator.control.calls.count()
  const forged = { ...key, encryptKey: randomBytes(16).toString('base64') }
  await flood(200, async () => {
    assert.equal(refusalOf(await client.call({ target: 'f:who', key: forged })), 'plain 70004')
  })
  // The access token, and the keys.
  assert.ok(simulator.control.calls.count() - asked <= 2)
  assert.equal(world.keysAsked(), 1)
  resultOf(await client.call({ target: 'f:who', key }))
})

test('the replay memory takes nothing from strangers: more junk than it holds leaves room for the next call', async (t) => {
  // The memory of this server holds 2,867 messages; once it is half full, who has had 600 of it gets no more.
  const world = await openHostileWorld(t)
  const { client, spaceId, server } = world
  const key = await world.key()
  const call = client.seal({ target: 'f:who', key })
  const parts = partsOf(call.bytes)
  const headers = { 'content-type': call.contentType, 'x-drawbridge-space': spaceId }
  resultOf(await client.call({ target: 'f:who', key }))
  await flood(1500, async () => {
    const junk = joined({ ...parts, tag: randomBytes(16) })
    assert.equal((await client.post(junk, headers)).status, 403)
  })
  resultOf(await client.send(call))
  assert.equal(refusalOf(await client.send(call)), 'sealed 70004', 'and it remembers')
  // Nor does it take what is authentic and late, or for another space.
  const useless = [{ ts: Date.now() - 300_000 }, { inside: { spaceId: 'other-space' } }]
  for (const each of useless)
    await flood(1500, async () => {
      const { bytes } = client.seal({ target: 'f:who', key, ...each })
      assert.equal((await client.post(bytes, headers)).status, 200)
    })
  resultOf(await client.call({ target: 'f:who', key }))
  assert.ok(!server.verdicts.some(({ reason }) => reason === 'the replay memory is full'))
})

test('a legitimate user who floods has his share of the memory, and the others theirs', async (t) => {
  const world = await openHostileWorld(t)
  const { client, wxAppid, simulator, server } = world
  const key = await world.key()
  const replies = new Map<string, number>()
  await flood(2200, async () => {
    // What costs least: refused by the target's policy or not, a message that was taken stays taken.
    const reply = await client.call({ target: 'f:nobody', key })
    const told = refusalOf(reply)
    replies.set(told, (replies.get(told) ?? 0) + 1)
  })
  assert.deepEqual([...replies.keys()].sort(), ['sealed 50000', 'sealed 80701'])
  assert.ok((replies.get('sealed 80701') ?? 0) < 1600)
  assert.ok(server.verdicts.some(({ reason }) => reason === 'the replay memory is full'))
  const bob = simulator.phone({ appid: wxAppid, user: 'bob' })
  await world.logIn(bob.openid)
  const bobs = simulator.control.userKeys.latest({ appid: wxAppid, openid: bob.openid })
  resultOf(await client.call({ target: 'f:who', key: bobs, subject: `${wxAppid}:${bob.openid}` }))
})
