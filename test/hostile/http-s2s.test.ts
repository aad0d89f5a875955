import assert from 'node:assert/strict'
import { test } from 'node:test'
import { s2sBinding, s2sSign } from '@drawbridge/server'
import type { ServerConfig } from '@drawbridge/server'
import { miniProgram, openHttpWorld } from './http-world.ts'
import type { HttpWorld } from './http-world.ts'

const APP = `/v1/apps/weixin-mp/${miniProgram.appid}`
const KEY = { dcloudAppid: miniProgram.dcloudAppid, platform: 'weixin-mp' }

function callers(change: Partial<ServerConfig['callers']>): Partial<ServerConfig> {
  return { callers: { allowList: [], signing: [], ...change } }
}

function codeOf(reply: { readonly json: unknown }): unknown {
  const body = reply.json as { code?: unknown; errCode?: unknown } | null
  return body?.code ?? body?.errCode
}

const plain = {
  type: 'sign',
  signKey: 'k'.repeat(32),
  hashMethod: 'hmac-sha256',
  timeDiffToleranceSeconds: 60,
  md5AsSha256: false,
} as const

function s2sHeaders(world: HttpWorld, data: Readonly<Record<string, unknown>>): Record<string, string> {
  return { 'content-type': 'application/json', ...s2sSign(plain, data, world.now()) }
}

test('the connect code opens both faces, and a wrong one neither', async (t) => {
  const world = await openHttpWorld(t, callers({ s2s: { type: 'connectCode', connectCode: 'code-1' } }))
  const headers = { 'Unicloud-S2s-Authorization': 'CONNECTCODE code-1' }
  const set = await world.call('POST', '/uni-open-bridge/setAccessToken', {
    headers,
    body: { ...KEY, value: { access_token: 'A' } },
  })
  assert.deepEqual([set.status, set.text], [200, 'null'])
  assert.equal((await world.call('GET', `${APP}/access-token`, { headers })).status, 200)
  assert.equal((await world.call('GET', '/v1/tokens', { headers })).status, 403)
  const wrong = await world.call('POST', '/uni-open-bridge/getAccessToken', {
    headers: { 'Unicloud-S2s-Authorization': 'CONNECTCODE code-2' },
    body: KEY,
  })
  assert.deepEqual(
    [wrong.status, (wrong.json as Record<string, unknown>)['errSubject'], codeOf(wrong)],
    [401, 'uni-cloud-s2s', 51000],
  )
})

test('an old caller’s plain signature reads, in production too; there it writes nothing', async (t) => {
  const config = { ...callers({ s2s: plain }), production: true }
  const world = await openHttpWorld(t, config)
  const get = await world.call('POST', '/uni-open-bridge/getAccessToken', {
    headers: s2sHeaders(world, KEY),
    body: KEY,
  })
  assert.equal(get.status, 200, get.text)
  for (const [method, more] of [
    ['setAccessToken', { value: { access_token: 'evil' } }],
    ['removeAccessToken', {}],
  ] as const) {
    const reply = await world.call('POST', `/uni-open-bridge/${method}`, {
      headers: s2sHeaders(world, KEY),
      body: { ...KEY, ...more },
    })
    assert.deepEqual([reply.status, codeOf(reply)], [401, 'SIGNATURE_INVALID'], method)
    assert.match(reply.text, /drawbridge-s2s-binding/)
  }
  const still = await world.call('POST', '/uni-open-bridge/getAccessToken', {
    headers: s2sHeaders(world, KEY),
    body: KEY,
  })
  assert.deepEqual(still.json, get.json)
})

