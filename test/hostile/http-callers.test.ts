import assert from 'node:assert/strict'
import { createHash, createHmac, generateKeyPairSync, randomUUID, sign as signBytes } from 'node:crypto'
import { test } from 'node:test'
import { createRequestSigner } from '@drawbridge/server'
import type { ServerConfig } from '@drawbridge/server'
import { miniProgram, openHttpWorld, otherProgram } from './http-world.ts'
import type { HttpWorld } from './http-world.ts'

const APP = `/v1/apps/weixin-mp/${miniProgram.appid}`
const SESSION = `${APP}/users/o1/session-key`
const KEY = { dcloudAppid: miniProgram.dcloudAppid, platform: 'weixin-mp' }
const secret = Buffer.alloc(32, 9).toString('base64')
const pair = generateKeyPairSync('ed25519', {
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})
const everything = [{ app: '*', kind: '*', verb: '*' }] as const

function callers(change: Partial<ServerConfig['callers']>): Partial<ServerConfig> {
  return { callers: { allowList: [], signing: [], ...change } }
}

const signing = callers({
  signing: [
    { keyId: 'shared', algorithm: 'hmac-sha256', key: secret, scopes: everything },
    { keyId: 'pair', algorithm: 'ed25519', key: pair.publicKey, scopes: [{ app: '*', kind: '*', verb: 'read' }] },
  ],
})

/**
 * A client of RFC 9421 and RFC 9530 written from their text alone: nothing of ours makes or reads what it sends.
 * Covers the address by its parts, orders and spells the parameters otherwise than our own signer.
 */
function independently(
  world: HttpWorld,
  {
    method,
    path,
    body,
    keyId,
  }: { readonly method: string; readonly path: string; readonly body?: string; readonly keyId: 'shared' | 'pair' },
): Record<string, string> {
  const url = new URL(path, world.endpoint)
  const headers: Record<string, string> = {}
  const lines = [
    ['@query', url.search || '?'],
    ['@method', method],
    ['@authority', url.host],
    ['@path', url.pathname],
  ]
  if (body !== undefined) {
    headers['content-digest'] = `sha-512=:${createHash('sha512').update(body).digest('base64')}:`
    lines.push(['content-digest', headers['content-digest']])
  }
  const seconds = Math.floor(world.now() / 1000)
  const names = lines.map(([name]) => `"${name}"`).join(' ')
  const params = `(${names});keyid="${keyId}";alg="${keyId === 'pair' ? 'ed25519' : 'hmac-sha256'}";nonce="${randomUUID()}";created=${seconds};expires=${seconds + 30};tag="test"`
  const base = Buffer.from(
    [...lines.map(([name, value]) => `"${name}": ${value}`), `"@signature-params": ${params}`].join('\n'),
  )
  const signature =
    keyId === 'pair'
      ? signBytes(null, base, pair.privateKey)
      : createHmac('sha256', Buffer.from(secret, 'base64')).update(base).digest()
  return { ...headers, 'signature-input': `client=${params}`, signature: `client=:${signature.toString('base64')}:` }
}

function codeOf(reply: { readonly json: unknown }): unknown {
  const body = reply.json as { code?: unknown; errCode?: unknown } | null
  return body?.code ?? body?.errCode
}

test('a client written from the RFCs alone reads and writes, with both algorithms', async (t) => {
  const world = await openHttpWorld(t, signing)
  const body = '{"value":{"session_key":"文"}}'
  const put = await world.call('PUT', SESSION, {
    body,
    headers: independently(world, { method: 'PUT', path: SESSION, body, keyId: 'shared' }),
  })
  assert.equal(put.status, 204, put.text)
  for (const keyId of ['shared', 'pair'] as const) {
    const get = await world.call('GET', SESSION, {
      headers: independently(world, { method: 'GET', path: SESSION, keyId }),
    })
    assert.equal(get.status, 200, get.text)
  }
  const path = '/v1/credentials?limit=5'
  assert.equal(
    (await world.call('GET', path, { headers: independently(world, { method: 'GET', path, keyId: 'shared' }) })).status,
    200,
  )
  const forbidden = await world.call('GET', path, {
    headers: independently(world, { method: 'GET', path, keyId: 'pair' }),
  })
  assert.equal(codeOf(forbidden), 'CALLER_FORBIDDEN')
})

