import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadConfig } from './load-config.ts'

const MASTER_KEY = Buffer.alloc(32, 7).toString('base64')
const SIGNING_KEY = 'a-signing-key-of-more-than-32-characters'
const route = { name: 'orders', path: '/orders/*', upstream: 'http://127.0.0.1:3000' }
const space = { spaceId: 'shop', clientSecret: 'a-secret-of-some-length' }

function load(gateway: object, says: object = {}) {
  const configText = JSON.stringify({
    masterKey: MASTER_KEY,
    dataDir: '/data',
    spaces: [space],
    secureNetwork: { apps: [] },
    gateway: { signingKey: SIGNING_KEY, ...gateway },
    ...says,
  })
  return loadConfig({ env: {}, cwd: '/project', configText })
}

function codesAt(loaded: ReturnType<typeof load>) {
  return loaded.mistakes.filter(({ path }) => path.startsWith('gateway')).map(({ code, path }) => `${code} ${path}`)
}

test('a route needs a name, a path and a backend; the rest has a default', () => {
  const loaded = load({ routes: [{ ...route, upstream: 'http://127.0.0.1:3000/' }] })
  assert.deepEqual(codesAt(loaded), [])
  assert.deepEqual(loaded.config?.gateway, {
    signingKey: SIGNING_KEY,
    routes: [
      { ...route, bodyMaxBytes: 1_048_576, timeoutMs: 10_000, stripPrefix: '', plain: 'refuse', responseHeaders: [] },
    ],
  })
})

test('everything that a route may say is taken over', () => {
  const says = {
    ...route,
    methods: ['GET', 'POST'],
    upstream: 'https://orders.internal:8443/v2',
    stripPrefix: '/orders',
    policy: [{ appId: '__UNI__A', secretType: 'both' }],
    bodyMaxBytes: 100,
    timeoutMs: 200,
    responseHeaders: ['X-Total'],
  }
  const apps = [{ appId: '__UNI__A', platform: 'android' }]
  const loaded = load({ routes: [{ ...says, space: 'shop' }] }, { secureNetwork: { apps } })
  assert.deepEqual(codesAt(loaded), [])
  assert.deepEqual(loaded.config?.gateway?.routes, [
    { ...says, responseHeaders: ['x-total'], plain: 'refuse', spaceId: 'shop' },
  ])
})

test('routes of one path share out the methods', () => {
  const routes = [
    { ...route, name: 'read', methods: ['GET'] },
    { ...route, name: 'write', methods: ['POST'] },
  ]
  assert.deepEqual(codesAt(load({ routes })), [])
})

const wrong: readonly (readonly [string, object, string])[] = [
  ['a short signing key', { signingKey: 'short', routes: [route] }, 'GATEWAY_KEY_WEAK gateway.signingKey'],
  ['no signing key', { signingKey: undefined, routes: [route] }, 'KEY_MISSING gateway.signingKey'],
  [
    'a key that is not in the environment',
    { signingKey: { env: 'NOT_SET' }, routes: [route] },
    'SECRET_ENV_MISSING gateway.signingKey.env',
  ],
  ['no routes', { routes: [] }, 'VALUE_WRONG gateway.routes'],
  ['two routes of one name', both({ path: '/users' }), 'GATEWAY_ROUTE_REPEATED gateway.routes[1].name'],
  ['the same path again', both({ name: 'b' }), 'GATEWAY_ROUTE_HIDDEN gateway.routes[1]'],
  ['a path below an earlier *', both({ name: 'b', path: '/orders/admin' }), 'GATEWAY_ROUTE_HIDDEN gateway.routes[1]'],
  ['the same path in capitals', both({ name: 'b', path: '/ORDERS/*' }), 'GATEWAY_ROUTE_HIDDEN gateway.routes[1]'],
  ['a * in the middle', one({ path: '/a/*/b' }), 'GATEWAY_PATH_WRONG gateway.routes[0].path'],
  ['a path with ..', one({ path: '/a/../b' }), 'GATEWAY_PATH_WRONG gateway.routes[0].path'],
  ['a path without a slash', one({ path: 'orders' }), 'GATEWAY_PATH_WRONG gateway.routes[0].path'],
  ['a path with a query', one({ path: '/a?b=1' }), 'GATEWAY_PATH_WRONG gateway.routes[0].path'],
  [
    'a backend without a scheme',
    one({ upstream: '127.0.0.1:3000' }),
    'GATEWAY_UPSTREAM_WRONG gateway.routes[0].upstream',
  ],
  ['a file as backend', one({ upstream: 'file:///etc/passwd' }), 'GATEWAY_UPSTREAM_WRONG gateway.routes[0].upstream'],
  ['a backend with a query', one({ upstream: 'http://a/?b' }), 'GATEWAY_UPSTREAM_WRONG gateway.routes[0].upstream'],
  ['a backend path with ..', one({ upstream: 'http://a/b/../c' }), 'GATEWAY_UPSTREAM_WRONG gateway.routes[0].upstream'],
  ['half a segment as prefix', one({ stripPrefix: '/ord' }), 'GATEWAY_PREFIX_WRONG gateway.routes[0].stripPrefix'],
  ['an unknown space', one({ space: 'shpo' }), 'GATEWAY_SPACE_UNKNOWN gateway.routes[0].space'],
  ['an unknown method', one({ methods: ['TRACE'] }), 'VALUE_WRONG gateway.routes[0].methods[0]'],
  ['a key that is none', one({ polcy: [] }), 'KEY_UNKNOWN gateway.routes[0].polcy'],
  [
    'a platform that is none',
    one({ policy: [{}, { platform: 'weixin-mp' }] }),
    'RULE_PLATFORM_UNKNOWN gateway.routes[0].policy[1].platform',
  ],
  ['a rule with a mistake', one({ policy: [{ minLevel: 9 }] }), 'VALUE_WRONG gateway.routes[0].policy[0].minLevel'],
]

