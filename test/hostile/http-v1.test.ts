import assert from 'node:assert/strict'
import { test } from 'node:test'
import { miniProgram, openHttpWorld, otherProgram } from './http-world.ts'
import type { HttpWorld, Reply } from './http-world.ts'

const APP = `/v1/apps/weixin-mp/${miniProgram.appid}`
const TOKEN = `${APP}/access-token`

function valueOf({ json }: Reply): Record<string, unknown> {
  return (json as { value: Record<string, unknown> }).value
}

function codeOf({ json }: Reply): unknown {
  return (json as { code?: unknown } | undefined)?.code
}

function calls({ simulator }: HttpWorld, path: string): number {
  return simulator.control.calls.count({ path })
}

test('an access token is obtained once and read by everyone, by appid and by dcloudAppid', async (t) => {
  const world = await openHttpWorld(t)
  const token = await world.token()
  const first = await world.call('GET', TOKEN, { token })
  assert.equal(first.status, 200)
  assert.equal(first.headers.get('content-type'), 'application/json; charset=utf-8')
  const again = await world.call('GET', `/v1/apps/weixin-mp/${miniProgram.dcloudAppid}/access-token`, { token })
  assert.deepEqual(again.json, first.json)
  assert.equal(calls(world, '/cgi-bin/stable_token'), 1)
  const { value, obtainedAt, expiresAt, source, ...more } = first.json as Record<string, unknown>
  assert.equal(world.simulator.control.tokens.isLive(String((value as Record<string, unknown>)['access_token'])), true)
  assert.deepEqual([obtainedAt, source, more], [world.now(), 'platform', {}])
  assert.equal(expiresAt, world.now() + 7_200_000)
})

test('a warm read asks neither the platform nor the database', async (t) => {
  const world = await openHttpWorld(t)
  const token = await world.token()
  await world.call('GET', TOKEN, { token })
  // The stores are closed under the server: what it answers now, it holds.
  await world.server.replica.bridge.close()
  for (let i = 0; i < 5; i++) assert.equal((await world.call('GET', TOKEN, { token })).status, 200)
})

test('a target that was read before is open to nobody who could not have read it first', async (t) => {
  const world = await openHttpWorld(t, { rateLimitPerMinute: 5 })
  const token = await world.token()
  for (let i = 0; i < 3; i++) assert.equal((await world.call('GET', TOKEN, { token })).status, 200)
  const other = await world.token({ app: otherProgram.appid, kind: '*', verb: '*' })
  assert.equal(codeOf(await world.call('GET', TOKEN, { token: other })), 'CALLER_FORBIDDEN')
  assert.equal(codeOf(await world.call('GET', TOKEN)), 'CALLER_UNKNOWN')
  assert.equal(codeOf(await world.call('GET', TOKEN, { token: `${token}x` })), 'CALLER_UNKNOWN')
  assert.equal(codeOf(await world.call('DELETE', TOKEN, { token: other })), 'CALLER_FORBIDDEN')
  for (let i = 0; i < 2; i++) assert.equal((await world.call('GET', TOKEN, { token })).status, 200)
  assert.equal(codeOf(await world.call('GET', TOKEN, { token })), 'RATE_LIMITED')
})

test('each kind is pushed, read back and removed', async (t) => {
  const world = await openHttpWorld(t)
  const token = await world.token()
  const rows = [
    ['/access-token', { access_token: 'A' }],
    ['/tickets/jsapi', { ticket: 'T' }],
    ['/tickets/wx_card', { ticket: 'C' }],
    ['/users/o1/access-token', { access_token: 'U', refresh_token: 'R' }],
    ['/users/o%2F1%20%E6%96%87/session-key', { session_key: 'S' }],
    ['/users/o1/encrypt-keys/10', { encrypt_key: 'E', iv: 'I' }],
  ] as const
  for (const [path, value] of rows) {
    const put = await world.call('PUT', APP + path, { token, body: { value, expiresIn: 7200 } })
    assert.deepEqual([put.status, put.text], [204, ''], path)
    const read = await world.call('GET', APP + path, { token })
    assert.deepEqual(valueOf(read), value, path)
    assert.equal((read.json as { expiresAt: number }).expiresAt, world.now() + 7_200_000)
    assert.equal((await world.call('DELETE', APP + path, { token })).status, 204)
  }
  const gone = await world.call('GET', `${APP}/users/o%2F1%20%E6%96%87/session-key`, { token })
  assert.deepEqual([gone.status, codeOf(gone)], [404, 'CREDENTIAL_ABSENT'])
})

