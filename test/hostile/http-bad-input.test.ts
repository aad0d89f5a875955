import assert from 'node:assert/strict'
import { test } from 'node:test'
import { miniProgram, openHttpWorld } from './http-world.ts'
import type { HttpWorld, Reply } from './http-world.ts'

const APP = `/v1/apps/weixin-mp/${miniProgram.appid}`
const SESSION = `${APP}/users/o1/session-key`
const KEY = { dcloudAppid: miniProgram.dcloudAppid, platform: 'weixin-mp' }

interface Problem {
  readonly status: number
  readonly code: string
  readonly details: { readonly field?: string; readonly reason?: string }
}

function problem({ status, headers, json, text }: Reply): Problem {
  assert.match(headers.get('content-type') ?? '', /^application\/problem\+json/, text)
  const body = json as Problem & {
    readonly type: string
    readonly title: string
    readonly detail: string
    readonly requestId: string
    readonly remedy: object
  }
  assert.equal(body.status, status)
  assert.equal(body.type, `urn:drawbridge:error:${body.code}`)
  assert.equal(body.requestId, headers.get('x-request-id'))
  for (const words of [body.title, body.detail, ...Object.values<unknown>({ ...body.remedy })])
    assert.equal(typeof words, 'string')
  return body
}

/** What is stored, to see that nothing was lost or written. */
async function stored({ server }: HttpWorld): Promise<unknown> {
  return server.replica.bridge.list({ limit: 100 })
}

test('each wrong body of the /v1 API is refused by the name of its field, and nothing is lost or written', async (t) => {
  const world = await openHttpWorld(t)
  const token = await world.token()
  await world.call('PUT', SESSION, { token, body: { value: { session_key: 'kept' } } })
  const before = await stored(world)
  const value = { session_key: 'x' }
  const deep = `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`
  const rows: readonly (readonly [body: unknown, code: string, field: string])[] = [
    [undefined, 'REQUEST_INVALID', 'body'],
    ['', 'REQUEST_INVALID', 'body'],
    ['{', 'BODY_NOT_JSON', 'body'],
    ['value=1', 'BODY_NOT_JSON', 'body'],
    ["{'value':1}", 'BODY_NOT_JSON', 'body'],
    ['{"value":NaN}', 'BODY_NOT_JSON', 'body'],
    [Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), 'BODY_NOT_JSON', 'body'],
    [Buffer.from('{"value":{"session_key":"\ud800"}}', 'utf16le'), 'BODY_NOT_JSON', 'body'],
    ['null', 'REQUEST_INVALID', 'body'],
    ['[]', 'REQUEST_INVALID', 'body'],
    ['"text"', 'REQUEST_INVALID', 'body'],
    ['7', 'REQUEST_INVALID', 'body'],
    [{}, 'REQUEST_INVALID', 'value'],
    [{ value: null }, 'REQUEST_INVALID', 'value'],
    [{ value: 'x' }, 'REQUEST_INVALID', 'value'],
    [{ value: [] }, 'REQUEST_INVALID', 'value'],
    [{ value: {} }, 'REQUEST_INVALID', 'value.session_key'],
    [{ value: { session_key: 1 } }, 'REQUEST_INVALID', 'value.session_key'],
    [{ value: { session_key: '' } }, 'REQUEST_INVALID', 'value.session_key'],
    [{ value, expiresIn: 0 }, 'REQUEST_INVALID', 'expiresIn'],
    [{ value, expiresIn: -2 }, 'REQUEST_INVALID', 'expiresIn'],
    [{ value, expiresIn: 1.5 }, 'REQUEST_INVALID', 'expiresIn'],
    [{ value, expiresIn: '60' }, 'REQUEST_INVALID', 'expiresIn'],
    [{ value, expiresIn: null }, 'REQUEST_INVALID', 'expiresIn'],
    ['{"value":{"session_key":"x"},"expiresIn":1e400}', 'REQUEST_INVALID', 'expiresIn'],
    [{ value, unknown: 1 }, 'REQUEST_INVALID', 'unknown'],
    [{ value, 'bad\u0000name\n': 1 }, 'REQUEST_INVALID', 'bad?name?'],
    ['{"value":{"session_key":"x"},"__proto__":{"a":1}}', 'REQUEST_INVALID', 'body.__proto__'],
    ['{"value":{"session_key":"x","__proto__":{"a":1}}}', 'REQUEST_INVALID', 'value.__proto__'],
    ['{"value":{"session_key":"x","\\u005f_proto__":{"a":1}}}', 'REQUEST_INVALID', 'value.__proto__'],
    ['{"value":{"session_key":"x","constructor":{"prototype":{"a":1}}}}', 'REQUEST_INVALID', 'value.constructor'],
    [deep, 'REQUEST_INVALID', 'body'],
    ['['.repeat(200_000), 'BODY_NOT_JSON', 'body'],
  ]
  for (const [body, code, field] of rows) {
    const reply = problem(await world.call('PUT', SESSION, { token, body }))
    const name = typeof body === 'string' ? body.slice(0, 60) : JSON.stringify(body)
    assert.deepEqual([reply.status, reply.code, reply.details.field], [400, code, field], name)
  }
  assert.deepEqual(await stored(world), before)
  assert.equal(({} as Record<string, unknown>)['a'], undefined)
})

