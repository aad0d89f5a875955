import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Refusal, startWorkerFixture } from '../worker/worker-fixture.ts'

const CLIENT = {
  appId: '__UNI__A',
  uniPlatform: 'mp-weixin',
  osName: 'ios',
  deviceId: 'd1',
  locale: 'en',
  ua: 'said by the client',
  SOURCE: 'function',
}

test('a function is called with what was sent and with the facts of its call', async () => {
  await using worker = await startWorkerFixture({
    'hello/index.js': `exports.main = async (event, context) => ({ event, context })`,
  })
  const { value } = await worker.call('hello', { a: 1 }, { clientInfo: CLIENT, uniIdToken: 't', secretType: 'both' })
  assert.deepEqual(value, {
    event: { a: 1, uniIdToken: 't' },
    context: {
      appId: '__UNI__A',
      uniPlatform: 'mp-weixin',
      osName: 'ios',
      deviceId: 'd1',
      locale: 'en',
      ua: 'said by the client',
      APPID: '__UNI__A',
      PLATFORM: 'mp-weixin',
      OS: 'ios',
      DEVICEID: 'd1',
      LOCALE: 'en',
      secretType: 'both',
      SOURCE: 'client',
      SPACEINFO: { spaceId: 'space-1', provider: 'aliyun', useOldSpaceId: false },
      FUNCTION_NAME: 'hello',
      FUNCTION_TYPE: 'cloudfunction',
      CLIENTIP: '203.0.113.7',
      CLIENTUA: 'test/1',
      RUNTIME_ENV: 'cloud',
      requestId: 'request-1',
      uniIdToken: 't',
    },
  })
  assert.deepEqual(
    worker.frames.map(({ t }) => t),
    ['ready', 'began', 'done'],
  )
})

test('what is not called by a client learns nothing of one', async () => {
  await using worker = await startWorkerFixture({
    'hello/index.js': `exports.main = async (event, { SOURCE, appId, APPID, uniIdToken }) => ({ SOURCE, appId, APPID, uniIdToken })`,
  })
  for (const source of ['function', 'server', 'http'] as const)
    assert.deepEqual((await worker.call('hello', {}, { source, clientInfo: CLIENT })).value, { SOURCE: source })
})

test('a function may write into its context', async () => {
  await using worker = await startWorkerFixture({
    'hello/index.js': `exports.main = async (event, context) => { context.APPID = 'mine'; return context.APPID }`,
  })
  assert.equal((await worker.call('hello', {}, { source: 'http' })).value, 'mine')
})

test('a URL-ized function gets its request as the event', async () => {
  await using worker = await startWorkerFixture({ 'web/index.js': `exports.main = async (event) => event` })
  const http = {
    path: '/a/b',
    httpMethod: 'POST',
    headers: { 'x-a': '1' },
    queryStringParameters: { q: '2' },
    body: 'e30=',
    isBase64Encoded: true,
  }
  assert.deepEqual((await worker.call('web', {}, { source: 'http', http })).value, http)
})

test('a timer calls a function with today’s and the older names', async () => {
  await using worker = await startWorkerFixture({
    'tick/index.js': `exports.main = async (event, { SOURCE }) => ({ event, SOURCE })`,
  })
  const timer = { trigger: 'hourly', dueAt: 1_700_000_000_000 }
  const time = '2023-11-14T22:13:20.000Z'
  assert.deepEqual((await worker.call('tick', {}, { source: 'timing', timer })).value, {
    event: { Time: time, TriggerName: 'hourly', Type: 'Timer', triggerName: 'hourly', triggerTime: time },
    SOURCE: 'timing',
  })
})

const results: readonly (readonly [what: string, code: string, expected: unknown])[] = [
  ['nothing is null', `undefined`, null],
  ['a false value is itself', `false`, false],
  ['text is itself', `'文'`, '文'],
  [
    'what JSON leaves out is left out',
    `({ a: undefined, b: 1, d: new Date(0) })`,
    { b: 1, d: '1970-01-01T00:00:00.000Z' },
  ],
  [
    'a returned errCode is a result',
    `({ errCode: 'no', errMsg: 'not today' })`,
    { errCode: 'no', errMsg: 'not today' },
  ],
  ['bytes are refused', `Buffer.from('x')`, 'FUNCTION_RESULT_INVALID'],
  ['bytes inside are refused', `({ a: [new Uint8Array(2)] })`, 'FUNCTION_RESULT_INVALID'],
  ['BigInt is refused', `({ a: 1n })`, 'FUNCTION_RESULT_INVALID'],
  ['a function is refused', `() => 1`, 'FUNCTION_RESULT_INVALID'],
  ['a cycle is refused', `(() => { const a = {}; a.a = a; return a })()`, 'FUNCTION_RESULT_INVALID'],
  ['a result that cannot be written is refused', `({ toJSON() { throw new Error('x') } })`, 'FUNCTION_RESULT_INVALID'],
  ['too long a result is refused', `'x'.repeat(2000)`, 'FUNCTION_RESULT_INVALID'],
  ['an Error is what it threw', `(() => { throw new Error('lost') })()`, 'FUNCTION_FAILED lost undefined undefined'],
  [
    'its own code and subject are told',
    `(() => { throw Object.assign(new Error('lost'), { errCode: 7, errSubject: 'me' }) })()`,
    'FUNCTION_FAILED lost 7 me',
  ],
  [
    'a plain object speaks by errMsg',
    `(() => { throw { errCode: 'c', errMsg: 'm' } })()`,
    'FUNCTION_FAILED m c undefined',
  ],
  [
    'errMsg speaks before message where there is an errCode',
    `(() => { throw { errCode: 'c', errMsg: 'm', message: 'x' } })()`,
    'FUNCTION_FAILED m c undefined',
  ],
  ['text may be thrown', `(() => { throw 'words' })()`, 'FUNCTION_FAILED words undefined undefined'],
  ['nothing may be thrown', `(() => { throw undefined })()`, 'FUNCTION_FAILED undefined undefined undefined'],
  [
    'what resists being read may be thrown',
    `(() => { throw new Proxy({}, { get() { throw 1 }, ownKeys() { throw 2 } }) })()`,
    'FUNCTION_FAILED unknown undefined undefined',
  ],
]

