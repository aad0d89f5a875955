import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { createApps } from '@drawbridge/bridge'
import type { Bridge, Credential } from '@drawbridge/bridge'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { AuditEntry } from '../audit/audit-entry.ts'
import type { Audit } from '../audit/create-audit.ts'
import { createCallers } from '../callers/create-callers.ts'
import { createBearerTokens } from '../callers/tokens/bearer-tokens.ts'
import type { TokenRecord } from '../callers/tokens/token-store.ts'
import { createLog } from '../log/create-log.ts'
import { createMetrics } from '../metrics/create-metrics.ts'
import { createHttpServer } from './create-http-server.ts'
import type { HttpServerDeps } from './create-http-server.ts'

const app = {
  platform: 'weixin-mp',
  appid: 'wx1111111111111111',
  secret: 'SECRETMARKER',
  dcloudAppid: '__UNI__A',
  tokenEndpoint: 'stable',
} as const
const TOKEN = '/v1/apps/weixin-mp/wx1111111111111111/access-token'
const credential: Credential = {
  value: { access_token: 'A' },
  expiresAt: 2_000_000_000_000,
  obtainedAt: 1_700_000_000_000,
  source: 'platform',
  revision: 1,
}

/** A bridge that can be told how to behave; everything else is the server's own. */
function standIn(change: Partial<Bridge> = {}): Bridge {
  return {
    apps: createApps([app]),
    peek: () => undefined,
    get: async () => credential,
    set: async () => undefined,
    remove: async () => undefined,
    reportInvalid: async () => ({ outcome: 'refreshed', expiresAt: null }),
    refresh: async () => ({ outcome: 'refreshed', expiresAt: null }),
    list: async () => [],
    lastRefresh: async () => undefined,
    runSchedule: async () => undefined,
    start: () => undefined,
    health: async () => [{ tier: 'memory', ok: true }],
    close: async () => undefined,
    ...change,
  }
}

async function opened(t: TestContext, change: Partial<Bridge> = {}, more: Partial<HttpServerDeps> = {}) {
  const now = (): number => 1_700_000_000_000
  const lines: string[] = []
  const closed: string[] = []
  const entries: AuditEntry[] = []
  const records = new Map<string, TokenRecord>()
  const tokens = createBearerTokens({
    store: {
      insert: async (record, secretHash) => void records.set(secretHash, record),
      byHash: async (secretHash) => records.get(secretHash),
      list: async () => [...records.values()],
      revoke: async () => true,
      touch: async () => undefined,
    },
    now,
    random: randomBytes,
  })
  const { token } = await tokens.create({
    name: 'test',
    scopes: [{ app: '*', kind: '*', verb: '*' }],
    expiresAt: now() + 1000,
    createdBy: 'test',
  })
  const audit: Audit = {
    record: (entry) => void entries.push(entry),
    query: async () => [],
    state: { queued: 0, dropped: 0 },
    close: async () => void closed.push('audit'),
  }
  const bridge = standIn({ close: async () => void closed.push('bridge'), ...change })
  const callers = createCallers({ config: { allowList: [], signing: [] }, tokens, now })
  const server = createHttpServer({
    config: {
      production: false,
      trustedProxies: [],
      rateLimitPerMinute: 0,
      bodyMaxBytes: 10_000,
      callers: { allowList: [], signing: [] },
    },
    bridge,
    callers,
    audit,
    metrics: createMetrics({ now, processMetrics: false }),
    log: createLog({ level: 'debug', destination: { write: (line) => void lines.push(line) } }),
    now,
    random: randomBytes,
    sleep: () => new Promise(() => undefined),
    ...more,
  })
  t.after(() => server.close())
  const endpoint = await server.listen({ port: 0, host: '127.0.0.1' })
  const headers = { authorization: `Bearer ${token}` }
  return { server, endpoint, headers, lines, closed, entries }
}

type Operations = Readonly<Record<string, object>>

async function documentOf(endpoint: string): Promise<{ readonly paths: Readonly<Record<string, Operations>> }> {
  return (await fetch(`${endpoint}/openapi.json`)).json() as Promise<{ paths: Record<string, Operations> }>
}

