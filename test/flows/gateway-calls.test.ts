import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { openClientWorld } from './client-world.ts'
import { gatewayTo, routeTo, startBackend } from './gateway-backend.ts'
import type { Backend } from './gateway-backend.ts'
import { openSecureWorld, refusalOf, resultOf } from './secure-call-world.ts'

function echo(t: TestContext): Promise<Backend> {
  return startBackend(t, ({ method, url, body, headers }, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ method, url, body: body.toString(), openid: headers['x-drawbridge-openid'] }))
  })
}

const noRules = { guards: 'rules', rules: {} } as const

test('a sealed call reaches the backend in clear, says who calls, and comes back sealed', async (t) => {
  const backend = await echo(t)
  const { client, key, phone, appId, wxAppid } = await openSecureWorld(t, noRules, gatewayTo(backend.origin))
  const data = {
    query: 'page=2',
    header: { 'content-type': 'text/plain', 'x-drawbridge-openid': 'victim' },
    body: '茶',
  }
  for (const secretType of ['none', 'request', 'response', 'both'] as const)
    for (const form of ['binary', 'json'] as const) {
      const target = 'h:POST /orders/1'
      const reply = await client.call({ target, data, key: await key(), secretType, form })
      const { status, body } = resultOf(reply) as { readonly status: number; readonly body: string }
      assert.equal(status, 200)
      assert.deepEqual(JSON.parse(body), {
        method: 'POST',
        url: '/orders/1?page=2',
        body: '茶',
        openid: phone.openid,
      })
      const { headers, signed } = backend.seen.at(-1) ?? {}
      assert.ok(signed)
      assert.equal(headers?.['x-drawbridge-app'], appId)
      assert.equal(headers['x-drawbridge-wx-appid'], wxAppid)
      assert.equal(headers['x-drawbridge-platform'], 'mp-weixin')
      assert.equal(headers['x-drawbridge-version'], 'production')
      assert.equal(headers['x-drawbridge-secret-type'], secretType)
    }
  assert.equal(backend.seen.length, 8)
})

test('our own client requests a route, in clear words on both ends and in none between them', async (t) => {
  const backend = await echo(t)
  const world = await openClientWorld(t, noRules, gatewayTo(backend.origin))
  await world.openSession()
  const app = world.app()
  await app.initSecureNetworkByWeixin({ openid: world.phone.openid })
  const { statusCode, data } = await app.request({
    url: '/orders/1?page=2',
    method: 'PUT',
    data: { word: 'plaintext-marker' },
    secretType: 'both',
  })
  assert.equal(statusCode, 200)
  const told = data as { readonly body: string; readonly url: string; readonly openid: string }
  assert.deepEqual(JSON.parse(told.body), { word: 'plaintext-marker' })
  assert.equal(told.url, '/orders/1?page=2')
  assert.equal(told.openid, world.phone.openid)
  assert.ok(world.captured.length > 0)
  assert.ok(world.captured.every(({ sent, received }) => !`${sent}${received}`.includes('plaintext-marker')))
})

test('a request that was heard and sent again reaches the backend once', async (t) => {
  const backend = await echo(t)
  const { client, key } = await openSecureWorld(t, noRules, gatewayTo(backend.origin))
  const call = client.seal({ target: 'h:POST /orders/1', data: { body: 'x' }, key: await key() })
  resultOf(await client.send(call))
  assert.equal(refusalOf(await client.send(call)), 'sealed 70004')
  assert.equal(backend.seen.length, 1)
})

test('another path, method or query written over a sealed request reaches no backend', async (t) => {
  const backend = await echo(t)
  const { client, key } = await openSecureWorld(t, noRules, gatewayTo(backend.origin))
  const call = client.seal({
    target: 'h:POST /orders/1',
    data: { query: 'a=1' },
    key: await key(),
    secretType: 'response',
  })
  for (const [from, to] of [
    ['/orders/1', '/orders/2'],
    ['POST', 'HEAD'],
    ['a=1', 'a=2'],
  ] as const) {
    const changed = Buffer.from(call.bytes.toString('latin1').replace(from, to), 'latin1')
    assert.notDeepEqual(changed, call.bytes)
    assert.equal(refusalOf(await client.send(call, changed)), 'plain 70004')
  }
  assert.equal(backend.seen.length, 0)
})

const refused: readonly (readonly [what: string, target: string, data: object, refusal: string])[] = [
  ['a method that the route does not take', 'h:DELETE /orders/1', {}, 'sealed 81202'],
  ['a path of nobody', 'h:GET /admin', {}, 'sealed 81201'],
  ['a path with ..', 'h:GET /orders/../admin', {}, 'sealed 81203'],
  ['a path with an encoded slash', 'h:GET /orders/..%2fadmin', {}, 'sealed 81203'],
  ['a path with a query', 'h:GET /orders/1?a=b', {}, 'sealed 81203'],
  ['a broken header', 'h:GET /orders/1', { header: { a: 'b\r\nc: d' } }, 'sealed 81203'],
  ['no method', 'h:/orders/1', {}, 'sealed 70004'],
  ['too large a body', 'h:POST /orders/1', { body: 'x'.repeat(5001) }, 'sealed 80502'],
]