test('each wrong path and query is refused by the name of its part', async (t) => {
  const world = await openHttpWorld(t)
  const token = await world.token()
  const rows: readonly (readonly [path: string, status: number, code: string, field?: string])[] = [
    ['/v1/apps/weixin-xx/wx1/access-token', 400, 'REQUEST_INVALID', 'platform'],
    ['/v1/apps/__proto__/wx1/access-token', 400, 'REQUEST_INVALID', 'platform'],
    ['/v1/apps/constructor/wx1/access-token', 400, 'REQUEST_INVALID', 'platform'],
    ['/v1/apps/weixin-mp/__proto__/access-token', 404, 'APP_UNKNOWN'],
    ['/v1/apps/weixin-mp/constructor/access-token', 404, 'APP_UNKNOWN'],
    ['/v1/apps/weixin-mp/wx0/access-token', 404, 'APP_UNKNOWN'],
    ['/v1/apps/qq-mp/wx1111111111111111/access-token', 404, 'APP_UNKNOWN'],
    ['/v1/apps/weixin-mp/wx%20/access-token', 400, 'REQUEST_INVALID', 'app'],
    [`/v1/apps/weixin-mp/${'w'.repeat(400)}/access-token`, 400, 'REQUEST_INVALID', 'app'],
    [`/v1/apps/weixin-mp/${'w'.repeat(2000)}/access-token`, 400, 'REQUEST_INVALID', 'path'],
    [`${APP}/tickets/other`, 400, 'REQUEST_INVALID', 'ticketType'],
    [`${APP}/users/${'o'.repeat(129)}/session-key`, 400, 'REQUEST_INVALID', 'openid'],
    [`${APP}/users/%20o1/session-key`, 400, 'CREDENTIAL_KEY_INVALID', 'openid'],
    [`${APP}/users/o1/encrypt-keys/x`, 400, 'REQUEST_INVALID', 'version'],
    [`${APP}/users/o1/encrypt-keys/-1`, 400, 'REQUEST_INVALID', 'version'],
    [`${APP}/users/o1/encrypt-keys/1e3`, 400, 'REQUEST_INVALID', 'version'],
    [`${APP}/access-token?force=1`, 400, 'REQUEST_INVALID', 'force'],
    [`${APP}/access-token?__proto__=1`, 400, 'REQUEST_INVALID', '__proto__'],
    ['/v1/credentials?limit=0', 400, 'REQUEST_INVALID', 'limit'],
    ['/v1/credentials?limit=501', 400, 'REQUEST_INVALID', 'limit'],
    ['/v1/credentials?limit=-1', 400, 'REQUEST_INVALID', 'limit'],
    ['/v1/credentials?limit=1&limit=2', 400, 'REQUEST_INVALID', 'limit'],
    ['/v1/credentials?platform=x', 400, 'REQUEST_INVALID', 'platform'],
    ['/v1/audit?kind=secret', 400, 'REQUEST_INVALID', 'kind'],
    ['/v1/audit?from=yesterday', 400, 'REQUEST_INVALID', 'from'],
    [`${APP}/users/%ff/session-key`, 400, 'REQUEST_INVALID', 'path'],
    ['/v1/%', 400, 'REQUEST_INVALID', 'path'],
    ['/v1', 404, 'METHOD_UNKNOWN'],
    ['/v1/apps/weixin-mp/../weixin-mp/x', 404, 'METHOD_UNKNOWN'],
    ['/__proto__', 404, 'METHOD_UNKNOWN'],
    [`${APP}/access-token/`, 404, 'METHOD_UNKNOWN'],
  ]
  for (const [path, status, code, field] of rows) {
    const reply = problem(await world.call('GET', path, { token }))
    assert.deepEqual([reply.status, reply.code, reply.details.field], [status, code, field], path)
  }
  assert.equal(world.simulator.control.calls.count({ path: '/cgi-bin/stable_token' }), 0)
})

