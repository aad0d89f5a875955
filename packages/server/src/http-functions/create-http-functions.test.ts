import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { IncomingCall } from '../calls/call-intake.ts'
import type { FunctionFacts } from '../functions/function-facts.ts'
import type { FunctionLogEntry } from '../functions/function-log.ts'
import type { Space } from '../spaces/space.ts'
import { createHttpFunctions } from './create-http-functions.ts'
import { serveRoute } from './serve-route-fixture.ts'
import type { ServedRoute } from './serve-route-fixture.ts'

const workers = { max: 1, memoryMb: 128, timeoutSeconds: 10, queueMax: 10 }
const aliyun: Space = { spaceId: 'shop', clientSecret: 's', origins: [], provider: 'aliyun', workers, environment: {} }
const tencent: Space = { ...aliyun, spaceId: 'tcb', provider: 'tencent' }

function facts(name: string, path?: string, kind: FunctionFacts['kind'] = 'function'): FunctionFacts {
  const file = `/project/${name}/index.js`
  return { name, kind, file, timeoutSeconds: 10, concurrency: 1, triggers: [], ...(path !== undefined && { path }) }
}

const functions = [
  facts('test', '/test'),
  facts('deep', '/test/deep'),
  facts('hidden'),
  facts('todo', '/todo', 'object'),
  facts('zone', '/area/inner'),
  facts('base', '/area'),
]