test('what the gateway refuses is told under seal, and no backend hears of it', async (t) => {
  const backend = await echo(t)
  const limits = { methods: ['GET', 'POST'], bodyMaxBytes: 5000 }
  const { client, key } = await openSecureWorld(t, noRules, gatewayTo(backend.origin, limits))
  for (const [what, target, data, refusal] of refused)
    assert.equal(refusalOf(await client.call({ target, data, key: await key() })), refusal, what)
  assert.equal(backend.seen.length, 0)
})

test('a plain call is refused, whatever it says, except where the route allows it', async (t) => {
  const backend = await echo(t)
  const open = routeTo(backend.origin, { name: 'open', path: '/open', plain: 'allow' })
  const { client, appId, spaceId } = await openSecureWorld(t, noRules, gatewayTo(backend.origin, {}, [open]))
  const clientInfo = { appId, deviceId: 'device-1', osName: 'android', uniPlatform: 'mp-weixin' }
  const plain = (target: string) =>
    client.plain({ spaceId, target, clientInfo, data: { header: { 'x-drawbridge-openid': 'victim' } } })
  assert.equal((await plain('h:GET /orders/1')).json['errCode'], 70008)
  assert.equal((await plain('h:GET /admin')).json['errCode'], 70008)
  assert.equal(backend.seen.length, 0)
  const { status, json } = await plain('h:GET /open')
  assert.equal(status, 200)
  assert.equal((json['result'] as { readonly status: number }).status, 200)
  const [{ headers, signed } = {}] = backend.seen
  assert.ok(signed)
  assert.equal(headers?.['x-drawbridge-openid'], undefined)
  assert.equal(headers?.['x-drawbridge-level'], '0')
})

test('monitoring lets refused calls pass, but no plain ones where a route takes none', async (t) => {
  const backend = await echo(t)
  const { client, key, spaceId } = await openSecureWorld(
    t,
    { mode: 'monitor', rules: { '*': [] } },
    gatewayTo(backend.origin),
  )
  resultOf(await client.call({ target: 'h:GET /orders/1', key: await key() }))
  assert.equal((await client.plain({ spaceId, target: 'h:GET /orders/1' })).json['errCode'], 70008)
  assert.equal(backend.seen.length, 1)
})

test('the route’s policy is met, or the call goes no further', async (t) => {
  const backend = await echo(t)
  const policy = [{ secretType: 'both' as const }]
  const own = routeTo(backend.origin, { name: 'pay', path: '/orders/pay', policy })
  const rules = { '*': [{}], 'h:orders': [{ platform: 'mp-weixin' }], 'h:POST /orders/pay': [{}] }
  const { client, key, server } = await openSecureWorld(t, { rules }, gatewayTo(backend.origin, {}, [own]))
  const call = async (path: string, secretType: 'request' | 'both') =>
    client.call({ target: `h:POST ${path}`, key: await key(), secretType })
  assert.equal(refusalOf(await call('/orders/pay', 'request')), 'sealed 70004')
  assert.equal(backend.seen.length, 0)
  const { outcome, target, reason } = server.verdicts.at(-1) ?? {}
  assert.deepEqual(
    { outcome, target, reason },
    {
      outcome: 'refused',
      target: 'h:POST /orders/pay',
      reason: 'less is encrypted than the rule asks for',
    },
  )
  resultOf(await call('/orders/pay', 'both'))
  resultOf(await call('/orders/1', 'request'))
  assert.equal(backend.seen.length, 2)
})

test('a backend that is gone, slow or broken is a sealed error with a code of its own', async (t) => {
  const backend = await startBackend(t, ({ url }, response) => {
    if (url === '/orders/broken') response.destroy()
    if (url === '/orders/large') response.end('x'.repeat(6000))
  })
  const gone = routeTo('http://127.0.0.1:1', { name: 'gone', path: '/gone' })
  const limits = { timeoutMs: 100, bodyMaxBytes: 5000 }
  const { client, key } = await openSecureWorld(t, noRules, gatewayTo(backend.origin, limits, [gone]))
  for (const [path, refusal] of [
    ['/gone', 'sealed 81204'],
    ['/orders/slow', 'sealed 81205'],
    ['/orders/broken', 'sealed 81206'],
    ['/orders/large', 'sealed 81207'],
  ] as const)
    assert.equal(refusalOf(await client.call({ target: `h:GET ${path}`, key: await key() })), refusal, path)
})

test('what the client sent stands in no log and no verdict', async (t) => {
  const backend = await echo(t)
  const { client, key, server } = await openSecureWorld(t, noRules, gatewayTo(backend.origin))
  const marker = 'marker-of-the-sealed-request'
  const data = { query: `a=${marker}`, header: { 'x-a': marker }, body: marker }
  resultOf(await client.call({ target: 'h:POST /orders/1', data, key: await key() }))
  await client.call({ target: 'h:POST /orders/1', data: { ...data, query: `${marker} ` }, key: await key() })
  const told = JSON.stringify([server.lines, server.verdicts])
  assert.ok(!told.includes(marker))
  assert.ok(!told.includes('the-signing-key-of-these-tests'))
})