test('a method that a path does not have is refused with those that it has', async (t) => {
  const world = await openHttpWorld(t)
  const token = await world.token()
  for (const method of ['PATCH', 'OPTIONS', 'POST', 'HEAD']) {
    const { status } = await world.call(method, `${APP}/access-token`, { token })
    assert.equal(status, 404, method)
  }
  const { code, details } = problem(await world.call('PATCH', `${APP}/access-token`, { token }))
  assert.deepEqual([code, details], ['METHOD_UNKNOWN', { method: 'PATCH', allowed: 'GET, PUT, DELETE' }])
})

test('a read with a body, and a body where none belongs, change nothing', async (t) => {
  const world = await openHttpWorld(t)
  const token = await world.token()
  await world.call('PUT', SESSION, { token, body: { value: { session_key: 'kept' } } })
  const refused = problem(await world.call('DELETE', SESSION, { token, body: '{"a":1}' }))
  assert.deepEqual([refused.code, refused.details.field], ['REQUEST_INVALID', 'body'])
  assert.equal((await world.call('GET', SESSION, { token })).status, 200)
})

test('nobody learns whether a path, an app or a field exists before he is somebody', async (t) => {
  const world = await openHttpWorld(t)
  for (const [method, path, body] of [
    ['GET', `${APP}/access-token`, undefined],
    ['GET', '/v1/apps/weixin-mp/wx0/access-token', undefined],
    ['PUT', SESSION, '{'],
    ['GET', '/v1/credentials?limit=x', undefined],
    ['GET', '/v1/tokens', undefined],
  ] as const) {
    const { code } = problem(await world.call(method, path, { body }))
    assert.equal(code, 'CALLER_UNKNOWN', `${method} ${path}`)
  }
  const anonymous = await world.call('POST', '/uni-open-bridge/getAccessToken', { body: '{' })
  assert.deepEqual(
    [anonymous.status, anonymous.json],
    [401, { errCode: 'CALLER_UNKNOWN', errMsg: 'Invalid IP::127.0.0.1', errSubject: 'uni-open-bridge' }],
  )
})

