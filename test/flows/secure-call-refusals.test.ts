import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openSecureWorld, refusalOf, resultOf } from './secure-call-world.ts'

const echo = { target: 'f:echo', data: { a: 1 } } as const

test('a message is taken once, in every mode and form', async (t) => {
  const { client, key, server } = await openSecureWorld(t)
  const phoneKey = await key()
  for (const secretType of ['none', 'request', 'response', 'both'] as const)
    for (const form of ['binary', 'json'] as const) {
      const call = client.seal({ ...echo, key: phoneKey, secretType, form })
      resultOf(await client.send(call))
      assert.equal(refusalOf(await client.send(call)), 'sealed 70004')
    }
  assert.equal(server.verdicts.filter(({ reason }) => reason === 'the same message came before').length, 8)
})

test('a hundred copies at once run once', async (t) => {
  const { client, key } = await openSecureWorld(t)
  const call = client.seal({ ...echo, key: await key() })
  const replies = await Promise.all(Array.from({ length: 100 }, () => client.send(call)))
  assert.equal(replies.filter((reply) => reply.sealed && 'result' in reply).length, 1)
})

test('a clock that is off is told the server’s under seal, and the next call with it is good', async (t) => {
  const { client, key, now } = await openSecureWorld(t)
  const phoneKey = await key()
  for (const offMs of [-600_000, -121_000, 61_500, 600_000]) {
    const ts = now() + offMs
    const reply = await client.call({ ...echo, key: phoneKey, ts })
    assert.equal(refusalOf(reply), 'sealed 70001', String(offMs))
    assert.ok(reply.sealed && 'error' in reply && reply.error.serverTime !== undefined)
    const offset = reply.error.serverTime - ts
    resultOf(await client.call({ ...echo, key: phoneKey, ts: now() + offMs + offset }))
  }
  for (const offMs of [-115_000, 55_000]) resultOf(await client.call({ ...echo, key: phoneKey, ts: now() + offMs }))
})

test('what was sealed before the server began is refused as late: it may have been taken by the one before', async (t) => {
  const bootedAt = Date.now() + 1000
  const { client, key } = await openSecureWorld(t, {}, { bootedAt })
  const phoneKey = await key()
  assert.equal(refusalOf(await client.call({ ...echo, key: phoneKey, ts: bootedAt - 1 })), 'sealed 70001')
  resultOf(await client.call({ ...echo, key: phoneKey, ts: bootedAt }))
})

test('an app, a device or a space that is another inside than outside is refused under seal', async (t) => {
  const { client, key } = await openSecureWorld(t)
  const phoneKey = await key()
  const rows: readonly (readonly [inside: Readonly<Record<string, unknown>>, refusal: string])[] = [
    [{ clientInfo: { appId: '__UNI__OTHER', osName: 'ios' } }, 'sealed 70002'],
    [{ clientInfo: { deviceId: 'device-2' } }, 'sealed 70003'],
    [{ clientInfo: { deviceId: 7 } }, 'sealed 70003'],
    [{ spaceId: 'other-space' }, 'sealed 70004'],
    [{ spaceId: undefined }, 'sealed 80501'],
    [{ data: 'x' }, 'sealed 80501'],
    [{ more: 1 }, 'sealed 80501'],
  ]
  for (const [inside, refusal] of rows)
    for (const secretType of ['none', 'both'] as const)
      assert.equal(refusalOf(await client.call({ ...echo, key: phoneKey, secretType, inside })), refusal)
})

test('the space of the header alone moves no call to another space', async (t) => {
  const { client, key } = await openSecureWorld(t)
  const call = client.seal({ ...echo, key: await key() })
  const headers = { 'content-type': call.contentType, 'x-drawbridge-space': 'other-space' }
  const moved = await client.post(call.bytes, headers)
  assert.equal(moved.headers.get('content-type'), call.contentType)
  resultOf(await client.send(client.seal({ ...echo, key: await key() })))
  const nowhere = await client.post(call.bytes, { ...headers, 'x-drawbridge-space': 'nowhere' })
  assert.equal(((await nowhere.json()) as { errCode: number }).errCode, 81101)
})