test('a plain signature writes where that is switched on, or outside production', async (t) => {
  for (const config of [
    { production: true, ...callers({ s2s: { ...plain, allowUnsignedValue: true } }) },
    { production: false, ...callers({ s2s: plain }) },
  ]) {
    const world = await openHttpWorld(t, config)
    const body = { ...KEY, value: { access_token: 'A' } }
    const set = await world.call('POST', '/uni-open-bridge/setAccessToken', { headers: s2sHeaders(world, body), body })
    assert.equal(set.status, 200, set.text)
  }
  const strict = await openHttpWorld(t, {
    production: false,
    ...callers({ s2s: { ...plain, allowUnsignedValue: false } }),
  })
  const body = { ...KEY, value: { access_token: 'A' } }
  assert.equal(
    (await strict.call('POST', '/uni-open-bridge/setAccessToken', { headers: s2sHeaders(strict, body), body })).status,
    401,
  )
})

test('with the binding header a signature writes in production, and fits no other value, method or path', async (t) => {
  const world = await openHttpWorld(t, { ...callers({ s2s: plain }), production: true })
  const target = '/uni-open-bridge/setAccessToken'
  const send = (body: unknown, signed: string, to = target) => {
    const headers = s2sHeaders(world, KEY)
    const binding = s2sBinding(plain.signKey, {
      timestamp: headers['Unicloud-S2s-Timestamp'] ?? '',
      method: 'POST',
      target,
      body: signed,
    })
    return world.call('POST', to, { headers: { ...headers, 'drawbridge-s2s-binding': binding }, body })
  }
  const good = { ...KEY, value: { access_token: 'A' } }
  const evil = { ...KEY, value: { access_token: 'evil' } }
  assert.equal((await send(good, JSON.stringify(good))).status, 200)
  assert.equal((await send(evil, JSON.stringify(good))).status, 401)
  assert.equal((await send(good, JSON.stringify(good), '/uni-open-bridge/removeAccessToken')).status, 401)
  const read = await world.call('POST', '/uni-open-bridge/getAccessToken', {
    headers: s2sHeaders(world, KEY),
    body: KEY,
  })
  assert.deepEqual(read.json, { access_token: 'A' })
})

test('a plain signature says nothing about a path, so the /v1 API does not take it', async (t) => {
  const world = await openHttpWorld(t, callers({ s2s: plain }))
  const reply = await world.call('GET', `${APP}/access-token`, { headers: s2sHeaders(world, {}) })
  assert.deepEqual([reply.status, codeOf(reply)], [401, 'SIGNATURE_INVALID'])
})

test('a recorded signature cannot be read as a form and obeyed as JSON', async (t) => {
  const world = await openHttpWorld(t, callers({ s2s: plain }))
  const signed = `=&dcloudAppid=${KEY.dcloudAppid}&platform=${KEY.platform}&%7B%22a%22%3A%22=`
  const reply = await world.call('POST', '/uni-open-bridge/getSessionKey', {
    headers: { ...s2sHeaders(world, KEY), 'content-type': 'application/x-www-form-urlencoded' },
    body: JSON.stringify({ a: signed, ...KEY, openid: 'oVictim' }),
  })
  assert.deepEqual([reply.status, codeOf(reply)], [401, 'SIGNATURE_INVALID'])
  assert.match(reply.text, /content-type/)
})

test('where every peer binds its requests, a signature that was stripped of its binding is refused', async (t) => {
  const world = await openHttpWorld(t, callers({ s2s: { ...plain, requireBinding: true } }))
  const path = '/uni-open-bridge/getAccessToken'
  const body = JSON.stringify(KEY)
  const headers = s2sHeaders(world, KEY)
  const stripped = await world.call('POST', path, { headers, body })
  assert.deepEqual([stripped.status, codeOf(stripped)], [401, 'SIGNATURE_INVALID'])
  const timestamp = headers['Unicloud-S2s-Timestamp'] ?? ''
  const binding = s2sBinding(plain.signKey, { timestamp, method: 'POST', target: path, body })
  const bound = await world.call('POST', path, { headers: { ...headers, 'drawbridge-s2s-binding': binding }, body })
  assert.equal(bound.status, 200, bound.text)
})