test('each wrong body of the compatible face is refused in its three fields', async (t) => {
  const world = await openHttpWorld(t)
  const token = await world.token()
  const post = (method: string, body: unknown) => world.call('POST', `/uni-open-bridge/${method}`, { token, body })
  const rows: readonly (readonly [method: string, body: unknown, status: number, errCode: unknown, errMsg: RegExp])[] =
    [
      ['getAccessToken', '', 400, 'REQUEST_INVALID', /^Invalid parameter\(s\)::$/],
      ['getAccessToken', '{}', 400, 'REQUEST_INVALID', /^Invalid parameter\(s\)::\{\}$/],
      ['getAccessToken', '{"a":', 400, 'BODY_NOT_JSON', /body/],
      ['getAccessToken', '[1,2]', 400, 'REQUEST_INVALID', /field: body/],
      ['getAccessToken', 'null', 400, 'REQUEST_INVALID', /field: body/],
      ['getAccessToken', Buffer.from([0x7b, 0xff, 0xff, 0xff, 0x7d]), 400, 'BODY_NOT_JSON', /UTF-8/],
      ['getAccessToken', { ...KEY, platform: 'x' }, 404, 'UNI_OPEN_BRIDGE_SYSTEM_ERROR', /^appid or provider invalid$/],
      [
        'getAccessToken',
        { ...KEY, platform: '__proto__' },
        404,
        'UNI_OPEN_BRIDGE_SYSTEM_ERROR',
        /^appid or provider invalid$/,
      ],
      [
        'getAccessToken',
        { ...KEY, platform: { toString: 1 } },
        404,
        'UNI_OPEN_BRIDGE_SYSTEM_ERROR',
        /^appid or provider invalid$/,
      ],
      ['getAccessToken', { ...KEY, dcloudAppid: 7 }, 400, 'CREDENTIAL_KEY_INVALID', /dcloudAppid/],
      ['getSessionKey', { ...KEY, openid: {} }, 400, 'CREDENTIAL_KEY_INVALID', /^Invalid openid$/],
      ['getSessionKey', { ...KEY, openid: 'o'.repeat(5000) }, 400, 'CREDENTIAL_KEY_INVALID', /^Invalid openid$/],
      ['getEncryptKey', { ...KEY, openid: 'o1', version: '10' }, 400, 'CREDENTIAL_KEY_INVALID', /^Invalid version$/],
      ['setAccessToken', KEY, 400, 'CREDENTIAL_VALUE_INVALID', /^Invalid Value$/],
      ['setAccessToken', { ...KEY, value: 'x' }, 400, 'CREDENTIAL_VALUE_INVALID', /^Invalid Value Type$/],
      ['setAccessToken', { ...KEY, value: { a: 1 }, expiresIn: '60' }, 400, 'DURATION_INVALID', /^Invalid duration$/],
      ['setAccessToken', { ...KEY, value: { a: 1 }, expiresIn: 1.5 }, 400, 'DURATION_INVALID', /^Invalid duration$/],
      ['setAccessToken', '{"platform":"weixin-mp","__proto__":{"value":{}}}', 400, 'REQUEST_INVALID', /__proto__/],
      ['updateAccessToken', KEY, 404, 'METHOD_UNKNOWN', /./],
      ['constructor', KEY, 404, 'METHOD_UNKNOWN', /./],
      ['_timing', KEY, 404, 'METHOD_UNKNOWN', /./],
    ]
  for (const [method, body, status, errCode, errMsg] of rows) {
    const reply = await post(method, body)
    const name = `${method} ${typeof body === 'string' ? body : JSON.stringify(body)}`.slice(0, 100)
    assert.equal(reply.status, status, `${name}: ${reply.text}`)
    const error = reply.json as Record<string, unknown>
    assert.deepEqual(Object.keys(error), ['errCode', 'errMsg', 'errSubject'], name)
    assert.equal(error['errCode'], errCode, name)
    assert.match(String(error['errMsg']), errMsg, name)
    assert.equal(error['errSubject'], 'uni-open-bridge', name)
  }
  assert.deepEqual(await stored(world), [])
})

test('what is not known in a compatible body is ignored, a fallback too', async (t) => {
  const world = await openHttpWorld(t)
  const token = await world.token()
  const body = { ...KEY, openid: 'o1', fallback: 'x', more: [1] }
  const reply = await world.call('POST', '/uni-open-bridge/getSessionKey', { token, body })
  assert.deepEqual([reply.status, reply.text], [200, 'null'])
})

test('a platform that refuses is told with its own errcode and message', async (t) => {
  const world = await openHttpWorld(t)
  const token = await world.token()
  world.simulator.control.apps.change(miniProgram.appid, { secret: 'f'.repeat(32) })
  const reply = await world.call('POST', '/uni-open-bridge/getAccessToken', { token, body: KEY })
  const { errCode, errSubject } = reply.json as Record<string, unknown>
  assert.deepEqual([reply.status, errCode, errSubject], [502, 40125, 'uni-open-bridge'])
  const v1 = problem(await world.call('GET', `${APP}/access-token`, { token }))
  assert.equal(v1.code, 'UPSTREAM_FAILED')
  assert.equal((v1.details as { errcode?: number }).errcode, 40125)
})

test('a content type says nothing to the compatible face, and base64 is decoded when the request says so', async (t) => {
  const world = await openHttpWorld(t)
  const token = await world.token()
  const set = { ...KEY, value: { access_token: 'A' }, expiresIn: 60 }
  const post = (method: string, body: unknown, headers: Record<string, string>) =>
    world.call('POST', `/uni-open-bridge/${method}`, { token, body, headers })
  for (const type of [
    'text/plain',
    'application/xml',
    'application/x-www-form-urlencoded',
    'not a type',
    'application/json; charset=gbk',
    'application/json;',
    ';',
  ]) {
    assert.equal((await post('setAccessToken', set, { 'content-type': type })).text, 'null', type)
  }
  const encoded = Buffer.from(JSON.stringify(KEY)).toString('base64')
  const decoded = await post('getAccessToken', encoded, { 'x-body-encoding': 'base64' })
  assert.deepEqual(decoded.json, { access_token: 'A' })
  assert.equal((await post('getAccessToken', encoded, {})).status, 400)
})
