import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { test } from 'node:test'
import { createGateway } from './create-gateway.ts'
import { NOW, SIGNING_KEY, admittedCall, gatewayRoute, openGateway, space, startBackend } from './gateway-fixture.ts'
import type { Seen } from './gateway-fixture.ts'

/** The check as the guide shows it. */
function isSigned({ method, url, headers, body }: Seen): boolean {
  const names = Object.keys(headers).filter((name) => /^x-drawbridge-(?!signature$)/.test(name))
  const lines = names.map((name) => `${name}:${String(headers[name])}`).sort()
  const text = [method, url, createHash('sha256').update(body).digest('hex'), ...lines].join('\n')
  return headers['x-drawbridge-signature'] === `v1=${createHmac('sha256', SIGNING_KEY).update(text).digest('hex')}`
}

test('a request goes on in clear with method, path, query, headers and body, and its response comes back', async (t) => {
  const { origin, seen } = await startBackend(t, (_seen, response) => {
    response.writeHead(201, { 'content-type': 'application/json', 'x-internal': 'no', 'set-cookie': ['a=1', 'b=2'] })
    response.end('{"好":true}')
  })
  const { gateway, events } = openGateway(t, gatewayRoute({ upstream: origin }))
  const args = { query: 'a=1&b=%20', header: { 'content-type': 'application/json', 'x-mine': 'yes' }, body: '{"茶":1}' }
  const result = JSON.parse(await gateway.answer(admittedCall('POST /orders/1', args))) as Record<string, unknown>
  const { date: _date, ...header } = result['header'] as Record<string, unknown>
  assert.deepEqual(
    { ...result, header },
    {
      status: 201,
      header: { 'content-type': 'application/json', 'set-cookie': ['a=1', 'b=2'] },
      body: '{"好":true}',
    },
  )
  const [one] = seen
  assert.ok(one)
  assert.equal(`${one.method} ${one.url}`, 'POST /orders/1?a=1&b=%20')
  assert.equal(one.body.toString(), '{"茶":1}')
  assert.equal(one.headers['x-mine'], 'yes')
  assert.equal(one.headers['content-type'], 'application/json')
  assert.equal(`http://${one.headers.host ?? ''}`, origin)
  assert.deepEqual(events, [
    {
      type: 'gateway-forwarded',
      requestId: 'request-1',
      spaceId: 'shop',
      route: 'orders',
      status: 201,
      durationMs: 0,
    },
  ])
})

test('the backend is told who calls, under one signature', async (t) => {
  const { origin, seen } = await startBackend(t)
  const { gateway } = openGateway(t, gatewayRoute({ upstream: origin }))
  await gateway.answer(admittedCall('PUT /orders/1', { query: 'a=b', body: 'x' }))
  const [one] = seen
  assert.ok(one)
  const own = Object.entries(one.headers).filter(([name]) => name.startsWith('x-drawbridge-'))
  assert.deepEqual(Object.fromEntries(own.filter(([name]) => name !== 'x-drawbridge-signature')), {
    'x-drawbridge-app': '__UNI__SHOP',
    'x-drawbridge-openid': 'openid-of-li-lei',
    'x-drawbridge-wx-appid': 'wx1234567890abcdef',
    'x-drawbridge-device': 'device-1',
    'x-drawbridge-platform': 'mp-weixin',
    'x-drawbridge-version': 'production',
    'x-drawbridge-level': '0',
    'x-drawbridge-secret-type': 'both',
    'x-drawbridge-request-id': 'request-1',
    'x-drawbridge-timestamp': String(NOW),
  })
  assert.ok(isSigned(one))
  for (const changed of [
    { ...one, method: 'POST' },
    { ...one, url: '/orders/2?a=b' },
    { ...one, url: '/orders/1?a=c' },
    { ...one, body: Buffer.from('y') },
    { ...one, headers: { ...one.headers, 'x-drawbridge-openid': 'another' } },
    { ...one, headers: { ...one.headers, 'x-drawbridge-admin': '1' } },
    { ...one, headers: { ...one.headers, 'x-drawbridge-timestamp': String(NOW + 1) } },
  ])
    assert.ok(!isSigned(changed))
  assert.equal(one.headers['x-forwarded-for'], '203.0.113.7')
})

test('what a client says of its own identity never reaches the backend', async (t) => {
  const { origin, seen } = await startBackend(t)
  const { gateway } = openGateway(t, gatewayRoute({ upstream: origin, plain: 'allow' }))
  const header = { 'X-Drawbridge-Openid': 'victim', 'x-drawbridge-level': '3', 'x-forwarded-for': '127.0.0.1' }
  await gateway.answer(admittedCall('GET /orders/1', { header }, null))
  const [one] = seen
  assert.ok(one)
  const names = one.rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase())
  assert.equal(new Set(names).size, names.length)
  assert.equal(one.headers['x-drawbridge-openid'], undefined)
  assert.equal(one.headers['x-drawbridge-app'], undefined)
  assert.equal(one.headers['x-drawbridge-level'], '0')
  assert.equal(one.headers['x-drawbridge-secret-type'], 'none')
  assert.equal(one.headers['x-forwarded-for'], '203.0.113.7')
  assert.ok(isSigned(one))
})

