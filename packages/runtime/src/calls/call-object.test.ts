import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startWorkerFixture } from '../worker/worker-fixture.ts'

const object = (members: string): Record<string, string> => ({ 'obj/index.obj.js': `module.exports = { ${members} }` })

test('a method is called with its parameters and with all members of `this`', async () => {
  await using worker = await startWorkerFixture(
    object(`show(...args) {
      return {
        args,
        client: this.getClientInfo(), cloud: this.getCloudInfo(), method: this.getMethodName(),
        params: this.getParams(), token: this.getUniIdToken(), request: this.getUniCloudRequestId(),
        http: String(this.getHttpInfo()),
      }
    }`),
  )
  const { value } = await worker.call(
    'obj',
    { method: 'show', params: [1, 'a'] },
    { clientInfo: { appId: 'A', uniPlatform: 'app-plus', scene: 1001, source: 'server' }, uniIdToken: 't' },
  )
  assert.deepEqual(value, {
    args: [1, 'a'],
    client: {
      appId: 'A',
      uniPlatform: 'app-plus',
      scene: 1001,
      platform: 'app',
      clientIP: '203.0.113.7',
      userAgent: 'test/1',
      source: 'client',
      requestId: 'request-1',
      secretType: 'none',
    },
    cloud: {
      provider: 'aliyun',
      spaceId: 'space-1',
      useOldSpaceId: false,
      functionName: 'obj',
      functionType: 'cloudobject',
      runtimeEnv: 'cloud',
    },
    method: 'show',
    params: [1, 'a'],
    token: 't',
    request: 'request-1',
    http: 'undefined',
  })
})

test('a URL-ized call has its request, and its method from outside', async () => {
  await using worker = await startWorkerFixture(
    object(`look(query) { return { query, http: this.getHttpInfo(), source: this.getClientInfo().source } }`),
  )
  const http = {
    path: '/look',
    httpMethod: 'GET',
    headers: {},
    queryStringParameters: { a: '1' },
    body: '',
    isBase64Encoded: false,
  }
  const told = { source: 'http', http } as const
  const { value } = await worker.call('obj', { method: 'look', params: [{ a: '1' }] }, told)
  assert.deepEqual(value, { query: { a: '1' }, http, source: 'http' })
})

test('only a function of the object’s own, not beginning with _, is a method', async () => {
  await using worker = await startWorkerFixture({
    'obj/index.obj.js': `
      class Base { inherited() { return 1 } }
      module.exports = Object.assign(new Base(), { own() { return 1 }, _hidden() { return 1 }, number: 1 })
      Object.defineProperty(module.exports, 'quiet', { value: () => 2 })
      Object.defineProperty(module.exports, 'getter', { get() { throw new Error('ran') } })`,
  })
  const refused = [
    'inherited',
    '_hidden',
    '_before',
    'number',
    'getter',
    'constructor',
    '__proto__',
    'then',
    'toString',
  ]
  for (const method of [...refused, 'hasOwnProperty', '', 7, null, ['own']]) {
    const { fault } = await worker.call('obj', { method, params: [] })
    assert.equal(fault.code, 'FUNCTION_METHOD_UNKNOWN', String(method))
  }
  assert.equal((await worker.call('obj', { method: 'own' })).value, 1)
  assert.equal((await worker.call('obj', { method: 'quiet' })).value, 2)
})

test('_before runs first, may change the parameters, and what it sets is there for this call only', async () => {
  await using worker = await startWorkerFixture(
    object(`
      async _before() { await null; this.seen = (this.seen ?? 0) + 1; this.getParams()[0] = 'changed' },
      other() { return 'other' },
      read(first) { return [first, this.seen, this.other()] }`),
  )
  for (let i = 0; i < 2; i++)
    assert.deepEqual((await worker.call('obj', { method: 'read', params: ['sent'] })).value, ['changed', 1, 'other'])
})

const after: readonly (readonly [what: string, members: string, expected: unknown])[] = [
  [
    'gives the result',
    `_after(error, result) { return { error, result } }, run() { return 1 }`,
    { error: null, result: 1 },
  ],
  ['hides the result by giving none', `_after() {}, run() { return 1 }`, null],
  [
    'is told what the method threw',
    `_after(error, result) { return [error.message, result === undefined] }, run() { throw new Error('bad') }`,
    ['bad', true],
  ],
  [
    'runs when _before threw',
    `_before() { throw { errCode: 'no-entry' } }, _after(error) { return error }, run() { return 1 }`,
    { errCode: 'no-entry' },
  ],
  ['is told that nothing was thrown', `_after(error) { return Boolean(error) }, run() { throw undefined }`, true],
]

for (const [what, members, expected] of after)
  test(`_after ${what}`, async () => {
    await using worker = await startWorkerFixture(object(members))
    assert.deepEqual((await worker.call('obj', { method: 'run' })).value, expected)
  })

test('what _after throws is thrown, and without it what the method or _before threw', async () => {
  await using worker = await startWorkerFixture({
    'a/index.obj.js': `module.exports = { _after(error) { throw new Error('after ' + error.message) }, run() { throw new Error('run') } }`,
    'b/index.obj.js': `module.exports = { _before() { throw new Error('before') }, run() { return 1 } }`,
  })
  assert.equal((await worker.call('a', { method: 'run' })).fault.message, 'after run')
  assert.equal((await worker.call('b', { method: 'run' })).fault.message, 'before')
})

test('a timer runs _timing without _before and _after', async () => {
  await using worker = await startWorkerFixture({
    ...object(`_before() { throw new Error('ran') }, _after() { throw new Error('ran') },
      _timing(param) { return { param, source: this.getClientInfo().source, method: this.getMethodName() } }`),
    'none/index.obj.js': `module.exports = { main() {} }`,
  })
  const told = { source: 'timing', timer: { trigger: 't', dueAt: 0 } } as const
  const Time = '1970-01-01T00:00:00.000Z'
  assert.deepEqual((await worker.call('obj', {}, told)).value, {
    param: { Time, TriggerName: 't', Type: 'Timer', triggerName: 't', triggerTime: Time },
    source: 'timing',
    method: '_timing',
  })
  assert.equal((await worker.call('none', {}, told)).fault.code, 'FUNCTION_METHOD_UNKNOWN')
})