test('every documented operation answers, and every route that answers is documented', async (t) => {
  const { server, endpoint, headers } = await opened(t)
  const { paths } = await documentOf(endpoint)
  const samples: Readonly<Record<string, string>> = {
    platform: 'weixin-mp',
    app: app.appid,
    openid: 'o1',
    version: '1',
    ticketType: 'jsapi',
    id: 'ff',
  }
  const documented = new Set<string>()
  for (const [path, operations] of Object.entries(paths)) {
    for (const method of Object.keys(operations)) {
      const url = path.replace(/\{(\w+)\}/g, (_, name: string) => samples[name] ?? assert.fail(name))
      documented.add(`${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`)
      const upper = method.toUpperCase()
      const reply = await fetch(endpoint + url, { method: upper, headers, ...(upper !== 'GET' && { body: '{}' }) })
      assert.doesNotMatch(await reply.text(), /METHOD_UNKNOWN/, `${method} ${path}`)
    }
  }
  // The router's own list: a tree, a line for each path with its methods behind it.
  const served = new Set<string>()
  const stack: string[] = []
  for (const line of server.printRoutes({ commonPrefix: false }).split('\n')) {
    const at = line.search(/[├└]── /)
    if (at === -1) continue
    const [, part = '', methods] = /── (\S+)(?: \(([A-Z, ]+)\))?/.exec(line) ?? []
    stack.length = at / 4
    stack.push(part)
    for (const method of methods?.split(', ') ?? []) served.add(`${method} ${stack.join('')}`)
  }
  assert.deepEqual([...served].toSorted(), [...documented].toSorted())
  assert.equal(documented.size, 15 + 25 + 1 + 4 + 4 + 3 + 6)
})

/** A request whose first half has come to the server, on a connection of its own. */
async function halfSent(endpoint: string) {
  const { hostname, port } = new URL(endpoint)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  socket.write(`GET ${TOKEN} HTTP/1.1\r\nhost: x\r\n`)
  // Long enough for the other end to have it: it answers a request that was sent after it.
  await fetch(`${endpoint}/healthz`)
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  const answer = once(socket, 'close').then(() => Buffer.concat(chunks).toString())
  return {
    answer,
    finish: (authorization: string) =>
      void socket.write(`authorization: ${authorization}\r\nconnection: close\r\n\r\n`),
  }
}

test('a request in flight is finished when the server closes, later ones are told so, and then the bridge is closed', async (t) => {
  const held = Promise.withResolvers<Credential>()
  const arrived = Promise.withResolvers<undefined>()
  const { server, endpoint, headers, closed } = await opened(t, {
    get: () => {
      arrived.resolve(undefined)
      return held.promise
    },
  })
  const answers = [halfSent(endpoint), halfSent(endpoint)]
  const [early, late] = await Promise.all(answers)
  assert.ok(early && late)
  early.finish(headers.authorization)
  await arrived.promise
  const closing = server.close()
  try {
    // Its first half came before, so its connection is still open.
    late.finish(headers.authorization)
    const refused = await late.answer
    assert.match(refused, /^HTTP\/1\.1 503 [^]*connection: close[^]*SERVER_STOPPING/i)
    assert.deepEqual(closed, [])
  } finally {
    held.resolve(credential)
  }
  assert.match(await early.answer, /^HTTP\/1\.1 200 [^]*"access_token":"A"/)
  await closing
  assert.deepEqual(closed, ['bridge', 'audit'])
})

test('a client that never finishes its request does not keep the server from closing', async (t) => {
  const patience = Promise.withResolvers<undefined>()
  const { server, endpoint, closed } = await opened(t, {}, { sleep: () => patience.promise })
  const { answer } = await halfSent(endpoint)
  const closing = server.close()
  patience.resolve(undefined)
  await closing
  assert.equal(await answer, '')
  assert.deepEqual(closed, ['bridge', 'audit'])
})