describe('a URL-ized function', () => {
  let served: ServedRoute
  let calls: IncomingCall[] = []
  let written: Omit<FunctionLogEntry, 'seq'>[] = []
  let work: (call: IncomingCall) => Promise<string>

  before(async () => {
    const [route] = createHttpFunctions({
      spaces: [aliyun, tencent],
      functions: {
        list: () => functions,
        log: { append: (entry) => void written.push(entry), read: () => [] },
      },
      path: {
        answer(call) {
          calls.push(call)
          return work(call)
        },
      },
    })
    served = await serveRoute(route)
  })
  after(() => served.close())
  beforeEach(() => {
    calls = []
    written = []
    work = () => Promise.resolve('null')
  })

  const ask: ServedRoute['ask'] = (path, asked) => served.ask(path, asked)
  const returns = (value: unknown): void => {
    work = () => Promise.resolve(JSON.stringify(value))
  }
  const composed = (more: object): void => returns({ mpserverlessComposedResponse: true, statusCode: 200, ...more })

  it('is told of the request: path below the mount, method, headers, query, body', async () => {
    await ask('/http/shop/test/a%20b/c/?a=1&b=%E6%96%87&a=2', {
      method: 'POST',
      headers: { 'X-Custom': 'One', 'content-type': 'application/json', 'user-agent': 'tester/1' },
      body: '{"a":"文"}',
    })
    const [{ name, args, facts }] = calls as [IncomingCall]
    assert.equal(name, 'test')
    const { headers, ...rest } = args as { headers: Record<string, string> }
    assert.deepEqual(rest, {
      path: '/a%20b/c/',
      httpMethod: 'POST',
      queryStringParameters: { a: '2', b: '文' },
      body: '{"a":"文"}',
      isBase64Encoded: false,
    })
    assert.equal(headers['x-custom'], 'One')
    assert.equal(facts.source, 'http')
    assert.equal(facts.secretType, 'none')
    assert.equal(facts.clientIp, '203.0.113.7')
    assert.equal(facts.userAgent, 'tester/1')
    assert.equal(facts.requestId, 'the-request')
    assert.deepEqual(facts.http, args)
    assert.deepEqual(facts.clientInfo, {})
  })

  it('gets bytes that are no text as base64', async () => {
    const bytes = Buffer.from([0xff, 0xd8, 0, 1])
    await ask('/http/shop/test', { method: 'PUT', headers: { 'content-type': 'image/jpeg' }, body: bytes })
    assert.deepEqual([calls[0]?.args['body'], calls[0]?.args['isBase64Encoded']], [bytes.toString('base64'), true])
    assert.equal(calls[0]?.args['path'], '/')
  })

  const mounts: readonly [path: string, name: string | undefined, below?: string][] = [
    ['/http/shop/test', 'test', '/'],
    ['/http/shop/test/', 'test', '/'],
    ['/http/shop/test/a/b', 'test', '/a/b'],
    ['/http/shop/test/deep', 'deep', '/'],
    ['/http/shop/test/deep/er', 'deep', '/er'],
    ['/http/shop/test/deeper', 'test', '/deeper'],
    ['/http/shop/%74est/x', 'test', '/x'],
    ['/http/sho%70/test/x', 'test', '/x'],
    ['/http/shop/area/inner/x', 'zone', '/x'],
    ['/http/shop/tester', undefined],
    ['/http/shop/hidden', undefined],
    ['/http/shop/', undefined],
    ['/http/shop//test', undefined],
    ['/http/shop/constructor', undefined],
    ['/http/nobody/test', undefined],
    ['/http/__proto__/test', undefined],
  ]
  for (const [path, name, below] of mounts) {
    it(`${name === undefined ? 'is none' : `named ${name} is reached`} at ${path}`, async () => {
      const { status, body } = await ask(path)
      assert.equal(calls[0]?.name, name)
      assert.equal(calls[0]?.args['path'], below)
      if (name !== undefined) return
      assert.equal(status, 404)
      assert.equal((JSON.parse(body) as { errCode: string }).errCode, 'FUNCTION_PATH_UNKNOWN')
    })
  }

  it('that is an object gets the query as the one parameter of the method that the path names', async () => {
    await ask('/http/shop/todo/addTodo/self?title=milk&__proto__=x', { method: 'POST', body: '{}' })
    const [{ args, facts }] = calls as [IncomingCall]
    assert.equal(JSON.stringify(args), '{"method":"addTodo","params":[{"title":"milk","__proto__":"x"}]}')
    assert.equal(facts.http?.path, '/addTodo/self')
    assert.equal(facts.http.body, '{}')
  })

  it('that is an object without such a method is not found', async () => {
    returns({ errCode: 'METHOD_NOT_FOUND', errMsg: 'none', errSubject: 'todo' })
    assert.equal((await ask('/http/shop/todo/nothing')).status, 404)
  })

  const replies: readonly [what: string, value: unknown, type: string, body: string][] = [
    ['text as text', 'hello 网关', 'text/plain; charset=utf-8', 'hello 网关'],
    ['a number as text', 7, 'text/plain; charset=utf-8', '7'],
    ['an object as JSON', { foo: 'bar' }, 'application/json; charset=utf-8', '{"foo":"bar"}'],
    ['nothing as null', null, 'application/json; charset=utf-8', 'null'],
    ['a status without the flag as JSON', { statusCode: 301 }, 'application/json; charset=utf-8', '{"statusCode":301}'],
  ]
  for (const [what, value, type, body] of replies) {
    it(`answers ${what}`, async () => {
      returns(value)
      const got = await ask('/http/shop/test')
      assert.deepEqual([got.status, got.headers['content-type'], got.body], [200, type, body])
      assert.equal(got.headers['cache-control'], 'no-store')
    })
  }

  it('answers as its integrated response says: status, headers, several cookies, body', async () => {
    composed({
      statusCode: 201,
      headers: {
        'Content-Type': 'text/html',
        'Set-Cookie': ['a=1', 'b=2'],
        'X-Number': 5,
        'Cache-Control': 'max-age=60',
      },
      body: '<h1>文</h1>',
    })
    const got = await ask('/http/shop/test')
    assert.equal(got.status, 201)
    assert.equal(got.body, '<h1>文</h1>')
    assert.equal(got.headers['content-type'], 'text/html; charset=utf-8')
    assert.deepEqual(got.headers['set-cookie'], ['a=1', 'b=2'])
    assert.equal(got.headers['x-number'], '5')
    assert.equal(got.headers['cache-control'], 'max-age=60')
  })

  it('answers bytes, redirections and empty bodies', async () => {
    composed({ isBase64Encoded: true, headers: { 'content-type': 'image/png' }, body: 'iVBORw==' })
    const image = await ask('/http/shop/test')
    assert.deepEqual([image.headers['content-type'], image.bytes.toString('hex')], ['image/png', '89504e47'])
    composed({ statusCode: 302, headers: { location: 'https://example.com/' } })
    const moved = await ask('/http/shop/test')
    assert.deepEqual([moved.status, moved.headers.location, moved.body], [302, 'https://example.com/', ''])
    composed({ statusCode: 204, body: 'ignored' })
    assert.deepEqual([(await ask('/http/shop/test')).status, (await ask('/http/shop/test')).body], [204, ''])
    composed({ body: { a: 1 } })
    assert.equal((await ask('/http/shop/test')).body, '{"a":1}')
  })

  it('of a Tencent space needs no flag for an integrated response', async () => {
    returns({ statusCode: 418, headers: {}, body: 'tea' })
    const got = await ask('/http/tcb/test')
    assert.deepEqual([got.status, got.body], [418, 'tea'])
  })

  it('cannot speak for the connection or for the whole server, and its page gets an origin of its own', async () => {
    composed({
      headers: {
        Connection: 'upgrade',
        'Transfer-Encoding': 'chunked',
        'Content-Length': '1',
        'X-Request-Id': 'forged',
        'Service-Worker-Allowed': '/',
        'X-Drawbridge-App': 'forged',
        'Clear-Site-Data': '"*"',
        'Content-Security-Policy': "default-src 'self'",
        'X-Fine': 'yes',
      },
      body: 'long enough',
    })
    const { headers, body } = await ask('/http/shop/test')
    assert.equal(body, 'long enough')
    assert.equal(headers['x-fine'], 'yes')
    assert.equal(headers['x-request-id'], 'the-request')
    for (const name of ['transfer-encoding', 'service-worker-allowed', 'x-drawbridge-app', 'clear-site-data'])
      assert.equal(headers[name], undefined)
    assert.match(headers['content-security-policy'] as string, /^default-src 'self', sandbox /)
    assert.equal(headers['x-content-type-options'], 'nosniff')
  })

  const refused: readonly [what: string, reply: object][] = [
    ['a line break in a header', { headers: { a: 'b\r\nset-cookie: c=d' } }],
    ['a line break in a cookie', { headers: { 'set-cookie': ['a=1', 'b\nc'] } }],
    ['a line break in a header’s name', { headers: { 'a\r\nb': 'c' } }],
    ['a header that is an object', { headers: { a: {} } }],
    ['headers that are a list', { headers: ['a'] }],
    ['headers without end', { headers: { a: 'x'.repeat(20_000) } }],
    ['status 101', { statusCode: 101 }],
    ['status 99', { statusCode: 99 }],
    ['status 600', { statusCode: 600 }],
    ['status NaN', { statusCode: 'NaN' }],
    ['a body that is no base64', { isBase64Encoded: true, body: '<>' }],
    ['more than 2 MB', { body: 'x'.repeat(2 * 1024 * 1024 + 1) }],
  ]
  for (const [what, reply] of refused) {
    it(`is answered for with 502 when it returns ${what}, and its log says why`, async () => {
      composed(reply)
      const { status, body, headers } = await ask('/http/shop/test')
      assert.equal(status, 502)
      assert.deepEqual(Object.keys(JSON.parse(body) as object), ['errCode', 'errMsg', 'requestId'])
      assert.equal(headers['set-cookie'], undefined)
      assert.match(written[0]?.text ?? '', /integrated response refused: \w/)
    })
  }

  it('that throws shows our code and the request id, and nothing of what it threw', async () => {
    work = () => Promise.reject(new DrawbridgeError('FUNCTION_FAILED', { message: 'MARKER of the database password' }))
    const { status, body } = await ask('/http/shop/test')
    assert.equal(status, 500)
    assert.deepEqual(JSON.parse(body), {
      errCode: 'FUNCTION_FAILED',
      errMsg: 'The function threw an error.',
      requestId: 'the-request',
    })
    work = () => Promise.reject(new Error('MARKER'))
    const other = await ask('/http/shop/test')
    assert.equal(other.status, 500)
    assert.doesNotMatch(other.body, /MARKER/)
  })

  it('that has no worker free says when to come again', async () => {
    work = () => Promise.reject(new DrawbridgeError('FUNCTION_BUSY'))
    const { status, headers } = await ask('/http/shop/test')
    assert.deepEqual([status, headers['retry-after']], [503, '1'])
  })

  it('takes 2 MB and not more', async () => {
    const body = 'x'.repeat(2 * 1024 * 1024)
    assert.equal((await ask('/http/shop/test', { method: 'POST', body })).status, 200)
    assert.equal((await ask('/http/shop/test', { method: 'POST', body: `${body}x` })).status, 413)
    assert.equal(calls.length, 1)
  })
})
