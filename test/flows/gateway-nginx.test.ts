import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { request as plainRequest } from 'node:http'
import { request } from 'node:https'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { skipLoudly } from '@drawbridge/bridge/testing'
import { ENVELOPE_CONTENT_TYPE, openResponse } from '@drawbridge/protocol'
import { loadConfig } from '@drawbridge/server'
import type { GatewayConfig } from '@drawbridge/server/testing'
import { sealChunks } from './gateway-chunks.ts'
import { missingPrograms, startNginx } from './nginx.ts'
import type { Nginx } from './nginx.ts'
import { openSecureWorld } from './secure-call-world.ts'
import type { SecureWorld } from './secure-call-world.ts'
import type { SecureCall, SecureCallOptions } from './secure-call-client.ts'
import { openSocket, opened } from './socket-client.ts'

const KEY = 'a-key-of-32-characters-and-more-0123'
const example = (name: string): string =>
  fileURLToPath(new URL(`../../examples/koa-behind-gateway/${name}`, import.meta.url))

/** The example's own backend; it ends with the test. */
async function startKoa(t: TestContext): Promise<string> {
  const child = spawn(process.execPath, [example('backend.js')], {
    env: { PATH: process.env['PATH'], PORT: '0', GATEWAY_KEY: KEY },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(async () => {
    child.kill('SIGTERM')
    await once(child, 'exit')
  })
  for await (const line of createInterface(child.stdout)) {
    const [, origin] = /^listening on (http:\S+)$/.exec(line) ?? []
    if (origin !== undefined) return origin
  }
  throw new Error('the backend does not start')
}

/** The gateway as the example has it, with the backend where it is. */
function exampleGateway(origin: string): GatewayConfig {
  const { config, mistakes } = loadConfig({
    env: { GATEWAY_KEY: KEY, WEIXIN_SECRET: '1'.repeat(32), SPACE_SECRET: 'a-secret-of-some-length' },
    cwd: '/nowhere',
    configText: JSON.stringify({
      ...(JSON.parse(readFileSync(example('drawbridge.config.json'), 'utf8')) as object),
      masterKey: Buffer.alloc(32, 7).toString('base64'),
    }),
  })
  assert.deepEqual(
    mistakes.filter(({ severity }) => severity === 'error'),
    [],
  )
  assert.ok(config?.gateway)
  const { signingKey, routes } = config.gateway
  // The mini program of this test has another id.
  const policy = [{ platform: 'mp-weixin', secretType: 'both' }] as const
  return { signingKey, routes: routes.map((route) => ({ ...route, policy, upstream: origin })) }
}

interface Answered {
  readonly status: number
  readonly body: Buffer
}

function post(nginx: Nginx, path: string, headers: Readonly<Record<string, string>>, body: Buffer): Promise<Answered> {
  const { port, certificate: ca } = nginx
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, method: 'POST', ca, headers }
    const sent = request(options, (response) => {
      const pieces: Buffer[] = []
      response.on('data', (piece: Buffer) => pieces.push(piece))
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(pieces) })
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

async function openExample(t: TestContext) {
  const origin = await startKoa(t)
  const world = await openSecureWorld(t, { guards: 'rules', rules: {} }, { gateway: exampleGateway(origin) })
  const nginx = await startNginx(t, example('nginx.conf'), world.server.port)
  return { origin, world, nginx }
}

/** Sends a sealed call over TLS, and opens what comes back. */
async function call(nginx: Nginx, { client, spaceId }: SecureWorld, sealed: SecureCall | SecureCallOptions) {
  const { schedule, sent, contentType, bytes } = 'sent' in sealed ? sealed : client.seal(sealed)
  const headers = { 'content-type': contentType, 'x-drawbridge-space': spaceId }
  const { status, body } = await post(nginx, '/v1/call', headers, bytes)
  const wire: unknown = contentType === 'application/json' ? JSON.parse(body.toString()) : new Uint8Array(body)
  const opened = openResponse(schedule, sent, wire)
  assert.ok(opened, `${status} ${body.toString()}`)
  return { status: opened.header.status, result: JSON.parse(Buffer.from(opened.body).toString()) as RouteResult }
}

interface RouteResult {
  readonly errCode?: number
  readonly status?: number
  readonly body?: string
}

test('a mini program orders tea from a Koa backend, through nginx with TLS', { timeout: 120_000 }, async (t) => {
  const missing = missingPrograms('nginx', 'openssl')
  if (missing.length > 0) {
    skipLoudly(t, missing.join(' and '))
    return
  }
  const { origin, world, nginx } = await openExample(t)
  const { phone, key } = world
  const data = { header: { 'content-type': 'application/json', 'x-drawbridge-openid': 'victim' }, body: '{"tea":2}' }
  const ordered = await call(nginx, world, { target: 'h:POST /api/orders', data, key: await key() })
  assert.deepEqual([ordered.result.status, ordered.result.body], [201, '{"id":1,"tea":2}'])

  const listing = { target: 'h:GET /api/orders', key: await key(), form: 'json' } as const
  const listed = await call(nginx, world, listing)
  assert.deepEqual(JSON.parse(listed.result.body ?? ''), { openid: phone.openid, orders: [{ id: 1, tea: 2 }] })

  const replayed = world.client.seal({ target: 'h:POST /api/orders', data, key: await key() })
  assert.equal((await call(nginx, world, replayed)).result.status, 201)
  assert.equal((await call(nginx, world, replayed)).result.errCode, 70004)

  const weaker = { target: 'h:GET /api/orders', key: await key(), secretType: 'none' } as const
  assert.equal((await call(nginx, world, weaker)).result.errCode, 70004)

  const note = 'x'.repeat(1_000_000)
  const large = await sealChunks(world, 'h:POST /api/orders', { body: JSON.stringify({ note }) })
  const streamed = { 'content-type': ENVELOPE_CONTENT_TYPE, 'x-drawbridge-space': world.spaceId }
  const { body } = await post(nginx, '/v1/stream', streamed, large.bytes)
  const opened = openResponse(large.schedule, large.sent, new Uint8Array(body))
  assert.ok(opened?.header.chunked)
  const stored = JSON.parse(Buffer.from(opened.body).toString()) as { readonly status: number; readonly body: string }
  assert.equal(stored.status, 201)
  assert.deepEqual(JSON.parse(Buffer.from(stored.body, 'base64url').toString()), { id: 3, note })

  const headers = { 'x-drawbridge-openid': phone.openid, 'x-drawbridge-signature': `v1=${'0'.repeat(64)}` }
  assert.equal((await fetch(`${origin}/orders`, { headers })).status, 401)
  assert.equal((await post(nginx, '/api/orders', headers, Buffer.alloc(0))).status, 404)
  assert.equal((await post(nginx, '/metrics', {}, Buffer.alloc(0))).status, 404)
})

test('sockets of one user hear one another through nginx with TLS', { timeout: 120_000 }, async (t) => {
  const missing = missingPrograms('nginx', 'openssl')
  if (missing.length > 0) {
    skipLoudly(t, missing.join(' and '))
    return
  }
  const { origin, world, nginx } = await openExample(t)
  const dialing = { endpoint: `https://127.0.0.1:${nginx.port}`, ca: nginx.certificate }
  const open = async () => opened(await openSocket(world, { target: 'h:GET /api/orders/news', dialing }))
  const [one, other] = [await open(), await open()]
  for (const word of ['茶', 'x'.repeat(500_000)]) {
    one.say(word)
    assert.equal(await one.hear(), word)
    assert.equal(await other.hear(), word)
  }
  one.close({ code: 1000, reason: 'home' })
  assert.deepEqual(await one.hear(), { code: 1000 })
  other.say('alone')
  assert.equal(await other.hear(), 'alone')
  await world.server.close()
  assert.deepEqual(await other.hear(), { code: 1000, sealed: { code: 1001, reason: '' } })

  const upgrade = { connection: 'upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' }
  const headers = { ...upgrade, 'sec-websocket-key': Buffer.alloc(16).toString('base64') }
  assert.equal(await statusOf(`${origin}/orders/news`, { ...headers, 'x-drawbridge-openid': world.phone.openid }), 401)
})

/** What a request is answered that nobody upgrades. */
function statusOf(url: string, headers: Readonly<Record<string, string>>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = plainRequest(url, { headers }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    sent.on('error', reject)
    sent.end()
  })
}
