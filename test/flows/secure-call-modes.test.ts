import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openSecureWorld, refusalOf, resultOf } from './secure-call-world.ts'

const modes = ['none', 'request', 'response', 'both'] as const
const PLAIN_WORD = 'a word that stands in the call'

test('a call in every mode, form and suite reaches its function, which is told the mode', async (t) => {
  const { client, key, appId } = await openSecureWorld(t)
  const phoneKey = await key()
  for (const secretType of modes)
    for (const form of ['binary', 'json'] as const)
      for (const suite of [1, 2] as const) {
        const reply = await client.call({
          target: 'f:echo',
          data: { 文: '"1"' },
          key: phoneKey,
          secretType,
          form,
          suite,
        })
        assert.deepEqual(resultOf(reply), {
          event: { 文: '"1"' },
          secretType,
          appId,
          deviceId: 'device-1',
          source: 'client',
          platform: 'mp-weixin',
        })
      }
})

test('what is encrypted is not on the wire, nor is anything of the user', async (t) => {
  const { client, key, phone } = await openSecureWorld(t)
  const inside = { uniIdToken: 'the-token-of-the-user' }
  const call = client.seal({ target: 'f:echo', data: { word: PLAIN_WORD }, key: await key(), inside })
  const response = await client.post(call.bytes, {
    'content-type': call.contentType,
    'x-drawbridge-space': 'secure-space',
  })
  const wires = [call.bytes.toString('latin1'), Buffer.from(await response.arrayBuffer()).toString('latin1')]
  for (const wire of wires)
    for (const secret of [PLAIN_WORD, 'the-token-of-the-user', 'uniPlatform']) assert.ok(!wire.includes(secret), secret)
  assert.ok(phone.openid !== '')
  const reply = await client.send(client.seal({ target: 'f:echo', key: await key(), inside }))
  assert.equal((resultOf(reply) as { token: string }).token, 'the-token-of-the-user')
})

test('a padded call is answered by a padded reply', async (t) => {
  const { client, key } = await openSecureWorld(t)
  const reply = await client.call({ target: 'f:echo', data: { a: 1 }, key: await key(), padded: true })
  assert.deepEqual((resultOf(reply) as { event: unknown }).event, { a: 1 })
})

test('an object is called by the method that its target names', async (t) => {
  const { client, key } = await openSecureWorld(t)
  const call = { key: await key(), target: 'o:todo/add', data: { params: ['milk'] } }
  assert.deepEqual(resultOf(await client.call(call)), { title: 'milk', secretType: 'both' })
  const same = { ...call, data: { method: 'add', params: ['milk'] } }
  assert.deepEqual(resultOf(await client.call(same)), { title: 'milk', secretType: 'both' })
  const wrong: readonly (readonly [target: string, data: object])[] = [
    ['o:todo/add', { method: '_private', params: [] }],
    ['f:todo', { method: 'add', params: [] }],
    ['o:echo/main', {}],
    ['db:', {}],
    ['echo', {}],
  ]
  for (const [target, data] of wrong)
    assert.equal(refusalOf(await client.call({ key: call.key, target, data })), 'sealed 70004', target)
  const hidden = await client.call({ key: call.key, target: 'o:todo/_private' })
  assert.equal((resultOf(hidden) as { errCode: string }).errCode, 'METHOD_NOT_FOUND')
  for (const target of ['f:nobody', 'h:GET /nowhere'])
    assert.equal(refusalOf(await client.call({ key: call.key, target })), 'sealed 80701')
})

test('a returned error is a result; what a function throws is told by a code, under seal', async (t) => {
  const { client, key } = await openSecureWorld(t)
  const phoneKey = await key()
  assert.deepEqual(resultOf(await client.call({ target: 'f:refuse', key: phoneKey })), {
    errCode: 'shop-sold-out',
    errMsg: 'sold out',
  })
  const thrown = await client.call({ target: 'f:fails', key: phoneKey })
  assert.equal(refusalOf(thrown), 'sealed 80703')
  assert.ok(!JSON.stringify(thrown).includes('shelf'))
  assert.equal(refusalOf(await client.call({ target: 'f:large', key: phoneKey })), 'sealed 80710')
})

test('a plain call at the same place is answered in clear', async (t) => {
  const { client, spaceId } = await openSecureWorld(t)
  const body = { spaceId, target: 'f:echo', data: { a: 1 }, clientInfo: { appId: '__UNI__ANY', secret: 1 } }
  const { status, json } = await client.plain(body)
  assert.equal(status, 200)
  assert.deepEqual(json['result'], {
    event: { a: 1 },
    secretType: 'none',
    appId: '__UNI__ANY',
    source: 'client',
  })
  const wrong: readonly (readonly [body: unknown, status: number, errCode: number])[] = [
    [{ ...body, target: 'f:nobody' }, 404, 80701],
    [{ ...body, target: 'nobody' }, 400, 80501],
    [{ ...body, data: 'x' }, 400, 80501],
    [{ ...body, more: 1 }, 400, 80501],
    [{ ...body, spaceId: 'nowhere' }, 404, 81101],
    [{ ...body, target: 'f:fails' }, 500, 80703],
  ]
  for (const [each, expected, errCode] of wrong) {
    const refused = await client.plain(each)
    assert.deepEqual([refused.status, refused.json['errCode']], [expected, errCode], JSON.stringify(each))
    assert.ok(!JSON.stringify(refused.json).includes('shelf'))
  }
})

test('pages may call from the origins of their space alone', async (t) => {
  const { client, server, key } = await openSecureWorld(t)
  const { bytes, contentType } = client.seal({ target: 'f:echo', key: await key() })
  const headers = { 'content-type': contentType, 'x-drawbridge-space': 'secure-space' }
  const good = await client.post(bytes, { ...headers, origin: 'https://shop.example.com' })
  assert.equal(good.status, 200)
  assert.equal(good.headers.get('access-control-allow-origin'), 'https://shop.example.com')
  const bad = await client.post(bytes, { ...headers, origin: 'https://evil.example.com' })
  assert.equal(bad.status, 403)
  assert.equal(bad.headers.get('access-control-allow-origin'), null)
  const asked = await fetch(`${server.endpoint}/v1/call`, {
    method: 'OPTIONS',
    headers: { origin: 'https://shop.example.com', 'access-control-request-method': 'POST' },
  })
  assert.equal(asked.status, 204)
  assert.match(asked.headers.get('access-control-allow-headers') ?? '', /x-drawbridge-space/)
})