test('a plain call stays outside unless the route allows it, whatever let it pass before', async (t) => {
  const { origin, seen } = await startBackend(t)
  const { gateway } = openGateway(t, gatewayRoute({ upstream: origin }))
  await assert.rejects(gateway.answer(admittedCall('GET /orders/1', {}, null)), { code: 'ENVELOPE_REQUIRED' })
  assert.equal(seen.length, 0)
})

test('a prefix is taken off, and the backend’s own path stands before the rest', async (t) => {
  const { origin, seen } = await startBackend(t)
  const upstream = `${origin}/v2`
  const { gateway } = openGateway(
    t,
    gatewayRoute({ path: '/api/orders/*', upstream, stripPrefix: '/api' }),
    gatewayRoute({ name: 'all', path: '/all/*', upstream: origin, stripPrefix: '/all' }),
  )
  await gateway.answer(admittedCall('GET /api/orders/1', { query: 'a' }))
  await gateway.answer(admittedCall('GET /all'))
  await gateway.answer(admittedCall('GET /all/'))
  assert.deepEqual(
    seen.map(({ url }) => url),
    ['/v2/orders/1?a', '/', '/'],
  )
  assert.ok(seen.every(isSigned))
})

test('bytes that are no text travel in base64url, both ways', async (t) => {
  const bytes = Buffer.from([0, 255, 254, 13, 10])
  const { origin, seen } = await startBackend(t, ({ body }, response) => void response.end(body))
  const { gateway } = openGateway(t, gatewayRoute({ upstream: origin }))
  const args = { body: bytes.toString('base64url'), encoding: 'base64url' }
  const result = JSON.parse(await gateway.answer(admittedCall('POST /orders/1', args))) as Record<string, unknown>
  assert.deepEqual(seen[0]?.body, bytes)
  assert.equal(result['encoding'], 'base64url')
  assert.deepEqual(Buffer.from(String(result['body']), 'base64url'), bytes)
})

test('a redirect is the client’s to follow, and tells nothing of where the backend is', async (t) => {
  const { origin, seen } = await startBackend(t, ({ url }, response) => {
    const location = url === '/orders/a' ? '/orders/b' : `${origin}/orders/b`
    response.writeHead(302, { location }).end()
  })
  const { gateway } = openGateway(t, gatewayRoute({ upstream: origin }))
  const told = async (path: string) =>
    JSON.parse(await gateway.answer(admittedCall(`GET ${path}`))) as { status: number; header: { location?: string } }
  const first = await told('/orders/a')
  assert.equal(first.status, 302)
  assert.equal(first.header.location, '/orders/b')
  assert.equal((await told('/orders/c')).header.location, undefined)
  assert.equal(seen.length, 2)
})

test('a route may let more response headers through', async (t) => {
  const { origin } = await startBackend(t, (_seen, response) => void response.writeHead(200, { 'X-Total': '7' }).end())
  const { gateway } = openGateway(t, gatewayRoute({ upstream: origin, responseHeaders: ['x-total'] }))
  const { header } = JSON.parse(await gateway.answer(admittedCall('GET /orders/1'))) as { header: object }
  assert.equal((header as Record<string, string>)['x-total'], '7')
})

const policy = {
  revision: 1,
  mode: 'enforce',
  guards: 'rules',
  rules: { 'h:orders': [{ minLevel: 2 }], '*': [{}], 'h:GET /orders/1': [] },
  apps: [],
  sources: { http: 'refuse', timing: 'allow', function: 'allow', server: 'allow' },
  legacyWire: false,
  allowsLegacyOpenid: false,
} as const

test('a route’s own policy decides, else the rules of the space under its name, else those for everything', () => {
  const gateway = createGateway({
    config: {
      signingKey: SIGNING_KEY,
      routes: [
        gatewayRoute({ name: 'own', path: '/own', policy: [{ secretType: 'both' }] }),
        gatewayRoute({ name: 'orders', path: '/orders/*' }),
        gatewayRoute({ name: 'open', path: '/open', plain: 'allow' }),
      ],
    },
    now: () => NOW,
    sleep: () => Promise.resolve(),
    onEvent: () => undefined,
  })
  const guard = (path: string, rules: object = policy.rules) => {
    const target = { kind: 'route', method: 'GET', path } as const
    const guarded = gateway.guard({ ...policy, rules: rules as typeof policy.rules }, { space, target })
    return { guards: guarded.guards, rules: guarded.rules }
  }
  assert.deepEqual(guard('/own'), { guards: 'all', rules: { 'h:own': [{ secretType: 'both' }] } })
  assert.deepEqual(guard('/orders/1'), { guards: 'all', rules: { 'h:orders': [{ minLevel: 2 }] } })
  assert.deepEqual(guard('/open'), { guards: 'rules', rules: { 'h:open': [{}] } })
  assert.deepEqual(guard('/open', {}), { guards: 'rules', rules: {} })
  assert.deepEqual(guard('/nobody'), { guards: 'all', rules: {} })
  const target = { kind: 'function', name: 'pay' } as const
  assert.equal(gateway.guard(policy, { space, target }), policy)
})