test('a token reported bad by a hundred callers is refreshed once, and only if it is still the current one', async (t) => {
  const world = await openHttpWorld(t)
  const token = await world.token()
  const bad = valueOf(await world.call('GET', TOKEN, { token }))['access_token']
  world.simulator.control.tokens.revoke({ appid: miniProgram.appid, keepServing: true })
  const report = () => world.call('POST', `${TOKEN}/report-invalid`, { token, body: { value: bad } })
  const replies = await Promise.all(Array.from({ length: 100 }, report))
  assert.deepEqual([...new Set(replies.map(({ status }) => status))], [200])
  assert.equal(calls(world, '/cgi-bin/stable_token'), 2)
  const good = valueOf(await world.call('GET', TOKEN, { token }))['access_token']
  assert.notEqual(good, bad)
  assert.deepEqual(((await report()).json as { outcome: string }).outcome, 'superseded')
  assert.equal(calls(world, '/cgi-bin/stable_token'), 2)
})

test('a refresh can be forced, within the platform’s limits', async (t) => {
  const world = await openHttpWorld(t)
  const token = await world.token()
  const before = valueOf(await world.call('GET', TOKEN, { token }))['access_token']
  const forced = await world.call('POST', `${TOKEN}/refresh`, { token, body: { force: true } })
  assert.deepEqual([forced.status, (forced.json as { outcome: string }).outcome], [200, 'refreshed'])
  assert.notEqual(valueOf(await world.call('GET', TOKEN, { token }))['access_token'], before)
  const limited = await world.call('POST', `${TOKEN}/refresh`, { token, body: { force: true } })
  assert.deepEqual([limited.status, codeOf(limited)], [429, 'REFRESH_LIMITED'])
  assert.equal(limited.headers.get('retry-after'), '30')
})

test('a refresh without a body asks without force, and a kind that cannot be asked for says so', async (t) => {
  const world = await openHttpWorld(t)
  const token = await world.token()
  const refreshed = await world.call('POST', `${TOKEN}/refresh`, { token })
  assert.equal(refreshed.status, 200)
  const session = await world.call('POST', `${APP}/users/o1/session-key/refresh`, { token, body: {} })
  assert.deepEqual([session.status, codeOf(session)], [409, 'CREDENTIAL_NOT_FETCHABLE'])
})

test('the listing shows life and last refresh, page by page, and no value', async (t) => {
  const world = await openHttpWorld(t)
  const token = await world.token()
  const value = valueOf(await world.call('GET', TOKEN, { token }))['access_token']
  for (const openid of ['o1', 'o2', 'o3']) {
    await world.call('PUT', `${APP}/users/${openid}/session-key`, {
      token,
      body: { value: { session_key: 'SECRETMARKER' } },
    })
  }
  world.advance(1_000)
  const first = await world.call('GET', '/v1/credentials?limit=3', { token })
  const second = await world.call(
    'GET',
    `/v1/credentials?limit=3&after=${encodeURIComponent((first.json as { next: string }).next)}`,
    { token },
  )
  const items = [first, second].flatMap(({ json }) => (json as { items: Record<string, unknown>[] }).items)
  assert.equal((second.json as { next: unknown }).next, null)
  assert.deepEqual(
    items.map(({ kind, openid }) => [kind, openid]),
    [
      ['access_token', undefined],
      ['session_key', 'o1'],
      ['session_key', 'o2'],
      ['session_key', 'o3'],
    ],
  )
  assert.deepEqual([items[0]?.['remainingSeconds'], items[1]?.['remainingSeconds']], [7199, null])
  const { at, reason, outcome } = items[0]?.['lastRefresh'] as Record<string, unknown>
  assert.deepEqual([at, reason, outcome], [world.now() - 1_000, 'absent', 'ok'])
  assert.doesNotMatch(first.text + second.text, /SECRETMARKER/)
  assert.equal((first.text + second.text).includes(String(value)), false)
})