test('an error that nobody foresaw is a bare system error with the request’s id, and its cause is in the log alone', async (t) => {
  const { endpoint, headers, lines } = await opened(t, {
    get: async () => {
      throw new TypeError('cannot read SECRETMARKER of undefined', { cause: new Error('SECRETMARKERSECRETMARKER') })
    },
  })
  for (const [path, init] of [
    [TOKEN, { headers }],
    ['/uni-open-bridge/getAccessToken', { headers, method: 'POST', body: '{"platform":"weixin-mp"}' }],
  ] as const) {
    const reply = await fetch(endpoint + path, init)
    const text = await reply.text()
    assert.equal(reply.status, 500)
    assert.match(text, /SYSTEM_ERROR/)
    assert.doesNotMatch(text, /TypeError|SECRETMARKER|cannot read/)
    const logged = lines.find((line) => line.includes(String(reply.headers.get('x-request-id'))))
    assert.match(String(logged), /"name":"TypeError"/)
  }
})

test('a platform that fails for everyone fills no log, a store that does is told', async (t) => {
  const errors = [
    new DrawbridgeError('UPSTREAM_UNREACHABLE'),
    new DrawbridgeError('STORE_UNAVAILABLE', { store: 'sqlite' }),
  ]
  const { endpoint, headers, lines } = await opened(t, {
    get: async () => {
      throw errors.shift() ?? assert.fail()
    },
  })
  assert.equal((await fetch(endpoint + TOKEN, { headers })).status, 504)
  assert.equal(
    lines.some((line) => line.includes('"level":"error"')),
    false,
  )
  assert.equal((await fetch(endpoint + TOKEN, { headers })).status, 503)
  assert.equal(
    lines.some((line) => line.includes('"level":"error"')),
    true,
  )
})

test('a warm read never asks the bridge, and is on the record', async (t) => {
  const { endpoint, headers, entries } = await opened(t, {
    peek: () => credential,
    get: async () => assert.fail('asked'),
  })
  const reply = await fetch(endpoint + TOKEN, { headers })
  const { value, obtainedAt, expiresAt, source } = credential
  assert.deepEqual(await reply.json(), { value, obtainedAt, expiresAt, source })
  assert.deepEqual(
    entries.map(({ verb, result, appid }) => [verb, result, appid]),
    [['read', 'ok', app.appid]],
  )
})

test('a value that is renewed in place is not answered from the text of the old one', async (t) => {
  let current = credential
  const { endpoint, headers } = await opened(t, { peek: () => current })
  const read = async () =>
    (await fetch(endpoint + TOKEN, { headers })).json() as Promise<{ expiresAt: number; value: unknown }>
  assert.equal((await read()).expiresAt, credential.expiresAt)
  current = { ...credential, expiresAt: 2_100_000_000_000 }
  assert.equal((await read()).expiresAt, 2_100_000_000_000)
  current = { ...credential, value: { access_token: 'B' } }
  assert.deepEqual((await read()).value, { access_token: 'B' })
})

test('readiness fails when no tier answers, and the server says that it lives all the same', async (t) => {
  const { endpoint } = await opened(t, { health: async () => [{ tier: 'sqlite', ok: false, error: 'gone' }] })
  const ready = await fetch(`${endpoint}/readyz`)
  assert.equal(ready.status, 503)
  assert.deepEqual(await ready.json(), { status: 'unready', tiers: [{ tier: 'sqlite', ok: false, error: 'gone' }] })
  assert.equal((await fetch(`${endpoint}/healthz`)).status, 200)
})

test('a client that goes away while it waits costs nothing and ends nothing', async (t) => {
  const held = Promise.withResolvers<Credential>()
  const arrived = Promise.withResolvers<undefined>()
  const { endpoint, headers, entries } = await opened(t, {
    get: () => {
      arrived.resolve(undefined)
      return held.promise
    },
  })
  const away = new AbortController()
  const waiting = fetch(endpoint + TOKEN, { headers, signal: away.signal })
  await arrived.promise
  away.abort()
  await assert.rejects(waiting)
  held.resolve(credential)
  assert.equal((await fetch(`${endpoint}/healthz`)).status, 200)
  assert.equal(entries.length, 1)
})