test('whatever was changed on the way, the answer is the same to the byte', async (t) => {
  const { client, key, server } = await openSecureWorld(t)
  const phoneKey = await key()
  resultOf(await client.call({ ...echo, key: phoneKey }))
  const answers = new Set<string>()
  for (const secretType of ['none', 'both'] as const) {
    const call = client.seal({ ...echo, key: phoneKey, secretType })
    const head = call.sent.header
    // From the timestamp on: before it the header says which key and suite, and those refusals are others.
    const from = 2 + 4 + 5 + 1 + head.keyId.length
    for (let place = from; place < call.bytes.length; place += 7) {
      const bytes = Buffer.from(call.bytes)
      bytes[place] = (bytes[place] ?? 0) ^ 1
      const reply = await client.send(call, bytes)
      assert.ok(!reply.sealed && 'error' in reply, `byte ${place}`)
      const { errCode } = reply.error
      // Bytes of appId and subject name another app or user.
      if (errCode === 70004) answers.add(`${reply.status} ${JSON.stringify(reply.error)}`)
      else assert.ok([60201, 60202, 70006, 70007].includes(Number(errCode)), `byte ${place}: ${errCode}`)
    }
    for (const cut of [0, 1, 2, 40, call.bytes.length - 1]) {
      const reply = await client.send(call, call.bytes.subarray(0, cut))
      assert.ok(!reply.sealed)
      answers.add(`${reply.status} ${JSON.stringify(reply.error)}`)
    }
  }
  assert.deepEqual(
    [...answers],
    ['403 {"errCode":70004,"errSubject":"uni-secure-network","errMsg":"The client could not be verified."}'],
  )
  assert.ok(server.verdicts.some(({ reason }) => reason === 'the envelope does not open with the key that it names'))
})

test('a suite that the platform may not use is refused', async (t) => {
  const { client, key } = await openSecureWorld(t, { suites: { 'mp-weixin': [2] } })
  const phoneKey = await key()
  resultOf(await client.call({ ...echo, key: phoneKey, suite: 2 }))
  assert.equal(refusalOf(await client.call({ ...echo, key: phoneKey, suite: 1 })), 'plain 70004')
})

test('with the secure network off an envelope is refused, and plain calls run', async (t) => {
  const { client, key, spaceId, server } = await openSecureWorld(t, { mode: 'off', guards: 'all' })
  assert.equal(refusalOf(await client.call({ ...echo, key: await key() })), 'plain 60200')
  assert.equal((await client.plain({ spaceId, ...echo })).status, 200)
  assert.deepEqual(
    server.verdicts.map(({ code, outcome }) => `${outcome} ${String(code)}`),
    ['refused SECURE_NETWORK_OFF', 'admitted undefined'],
  )
})

test('an address that asks too often is refused before anything is opened', async (t) => {
  const { client, key, server } = await openSecureWorld(t, {}, { clientsPerMinute: 3 })
  const phoneKey = await key()
  for (let n = 0; n < 3; n++) resultOf(await client.call({ ...echo, key: phoneKey }))
  const reply = await client.call({ ...echo, key: phoneKey })
  assert.ok(!reply.sealed)
  assert.equal(reply.status, 429)
  assert.ok(Number(reply.headers.get('retry-after')) > 0)
  assert.equal(server.verdicts.length, 3)
})

test('nothing of a call or a key is in the log or the verdicts', async (t) => {
  const { client, key, server } = await openSecureWorld(t)
  const phoneKey = await key()
  const secret = 'a-secret-in-the-call'
  const inside = { uniIdToken: `${secret}-token` }
  resultOf(await client.call({ target: 'f:echo', data: { secret }, key: phoneKey, inside }))
  await client.call({ target: 'f:fails', data: { secret }, key: phoneKey, inside })
  await client.call({ target: 'f:pay', data: { secret }, key: { ...phoneKey, version: 99 }, inside })
  const told = JSON.stringify([server.lines, server.verdicts])
  for (const each of [secret, phoneKey.encryptKey, phoneKey.iv]) assert.ok(!told.includes(each))
})