test('a scope gives one app, one kind and one verb; everything else is forbidden and named', async (t) => {
  const world = await openHttpWorld(t)
  const token = await world.token({ app: miniProgram.appid, kind: 'access_token', verb: 'read' })
  assert.equal((await world.call('GET', TOKEN, { token })).status, 200)
  const forbidden: readonly (readonly [method: string, path: string, body?: unknown])[] = [
    ['PUT', TOKEN, { value: { access_token: 'x' } }],
    ['DELETE', TOKEN],
    ['POST', `${TOKEN}/refresh`],
    ['POST', `${TOKEN}/report-invalid`, { value: 'x' }],
    ['GET', `${APP}/tickets/jsapi`],
    ['GET', `${APP}/users/o1/session-key`],
    ['GET', `/v1/apps/weixin-mp/${otherProgram.appid}/access-token`],
    ['GET', '/v1/credentials'],
    ['GET', '/v1/tokens'],
    ['POST', '/v1/tokens', { name: 'x', scopes: ['*:*:*'] }],
    ['DELETE', '/v1/tokens/00'],
    ['GET', '/v1/audit'],
    ['GET', '/metrics'],
  ]
  const before = calls(world, '/cgi-bin/stable_token')
  for (const [method, path, body] of forbidden.slice(0, -1)) {
    const reply = await world.call(method, path, { token, body })
    assert.deepEqual([reply.status, codeOf(reply)], [403, 'CALLER_FORBIDDEN'], `${method} ${path}`)
  }
  assert.equal(calls(world, '/cgi-bin/stable_token'), before)
})

test('a listing shows only what the caller may see', async (t) => {
  const world = await openHttpWorld(t)
  const all = await world.token()
  for (const { appid } of [miniProgram, otherProgram])
    await world.call('GET', `/v1/apps/weixin-mp/${appid}/access-token`, { token: all })
  const some = await world.token({ app: otherProgram.dcloudAppid, kind: 'access_token', verb: 'list' })
  const { items } = (await world.call('GET', '/v1/credentials', { token: some })).json as { items: { appid: string }[] }
  assert.deepEqual(
    items.map(({ appid }) => appid),
    [otherProgram.appid],
  )
})

test('administration of one app is no administration: whoever makes tokens can make himself anything', async (t) => {
  const world = await openHttpWorld(t)
  for (const scope of [
    { app: miniProgram.appid, kind: '*', verb: '*' },
    { app: '*', kind: 'access_token', verb: 'admin' },
  ] as const) {
    const token = await world.token(scope)
    const reply = await world.call('POST', '/v1/tokens', { token, body: { name: 'x', scopes: ['*:*:*'] } })
    assert.equal(codeOf(reply), 'CALLER_FORBIDDEN')
  }
})

test('a token made over HTTP is shown once, works, and ends when it is revoked', async (t) => {
  const world = await openHttpWorld(t)
  const admin = await world.token()
  const made = await world.call('POST', '/v1/tokens', {
    token: admin,
    body: { name: 'billing', scopes: [`${miniProgram.appid}:*:read`] },
  })
  assert.equal(made.status, 201)
  const { token, record } = made.json as { token: string; record: { id: string; scopes: string[] } }
  assert.deepEqual(record.scopes, [`${miniProgram.appid}:*:read`])
  assert.equal((await world.call('GET', TOKEN, { token })).status, 200)
  const listed = await world.call('GET', '/v1/tokens', { token: admin })
  assert.equal(listed.text.includes(token), false)
  assert.equal(
    (listed.json as { items: { id: string }[] }).items.some(({ id }) => id === record.id),
    true,
  )
  assert.equal((await world.call('DELETE', `/v1/tokens/${record.id}`, { token: admin })).status, 204)
  assert.equal(codeOf(await world.call('GET', TOKEN, { token })), 'CALLER_UNKNOWN')
  assert.equal(codeOf(await world.call('DELETE', `/v1/tokens/${record.id}`, { token: admin })), 'TOKEN_UNKNOWN')
})

