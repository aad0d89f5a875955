import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { ErrorCode } from '@drawbridge/protocol'
import { createRateLimiter } from '../callers/rate-limiter.ts'
import type { FileMethods } from './file-methods.ts'
import { openWire, otherSpace, VECTOR_TIME, vectorSpace } from './wire-fixture.ts'

const vectors = JSON.parse(
  readFileSync(new URL('../../../../test/vectors/unicloud.json', import.meta.url), 'utf8'),
) as {
  readonly anonymousAuthorize: { readonly body: string; readonly 'x-serverless-sign': string }
  readonly invoke: { readonly body: string; readonly 'x-serverless-sign': string }
  readonly dcloudInvoke: { readonly body: string; readonly headers: Readonly<Record<string, string>> }
}

const AUTHORIZE = 'serverless.auth.user.anonymousAuthorize'

describe('the wire of the stock client', () => {
  it('gives a token for the request of the real client', async () => {
    const { anonymousAuthorize: vector } = vectors
    const reply = await openWire().post(vector.body, { 'x-serverless-sign': vector['x-serverless-sign'] })
    assert.equal(reply.status, 200)
    assert.equal(reply.json.success, true)
    const { accessToken, expiresInSecond } = reply.json.data as Record<string, unknown>
    assert.match(String(accessToken), /^[\w.-]{40,}$/)
    assert.equal(expiresInSecond, 7200)
    assert.deepEqual(reply.json.header, { 'x-serverless-request-id': 'r-1' })
    assert.equal(reply.headers['request-id'], 'r-1')
  })

  it('knows no token of another server in the real client’s call', async () => {
    const { invoke } = vectors
    const wire = openWire()
    const reply = await wire.post(invoke.body, { 'x-serverless-sign': invoke['x-serverless-sign'] })
    assert.equal(reply.json.error?.code, 'GATEWAY_INVALID_TOKEN')
    assert.equal(reply.status, 401)
    assert.equal(wire.calls.length, 0)
  })

  it('runs the function of the real dcloud client’s call, told of client, token and connection', async () => {
    const { body, headers } = vectors.dcloudInvoke
    const wire = openWire({ answer: () => '{"a":[1,null]}' })
    const reply = await wire.post(body, { ...headers, 'user-agent': 'agent/1' })
    assert.deepEqual(reply.json, {
      success: true,
      data: { a: [1, null] },
      header: { 'x-serverless-request-id': 'r-1' },
    })
    const [call] = wire.calls
    assert.ok(call)
    assert.equal(call.name, 'hello')
    assert.deepEqual(call.args, { a: 1 })
    const { clientInfo, ...facts } = call.facts
    assert.equal(clientInfo['appId'], '__UNI__VECTOR')
    assert.equal(clientInfo['scene'], 1001)
    assert.deepEqual(facts, {
      source: 'client',
      requestId: 'r-1',
      secretType: 'none',
      clientIp: '203.0.113.7',
      userAgent: 'agent/1',
      uniIdToken: 'a.b.c',
    })
  })

  it('runs a function with a token, also when the client signs the same moment again', async () => {
    const wire = openWire()
    const token = await wire.token()
    for (let time = 0; time < 2; time++) assert.equal((await wire.send({ token })).json.data, 'ran')
    assert.equal((await wire.send({ token: await wire.token() })).json.data, 'ran')
    assert.equal(wire.calls.length, 3)
  })

  it('refuses a token that has expired, is of another space, or of the process before', async () => {
    let at = VECTOR_TIME
    const wire = openWire({ now: () => at, tokenLifetimeMs: 60_000 })
    const token = await wire.token()
    const foreign = await wire.token(otherSpace)
    assert.equal((await wire.send({ token: foreign })).json.error?.code, 'GATEWAY_INVALID_TOKEN')
    assert.equal((await openWire().send({ token })).json.error?.code, 'GATEWAY_INVALID_TOKEN')
    at += 60_000
    assert.equal((await wire.send({ token })).json.error?.code, 'GATEWAY_INVALID_TOKEN')
    assert.equal((await wire.send({})).json.error?.code, 'GATEWAY_INVALID_TOKEN')
    assert.equal(wire.calls.length, 0)
  })

  it('tells a refused call in one line of the log, with code, target and request, and nothing of its contents', async () => {
    const wire = openWire({
      answer: () => {
        throw new DrawbridgeError('FUNCTION_BUSY')
      },
    })
    const params = '{"functionTarget":"hello","functionArgs":{"word":"MARKER-contents"}}'
    await wire.send({ token: await wire.token(), params })
    const refused = wire.lines.filter((line) => line.includes('client call refused'))
    assert.equal(refused.length, 1)
    const { requestId, spaceId, target, code } = JSON.parse(refused[0] ?? '{}') as Record<string, unknown>
    assert.deepEqual([requestId, spaceId, target, code], ['r-1', 'vector-space', 'hello', 'Throttling.Api.Concurrency'])
    assert.ok(!wire.lines.join('').includes('MARKER-contents'))
  })

  it('takes the dcloud class by its header, and its token from there when the body has none', async () => {
    const wire = openWire()
    const params = '{"functionTarget":"hello","functionArgs":{"uniIdToken":""}}'
    await wire.send({}, { 'x-client-info': '%7B%7D', 'x-client-token': 'h.e.ader' })
    await wire.send({ params }, { 'x-client-info': '%7B%7D', 'x-client-token': '' })
    assert.deepEqual(
      wire.calls.map(({ facts, args }) => [facts.uniIdToken, args]),
      [
        ['h.e.ader', {}],
        [undefined, {}],
      ],
    )
  })

  it('answers each error with a JSON object, its documented code and the request id', async () => {
    const rows: readonly (readonly [code: ErrorCode, status: number, told: string, message: RegExp])[] = [
      ['FUNCTION_NOT_FOUND', 200, 'FUNCTION_NOT_FOUND', /^FUNCTION_NOT_FOUND: /],
      ['FUNCTION_FAILED', 200, 'FunctionBizError', /^what it threw$/],
      ['FUNCTION_LOAD_FAILED', 200, 'FunctionServerError', /could not be loaded/],
      ['FUNCTION_RESULT_INVALID', 200, 'FunctionServerError', /./],
      ['FUNCTION_CRASHED', 200, 'FunctionServerError', /ended its process/],
      ['FUNCTION_TIMED_OUT', 400, 'RequestTimeout', /timeout/],
      ['FUNCTION_MEMORY_EXCEEDED', 200, 'FunctionResourceExhausted', /memory/],
      ['FUNCTION_BUSY', 400, 'Throttling.Api.Concurrency', /worker/],
      ['STORE_UNAVAILABLE', 503, 'STORE_UNAVAILABLE', /./],
      ['CREDENTIAL_KEY_INVALID', 400, 'CREDENTIAL_KEY_INVALID', /./],
    ]
    for (const [code, status, told, message] of rows) {
      const wire = openWire({
        answer: () => {
          throw new DrawbridgeError(code, { message: 'what it threw' })
        },
      })
      const reply = await wire.send({ token: await wire.token() })
      assert.equal(reply.status, status, code)
      assert.equal(reply.json.success, false)
      assert.equal(reply.json.error?.code, told)
      assert.match(reply.json.error.message, message)
      assert.deepEqual(reply.json.header, { 'x-serverless-request-id': 'r-1' })
    }
  })

  it('tells nothing of an error that is not its own, and logs it', async () => {
    const wire = openWire({
      answer: () => {
        throw new Error('SECRETMARKER in a driver')
      },
    })
    const reply = await wire.send({ token: await wire.token() })
    assert.equal(reply.status, 500)
    assert.equal(reply.json.error?.code, 'InternalError')
    assert.doesNotMatch(JSON.stringify(reply.json), /MARKER/)
    assert.equal(wire.lines.filter((line) => line.includes('client call failed')).length, 1)
  })

  it('writes no line above debug for a function that nobody has', async () => {
    const wire = openWire({
      answer: () => {
        throw new DrawbridgeError('FUNCTION_NOT_FOUND')
      },
    })
    await wire.send({ token: await wire.token() })
    assert.deepEqual(
      wire.lines.map((line) => (JSON.parse(line) as { level: string }).level).filter((level) => level !== 'debug'),
      [],
    )
  })

  it('counts requests by address before it reads them', async () => {
    const limiter = createRateLimiter({ perMinute: 2, now: () => VECTOR_TIME })
    const wire = openWire({ limiter })
    await wire.post('{')
    await wire.post('{')
    const reply = await wire.post('{')
    assert.equal(reply.json.error?.code, 'Throttling.Api')
    assert.equal(reply.headers['retry-after'], '60')
  })
})