function one(change: object) {
  return { routes: [{ ...route, ...change }] }
}

function both(change: object) {
  return { routes: [route, { ...route, ...change }] }
}

for (const [what, gateway, mistake] of wrong)
  test(`${what} is told at its place, and the server does not start`, () => {
    const loaded = load(gateway)
    assert.equal(loaded.config, undefined)
    assert.ok(codesAt(loaded).includes(mistake), codesAt(loaded).join('\n'))
  })

test('all mistakes of a gateway are told at once', () => {
  const loaded = load({ signingKey: 'short', ...one({ path: 'a', upstream: 'b', stripPrefix: 'c', space: 'd' }) })
  assert.equal(codesAt(loaded).length, 5)
})

test('a password in a backend’s address is not shown', () => {
  const loaded = load(one({ upstream: 'http://user:hunter2@a' }))
  assert.ok(codesAt(loaded).some((code) => code.startsWith('GATEWAY_UPSTREAM_WRONG')))
  assert.ok(!JSON.stringify(loaded.mistakes).includes('hunter2'))
})

test('routes without a space, or without a secure network, are told of', () => {
  assert.deepEqual(codesAt(load({ routes: [route] }, { spaces: [] })), ['GATEWAY_SPACES_NONE gateway'])
  const off = load({ routes: [route] }, { secureNetwork: undefined })
  assert.deepEqual(codesAt(off), ['GATEWAY_SECURE_NETWORK_OFF gateway.routes[0]'])
  assert.ok(off.config)
})

test('a route takes sockets where it says so, and needs GET for them', () => {
  assert.equal(load(one({})).config?.gateway?.routes[0]?.webSocket, undefined)
  const loaded = load(one({ webSocket: true }))
  assert.deepEqual(codesAt(loaded), [])
  assert.equal(loaded.config?.gateway?.routes[0]?.webSocket, true)
  assert.deepEqual(codesAt(load(one({ webSocket: true, methods: ['POST', 'GET'] }))), [])
  const mistake = ['GATEWAY_SOCKET_WITHOUT_GET gateway.routes[0].webSocket']
  assert.deepEqual(codesAt(load(one({ webSocket: true, methods: ['POST'] }))), mistake)
  assert.deepEqual(codesAt(load(one({ webSocket: false, methods: ['POST'] }))), [])
})

test('a plain route with a policy is told of', () => {
  const loaded = load(one({ plain: 'allow', policy: [{}] }))
  assert.deepEqual(codesAt(loaded), ['GATEWAY_PLAIN_GUARDED gateway.routes[0].plain'])
  assert.ok(loaded.config)
})

test('rules of a route that admit nobody are told of, as those of a space are', () => {
  const policy = [{ platform: 'mp-weixin', minLevel: 1 }, { platform: 'mp-weixin', fresh: true }, { appId: 'B' }]
  const loaded = load(one({ policy }), { secureNetwork: { apps: [{ appId: 'A', platform: 'android' }] } })
  assert.deepEqual(codesAt(loaded), [
    'RULE_NEVER_MET gateway.routes[0].policy[0]',
    'RULE_NEVER_MET gateway.routes[0].policy[1]',
    'SECURE_RULE_APP_UNKNOWN gateway.routes[0].policy[2].appId',
  ])
  assert.ok(loaded.config)
})
