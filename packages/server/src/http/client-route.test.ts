import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { text } from 'node:stream/consumers'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { createApps } from '@drawbridge/bridge'
import type { Bridge } from '@drawbridge/bridge'
import { DrawbridgeError } from '@drawbridge/protocol'
import { createCallers } from '../callers/create-callers.ts'
import { createBearerTokens } from '../callers/tokens/bearer-tokens.ts'
import { createLog } from '../log/create-log.ts'
import { createMetrics } from '../metrics/create-metrics.ts'
import { createHttpServer } from './create-http-server.ts'
import type { ClientRoute } from './route.ts'

/** None of these routes asks for a credential. */
const bridge = { apps: createApps([]), close: () => Promise.resolve() } as unknown as Bridge

async function opened(t: TestContext, routes: readonly Partial<ClientRoute>[]) {
  const metrics = createMetrics({ now: Date.now, processMetrics: false })
  const server = createHttpServer({
    config: {
      production: false,
      trustedProxies: [],
      rateLimitPerMinute: 0,
      bodyMaxBytes: 100,
      callers: { allowList: [], signing: [] },
    },
    bridge,
    callers: createCallers({ config: { allowList: [], signing: [] }, tokens: noTokens, now: Date.now }),
    audit: {
      record: () => undefined,
      query: () => Promise.resolve([]),
      state: { queued: 0, dropped: 0 },
      close: () => Promise.resolve(),
    },
    metrics,
    log: createLog({ level: 'error', destination: { write: () => undefined } }),
    now: Date.now,
    random: randomBytes,
    sleep: () => new Promise(() => undefined),
    clientRoutes: routes.map((route) => ({
      access: 'client',
      face: 'client',
      operationId: 'sample',
      methods: ['POST'],
      path: '/sample',
      bodyMaxBytes: 1000,
      serve: () => ({ status: 200, body: '{}' }),
      ...route,
    })),
  })
  t.after(() => server.close())
  return { server, metrics, endpoint: await server.listen({ port: 0, host: '127.0.0.1' }) }
}

const noTokens = createBearerTokens({
  store: {
    insert: () => Promise.resolve(),
    byHash: () => Promise.resolve(undefined),
    list: () => Promise.resolve([]),
    revoke: () => Promise.resolve(false),
    touch: () => Promise.resolve(),
  },
  now: Date.now,
  random: randomBytes,
})

test('a client route is given body, parameters and address, and nobody is asked who he is', async (t) => {
  const { endpoint } = await opened(t, [
    {
      path: '/http/:space/*',
      methods: ['POST', 'PATCH'],
      serve: ({ body, method }, { address }, params) => ({
        status: 200,
        body: JSON.stringify({ method, address, params, body: Buffer.from(body ?? []).toString() }),
      }),
    },
  ])
  for (const method of ['POST', 'PATCH']) {
    const reply = await fetch(`${endpoint}/http/s1/a/b?x=1`, { method, body: 'bytes' })
    const seen: unknown = await reply.json()
    assert.deepEqual(seen, { method, address: '127.0.0.1', params: { space: 's1', '*': 'a/b' }, body: 'bytes' })
  }
})

test('two slashes before a client route’s name are a path like any other', async (t) => {
  const { endpoint } = await opened(t, [{}, { path: '//sample', operationId: 'slash' }])
  assert.equal((await fetch(`${endpoint}//sample`, { method: 'POST', body: 'x' })).status, 200)
  assert.equal((await fetch(`${endpoint}///sample`, { method: 'POST', body: 'x' })).status, 404)
})

test('a client route has a body limit of its own, and refuses in its own words', async (t) => {
  const { endpoint } = await opened(t, [{}, { path: '/problem', operationId: 'problem', face: 'problem' }])
  assert.equal((await fetch(`${endpoint}/sample`, { method: 'POST', body: 'x'.repeat(1000) })).status, 200)
  const refused = await fetch(`${endpoint}/sample`, { method: 'POST', body: 'x'.repeat(1001) })
  const body = (await refused.json()) as { error: { code: string }; header: Record<string, string> }
  assert.equal(refused.status, 400)
  assert.equal(body.error.code, 'RequestContentLength.Exceeded')
  assert.equal(body.header['x-serverless-request-id'], refused.headers.get('x-request-id'))
  const problem = await fetch(`${endpoint}/problem`, { method: 'POST', body: 'x'.repeat(1001) })
  assert.equal(problem.status, 413)
  assert.equal(((await problem.json()) as { details: { limit: number } }).details.limit, 1000)
})

test('a client route may read its body as it comes, beyond what is held in memory', async (t) => {
  const { endpoint } = await opened(t, [
    {
      takesStream: true,
      serve: async ({ stream, body }) => ({
        status: 200,
        body: JSON.stringify({ length: (await text(stream ?? Readable.from([]))).length, held: body !== undefined }),
      }),
    },
    { path: '/held', operationId: 'held' },
  ])
  const reply = await fetch(`${endpoint}/sample`, { method: 'POST', body: 'x'.repeat(500) })
  assert.deepEqual(await reply.json(), { length: 500, held: false })
  assert.equal((await fetch(`${endpoint}/held`, { method: 'POST', body: 'x' })).status, 200)
})

test('a client route may answer a stream, bytes and several headers of one name', async (t) => {
  const { endpoint } = await opened(t, [
    {
      serve: () => ({
        status: 200,
        contentType: 'text/plain',
        headers: { 'set-cookie': ['a=1', 'b=2'] },
        body: Readable.from([Buffer.from('one '), Buffer.from('two')]),
      }),
    },
    { path: '/bytes', operationId: 'bytes', serve: () => ({ status: 200, body: Buffer.from([0xff, 0x00]) }) },
  ])
  const reply = await fetch(`${endpoint}/sample`, { method: 'POST' })
  assert.equal(await reply.text(), 'one two')
  assert.deepEqual(reply.headers.getSetCookie(), ['a=1', 'b=2'])
  const bytes = await fetch(`${endpoint}/bytes`, { method: 'POST' })
  assert.deepEqual([...new Uint8Array(await bytes.arrayBuffer())], [0xff, 0x00])
})

test('what a client route throws is answered in its face, and told of no further', async (t) => {
  const { endpoint } = await opened(t, [
    { serve: () => Promise.reject(new Error('SECRETMARKER')) },
    {
      path: '/known',
      operationId: 'known',
      serve: () => {
        throw new DrawbridgeError('SPACE_UNKNOWN')
      },
    },
  ])
  const unknown = await fetch(`${endpoint}/sample`, { method: 'POST' })
  const said = await unknown.text()
  assert.equal(unknown.status, 500)
  assert.doesNotMatch(said, /MARKER/)
  assert.match(said, /"success":false/)
  const known = await fetch(`${endpoint}/known`, { method: 'POST' })
  assert.equal(known.status, 404)
  assert.equal(((await known.json()) as { error: { code: string } }).error.code, 'InvalidSpaceId.NotFound')
})

test('a client route is counted by its name', async (t) => {
  const { endpoint, metrics } = await opened(t, [{ operationId: 'unicloudClient' }])
  await fetch(`${endpoint}/sample`, { method: 'POST' })
  assert.match(await metrics.render({ bridge, audit: { queued: 0, dropped: 0 } }), /unicloudClient/)
})