test('the trail tells who did what with which credential, refusals included, and no value', async (t) => {
  const world = await openHttpWorld(t)
  const admin = await world.token()
  const reader = await world.token({ app: '*', kind: '*', verb: 'read' })
  await world.call('GET', `${APP}/users/o1/session-key`, { token: reader })
  await world.call('PUT', `${APP}/users/o1/session-key`, {
    token: reader,
    body: { value: { session_key: 'SECRETMARKER' } },
  })
  await world.call('PUT', `${APP}/users/o1/session-key`, {
    token: admin,
    body: { value: { session_key: 'SECRETMARKER' } },
  })
  await world.call('POST', '/uni-open-bridge/getSessionKey', {
    token: reader,
    body: { dcloudAppid: miniProgram.dcloudAppid, platform: 'weixin-mp', openid: 'o1' },
  })
  await world.call('POST', '/uni-open-bridge/getSessionKey', {
    token: reader,
    body: { dcloudAppid: miniProgram.dcloudAppid, platform: 'weixin-mp' },
  })
  const reply = await world.call('GET', `/v1/audit?kind=session_key&appid=${miniProgram.appid}`, { token: admin })
  const { items } = reply.json as { items: Record<string, unknown>[] }
  assert.deepEqual(
    items.toReversed().map(({ verb, result, openid, address }) => [verb, result, openid, address]),
    [
      ['read', 'absent', 'o1', '127.0.0.1'],
      ['set', 'CALLER_FORBIDDEN', 'o1', '127.0.0.1'],
      ['set', 'ok', 'o1', '127.0.0.1'],
      ['read', 'ok', 'o1', '127.0.0.1'],
      ['read', 'CREDENTIAL_KEY_INVALID', undefined, '127.0.0.1'],
    ],
  )
  assert.doesNotMatch(reply.text, /SECRETMARKER/)
  const [last] = items
  const own = await world.call('GET', `/v1/audit?caller=${encodeURIComponent(String(last?.['caller']))}&limit=1`, {
    token: admin,
  })
  assert.equal((own.json as { items: unknown[] }).items.length, 1)
  assert.equal(typeof (own.json as { next: unknown }).next, 'number')
})

test('health is for everyone, readiness tells callers more, metrics are theirs in production', async (t) => {
  const world = await openHttpWorld(t, {
    production: true,
    callers: { allowList: [], s2s: { type: 'connectCode', connectCode: 'c'.repeat(32) }, signing: [] },
  })
  const token = await world.token({ app: '*', kind: '*', verb: 'list' })
  assert.deepEqual((await world.call('GET', '/healthz')).json, { status: 'ok' })
  assert.deepEqual((await world.call('GET', '/readyz')).json, { status: 'ready' })
  const told = (await world.call('GET', '/readyz', { token })).json as { tiers: { tier: string; ok: boolean }[] }
  assert.ok(told.tiers.length > 0 && told.tiers.every(({ ok }) => ok))
  assert.equal((await world.call('GET', '/metrics')).status, 401)
  const metrics = await world.call('GET', '/metrics', { token })
  assert.match(metrics.text, /drawbridge_request_seconds_count\{route="healthz",status="200"\} 1/)
  assert.match(metrics.headers.get('content-type') ?? '', /^text\/plain/)
})

test('every answer carries a request id of ours and the security headers', async (t) => {
  const world = await openHttpWorld(t)
  const ids = new Set<string | null>()
  for (const path of ['/healthz', '/nowhere', TOKEN]) {
    const { headers } = await world.call('GET', path, { headers: { 'x-request-id': 'from-outside' } })
    ids.add(headers.get('x-request-id'))
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
    assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'/)
  }
  assert.equal(ids.size, 3)
  assert.equal(ids.has('from-outside'), false)
  const known = await world.call('GET', TOKEN, { headers: { 'x-request-id': 'from-outside' } })
  assert.equal((known.json as { clientRequestId: string }).clientRequestId, 'from-outside')
  const strange = await world.call('GET', TOKEN, { headers: { 'x-request-id': 'a"b{}' } })
  assert.equal((strange.json as { clientRequestId?: string }).clientRequestId, undefined)
})