test('a recorded request is worth nothing: not again, not for another method, path, query or body', async (t) => {
  const world = await openHttpWorld(t, signing)
  const body = '{"value":{"session_key":"good"}}'
  const headers = independently(world, { method: 'PUT', path: SESSION, body, keyId: 'shared' })
  assert.equal((await world.call('PUT', SESSION, { body, headers })).status, 204)
  const again = await world.call('PUT', SESSION, { body, headers })
  assert.deepEqual([again.status, codeOf(again)], [401, 'REPLAY_REFUSED'])

  const fresh = () => independently(world, { method: 'PUT', path: SESSION, body, keyId: 'shared' })
  const attempts = [
    ['DELETE', SESSION, undefined],
    ['PUT', `${APP}/users/o2/session-key`, body],
    ['PUT', `${SESSION}?x=1`, body],
    ['PUT', SESSION, '{"value":{"session_key":"evil"}}'],
    ['PUT', SESSION, ''],
  ] as const
  for (const [method, path, sent] of attempts) {
    const reply = await world.call(method, path, { headers: fresh(), ...(sent !== undefined && { body: sent }) })
    assert.deepEqual([reply.status, codeOf(reply)], [401, 'SIGNATURE_INVALID'], `${method} ${path}`)
  }
  const late = fresh()
  world.advance(61_000)
  assert.equal(codeOf(await world.call('PUT', SESSION, { body, headers: late })), 'REPLAY_REFUSED')
  const read = await world.call('GET', SESSION, {
    headers: independently(world, { method: 'GET', path: SESSION, keyId: 'shared' }),
  })
  assert.deepEqual((read.json as { value: unknown }).value, { session_key: 'good' })
})

test('one signed request sent fifty times at once is answered once', async (t) => {
  const world = await openHttpWorld(t, signing)
  const url = `${world.endpoint}${SESSION}`
  const sign = createRequestSigner({ keyId: 'shared', algorithm: 'hmac-sha256', key: secret, now: world.now })
  const body = '{"value":{"session_key":"x"}}'
  const headers = sign({ method: 'PUT', url, body })
  const replies = await Promise.all(Array.from({ length: 50 }, () => world.call('PUT', SESSION, { body, headers })))
  assert.equal(replies.filter(({ status }) => status === 204).length, 1)
  assert.equal(replies.filter((reply) => codeOf(reply) === 'REPLAY_REFUSED').length, 49)
})

test('behind a declared proxy the client’s own address is what is signed; an undeclared one is not believed', async (t) => {
  const forwarded = {
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'bridge.example',
    'x-forwarded-for': '203.0.113.9',
  }
  const sign = (world: HttpWorld) =>
    createRequestSigner({ keyId: 'shared', algorithm: 'hmac-sha256', key: secret, now: world.now })({
      method: 'GET',
      url: `https://bridge.example${SESSION}`,
    })
  const proxied = await openHttpWorld(t, { ...signing, trustedProxies: ['127.0.0.0/8'] })
  assert.equal((await proxied.call('GET', SESSION, { headers: { ...forwarded, ...sign(proxied) } })).status, 404)
  const direct = await openHttpWorld(t, signing)
  assert.equal((await direct.call('GET', SESSION, { headers: { ...forwarded, ...sign(direct) } })).status, 401)
})

test('an address is what declared proxies vouch for, and nothing that a client can write', async (t) => {
  const list = callers({ allowList: ['203.0.113.0/24', '2001:db8::/32'] })
  const world = await openHttpWorld(t, { ...list, trustedProxies: ['127.0.0.1', '10.0.0.0/8'] })
  const from = async (chain: string): Promise<number> =>
    (await world.call('GET', SESSION, { headers: { 'x-forwarded-for': chain } })).status
  assert.equal(await from('203.0.113.9'), 404)
  assert.equal(await from('::ffff:203.0.113.9'), 404)
  assert.equal(await from('2001:db8::7'), 404)
  assert.equal(await from('203.0.113.9, 10.1.1.1'), 404)
  // The client wrote the first part itself; the proxy added where it really came from.
  assert.equal(await from('203.0.113.9, 198.51.100.7'), 403)
  assert.equal(await from('198.51.100.7'), 403)
  assert.equal(await from('203.0.113.9:1234'), 403)
  assert.equal(await from('unknown'), 403)
  // What was read before is judged by the same address when it is read again.
  await world.call('PUT', SESSION, { token: await world.token(), body: { value: { session_key: 'x' } } })
  for (let i = 0; i < 2; i++) {
    assert.equal(await from('203.0.113.9'), 200)
    assert.equal(await from('198.51.100.7'), 403)
  }
  const direct = await openHttpWorld(t, list)
  const reply = await direct.call('GET', SESSION, {
    headers: { 'x-forwarded-for': '203.0.113.9', 'x-real-ip': '203.0.113.9', forwarded: 'for=203.0.113.9' },
  })
  assert.deepEqual([reply.status, codeOf(reply)], [403, 'ADDRESS_REFUSED'])
})