describe('browsers on the wire', () => {
  const origin = 'https://shop.example.com'

  it('get leave for a preflight whose origin some space admits', async () => {
    const wire = openWire()
    const { status, headers } = await wire.options({ origin, 'access-control-request-method': 'POST' })
    assert.equal(status, 204)
    assert.equal(headers?.['access-control-allow-origin'], origin)
    assert.equal(headers['access-control-allow-methods'], 'POST')
    for (const name of ['content-type', 'x-serverless-sign', 'x-basement-token', 'x-client-info', 'x-client-token'])
      assert.match(String(headers['access-control-allow-headers']), new RegExp(`\\b${name}\\b`))
    assert.equal(headers['access-control-allow-credentials'], undefined)
    for (const foreign of ['https://evil.example', 'null', 'https://shop.example.com.evil.example', undefined]) {
      const refused = await wire.options(foreign === undefined ? {} : { origin: foreign })
      assert.equal(refused.status, 403)
      assert.equal(refused.headers?.['access-control-allow-origin'], undefined)
    }
  })

  it('read answers of a space that admits their page, the request id among the headers', async () => {
    const wire = openWire()
    const reply = await wire.send({ token: await wire.token() }, { origin })
    assert.equal(reply.json.data, 'ran')
    assert.equal(reply.headers['access-control-allow-origin'], origin)
    assert.match(String(reply.headers['access-control-expose-headers']), /\brequest-id\b/)
    assert.equal(reply.headers['vary'], 'Origin')
  })

  it('are refused before anything runs where only another space admits their page', async () => {
    const wire = openWire()
    const token = await wire.token()
    for (const foreign of ['https://other.example.com', 'https://evil.example', 'null']) {
      const reply = await wire.send({ token }, { origin: foreign })
      assert.equal(reply.status, 403)
      assert.equal(reply.json.error?.code, 'ORIGIN_REFUSED')
      assert.equal(reply.headers['access-control-allow-origin'], undefined)
    }
    assert.equal((await wire.send({ method: AUTHORIZE, params: '{}' }, { origin: 'https://evil.example' })).status, 403)
    assert.equal(wire.calls.length, 0)
  })

  it('can read a refusal, so that the page learns the reason', async () => {
    const reply = await openWire().post('{', { origin })
    assert.equal(reply.headers['access-control-allow-origin'], origin)
    assert.equal(reply.json.error?.code, 'InvalidBody.Format')
  })

  it('of any site are admitted by a space that says so', async () => {
    const wire = openWire({ spaces: [{ ...vectorSpace, origins: ['*'] }] })
    const reply = await wire.send({ token: await wire.token() }, { origin: 'https://anyone.example' })
    assert.equal(reply.headers['access-control-allow-origin'], 'https://anyone.example')
    assert.equal((await wire.options({ origin: 'https://anyone.example' })).status, 204)
  })
})