test('results and errors are told', async (t) => {
  const files = Object.fromEntries(
    results.map(([, code], i) => [`r${i}/index.js`, `exports.main = async () => ${code}`]),
  )
  await using worker = await startWorkerFixture(files, { start: { resultMaxBytes: 1000 } })
  for (const [i, [what, , expected]] of results.entries())
    await t.test(what, async () => {
      const { ok, value, fault } = await worker.call(`r${i}`)
      const { code, message, errCode, errSubject } = ok ? ({} as Partial<typeof fault>) : fault
      const told = code === 'FUNCTION_FAILED' ? [code, message, errCode, errSubject].map(String).join(' ') : code
      assert.deepEqual(ok ? value : told, expected)
    })
})

test('the detail of what was thrown is told, as far as JSON has it and it is not long', async (t) => {
  const rows: readonly (readonly [thrown: string, expected: unknown])[] = [
    [
      `{ errCode: 'c', errMsg: 'm', detail: { room: 0, at: new Date(0) } }`,
      { room: 0, at: '1970-01-01T00:00:00.000Z' },
    ],
    [`Object.assign(new Error('m'), { errCode: 'c', detail: [1] })`, [1]],
    [`{ errCode: 'c', errMsg: 'm', detail: { long: 'x'.repeat(9000) } }`, undefined],
    [`{ errCode: 'c', errMsg: 'm', detail: { n: 1n } }`, undefined],
    [`{ errCode: 'c', errMsg: 'm', get detail() { throw 1 } }`, undefined],
  ]
  const files = Object.fromEntries(
    rows.map(([thrown], i) => [`d${i}/index.js`, `exports.main = async () => { throw ${thrown} }`]),
  )
  await using worker = await startWorkerFixture(files)
  for (const [i, [thrown, expected]] of rows.entries())
    await t.test(thrown, async () => {
      const { fault } = await worker.call(`d${i}`)
      assert.deepEqual([fault.errCode, fault.message, fault.detail], ['c', 'm', expected])
    })
})

test('of a refusal that a function did not catch the code, the field and the reason are told', async () => {
  await using worker = await startWorkerFixture(
    {
      'find/index.js': `exports.main = () => uniCloud.database().collection('c').where({ a: undefined }).get()`,
      'add/index.js': `exports.main = () => uniCloud.database().collection('c').add({ a: 1 })`,
      'ask/index.js': `exports.main = () => uniCloud.callFunction({ name: 'other' })`,
    },
    {
      answer: (service) => {
        throw new Refusal(
          service === 'database' ? 'DOCUMENT_INVALID' : 'FUNCTION_LOAD_FAILED',
          'No.',
          service === 'database' ? { field: 'a', reason: 'too deep', space: 's' } : { file: 'other/index.js', line: 3 },
        )
      },
    },
  )
  const told = async (name: string) => {
    const { errCode, message, detail } = (await worker.call(name)).fault
    return [errCode, message, detail]
  }
  const [errCode, message, detail] = await told('find')
  assert.equal(errCode, 'UNICLOUD_ARGUMENT_INVALID')
  assert.match(JSON.stringify(message), / \(where\.a: every value is undefined\)"$/)
  assert.deepEqual(detail, { field: 'where.a', reason: 'every value is undefined' })
  assert.deepEqual(await told('add'), ['DOCUMENT_INVALID', 'No. (a: too deep)', { field: 'a', reason: 'too deep' }])
  assert.deepEqual(await told('ask'), ['FUNCTION_LOAD_FAILED', 'No.', undefined])
})

test('a name that the worker was not told of is not found', async () => {
  await using worker = await startWorkerFixture({})
  for (const name of ['nope', '__proto__', 'constructor'])
    assert.equal((await worker.call(name)).fault.code, 'FUNCTION_NOT_FOUND')
})

test('calls that run at once are not mixed up', async () => {
  await using worker = await startWorkerFixture(
    {
      'echo/index.js': `exports.main = async ({ n }, context) => {
        await new Promise((resolve) => setTimeout(resolve, (n * 7) % 5))
        console.log('said by', n)
        const { result } = await uniCloud.callFunction({ name: 'other', data: { n } })
        return { n, result, requestId: context.requestId, first: uniCloud.getRequestList()[0] }
      }`,
    },
    { answer: (_service, _method, params, call) => ({ params, call }) },
  )
  const outcomes = await Promise.all(Array.from({ length: 20 }, (_, n) => worker.call('echo', { n })))
  for (const [n, { value }] of outcomes.entries()) {
    const requestId = `request-${n + 1}`
    const result = { params: { name: 'other', data: { n } }, call: n + 1 }
    assert.deepEqual(value, { n, result, requestId, first: requestId })
    assert.ok(worker.logs.some(({ call, text }) => call === n + 1 && text === `said by ${n}`))
  }
})