test('a page that a developer opens cannot use the address of his machine', async (t) => {
  const world = await openHttpWorld(t, callers({ allowList: ['127.0.0.1'] }))
  const body = JSON.stringify({ ...KEY, value: { access_token: 'evil' } })
  const post = (headers: Record<string, string>) =>
    world.call('POST', '/uni-open-bridge/setAccessToken', {
      body,
      headers: { 'content-type': 'text/plain', ...headers },
    })
  assert.equal((await post({ origin: 'https://evil.example' })).status, 403)
  assert.equal((await post({ 'sec-fetch-site': 'cross-site' })).status, 403)
  assert.deepEqual(await world.server.replica.bridge.list({ limit: 10 }), [])
  assert.equal((await post({})).status, 200)
})

test('scopes hold on the compatible face too, whatever the body calls the app', async (t) => {
  const world = await openHttpWorld(t)
  const token = await world.token({ app: miniProgram.appid, kind: 'access_token', verb: 'read' })
  const post = async (method: string, body: unknown): Promise<unknown> => {
    const reply = await world.call('POST', `/uni-open-bridge/${method}`, { token, body })
    return reply.status === 200 ? 'ok' : codeOf(reply)
  }
  assert.equal(await post('getAccessToken', KEY), 'ok')
  assert.equal(await post('getAccessToken', { ...KEY, platform: 'qq-mp', provider: 'weixin-mp' }), 'ok')
  const other = { ...KEY, dcloudAppid: otherProgram.dcloudAppid }
  const forbidden: readonly (readonly [string, unknown])[] = [
    ['getAccessToken', other],
    ['getAccessToken', { ...other, appid: miniProgram.appid }],
    ['getAccessToken', { platform: 'weixin-mp' }],
    ['getAccessToken', { ...KEY, platform: 'nowhere' }],
    ['getAccessToken', { ...KEY, dcloudAppid: ['__UNI__HTTP002'] }],
    ['getTicket', KEY],
    ['setAccessToken', { ...KEY, value: { access_token: 'x' } }],
    ['removeAccessToken', KEY],
    ['getSessionKey', { ...KEY, openid: 'o1' }],
  ]
  for (const [method, body] of forbidden) {
    assert.equal(await post(method, body), 'CALLER_FORBIDDEN', `${method} ${JSON.stringify(body)}`)
  }
})

test('each caller has his own number of requests a minute, and is told when to come again', async (t) => {
  const world = await openHttpWorld(t, { rateLimitPerMinute: 3 })
  const [token, other] = [await world.token(), await world.token()]
  for (let i = 0; i < 3; i++) assert.equal((await world.call('GET', SESSION, { token })).status, 404)
  world.advance(20_000)
  const limited = await world.call('GET', SESSION, { token })
  assert.deepEqual([limited.status, codeOf(limited), limited.headers.get('retry-after')], [429, 'RATE_LIMITED', '40'])
  assert.equal((await world.call('GET', SESSION, { token: other })).status, 404)
  assert.equal((await world.call('GET', '/healthz')).status, 200)
  world.advance(40_000)
  assert.equal((await world.call('GET', SESSION, { token })).status, 404)
})

test('a stranger who tries and tries is slowed down, and locks out nobody who is known', async (t) => {
  const world = await openHttpWorld(t)
  const token = await world.token()
  await world.call('GET', SESSION, { token })
  const statuses = new Set<number>()
  for (let i = 0; i < 610; i++) {
    const { status } = await world.call('GET', SESSION, {
      headers: { authorization: `Bearer dbt_${String(i).padStart(43, '0')}` },
    })
    statuses.add(status)
  }
  assert.deepEqual([...statuses], [401, 429])
  assert.equal((await world.call('GET', SESSION, { token })).status, 404)
})