describe('file methods on the wire', () => {
  const seen: unknown[] = []
  const told = (name: string) => (call: { space: { spaceId: string } }, params: unknown) => {
    seen.push([name, call.space.spaceId, params])
    return Promise.resolve({ name })
  }
  const files: FileMethods = {
    signAliyunUpload: told('sign'),
    reportAliyunUpload: told('report'),
    describeAliyunFiles: (call, ids) => told('info')(call, ids).then((entry) => [entry]),
    signDcloudUpload: told('sign-dcloud'),
    reportDcloudUpload: told('report-dcloud'),
    deleteDcloudFiles: told('delete'),
    signDcloudUrls: told('urls'),
  }
  const rows: readonly (readonly [clientClass: 'aliyun' | 'dcloud', method: string, params: object, ran: unknown])[] = [
    ['aliyun', 'generateProximalSign', { env: 'public', filename: 'a.png' }, 'sign'],
    ['aliyun', 'generateProximalSign', { env: 'public', filename: 'a.png', fileId: '/b/a.png' }, 'sign'],
    ['aliyun', 'report', { id: 'f1' }, 'report'],
    ['aliyun', 'info', { id: 'a,b' }, 'info'],
    ['dcloud', 'generateProximalSign', { cloudPath: 'a.png' }, 'sign-dcloud'],
    ['dcloud', 'report', { cloudPath: 'a.png' }, 'report-dcloud'],
    ['dcloud', 'delete', { fileList: ['a'] }, 'delete'],
    ['dcloud', 'getTempFileURL', { fileList: ['a'] }, 'urls'],
    ['dcloud', 'getTempFileURL', { fileList: ['a'], maxAge: 60 }, 'urls'],
    ['aliyun', 'delete', { fileList: ['a'] }, 'InvalidMethod.Format'],
    ['dcloud', 'info', { id: 'a' }, 'InvalidMethod.Format'],
    ['dcloud', 'generateProximalSign', { env: 'public', filename: 'a.png' }, 'InvalidParams.Format'],
    ['aliyun', 'report', { id: ['a'] }, 'InvalidParams.Format'],
    ['dcloud', 'delete', { fileList: [] }, 'InvalidParams.Format'],
    ['dcloud', 'delete', { fileList: Array(51).fill('a') }, 'InvalidParams.Format'],
    ['aliyun', 'info', { id: Array(51).fill('a').join(',') }, 'InvalidParams.Format'],
    ['dcloud', 'delete', { fileList: ['a'], more: 1 }, 'InvalidParams.Format'],
  ]

  it('go to the files of the space, each class with its own parameters', async () => {
    const wire = openWire({ files })
    const token = await wire.token()
    for (const [clientClass, method, params, ran] of rows) {
      seen.length = 0
      const { json } = await wire.send(
        {
          method: `serverless.file.resource.${method}`,
          params: JSON.stringify(params),
          ...(clientClass === 'aliyun' && { token }),
        },
        clientClass === 'dcloud' ? { 'x-client-info': '%7B%7D' } : {},
      )
      const [first] = seen as (readonly unknown[])[]
      const name = `${clientClass} ${method} ${JSON.stringify(params).slice(0, 60)}`
      assert.equal(json.error?.code ?? first?.[0], ran, name)
      assert.equal(json.error === undefined ? first?.[1] : 'vector-space', 'vector-space')
    }
    await wire.send({ method: 'serverless.file.resource.info', params: '{"id":"a,b"}', token })
    assert.deepEqual(seen.at(-1), ['info', 'vector-space', ['a', 'b']])
  })

  it('are refused where there is no file store', async () => {
    const wire = openWire()
    const reply = await wire.send({
      method: 'serverless.file.resource.report',
      params: '{"id":"f"}',
      token: await wire.token(),
    })
    assert.equal(reply.json.error?.code, 'InvalidMethod.Format')
  })
})
