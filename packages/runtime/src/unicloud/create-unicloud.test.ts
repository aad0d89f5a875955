import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Refusal, startWorkerFixture } from '../worker/worker-fixture.ts'
import type { Answer, WorkerFixture } from '../worker/worker-fixture.ts'

/** A function that runs `code` and gives its value, or code and words of what it throws. */
function running(code: string, answer: Answer = () => null, space = {}): Promise<WorkerFixture> {
  const text = `exports.main = async (event, context) => {
    try { return await (async () => { ${code} })() }
    catch (error) { return { name: error.name, code: error.code, errCode: error.errCode, errSubject: error.errSubject, message: error.message, errMsg: error.errMsg } }
  }`
  return startWorkerFixture({ 'f/index.js': text }, { answer, space })
}

test('callFunction gives the result in its envelope', async () => {
  const asked: unknown[] = []
  await using worker = await running(`return uniCloud.callFunction({ name: 'other', data: { a: 1 } })`, (...ask) => {
    asked.push(ask)
    return { b: 2 }
  })
  assert.deepEqual((await worker.call('f')).value, {
    success: true,
    errCode: 0,
    errMsg: '',
    header: {},
    requestId: 'request-1',
    result: { b: 2 },
  })
  assert.deepEqual(asked, [['call', 'callFunction', { name: 'other', data: { a: 1 } }, 1]])
})

test('what the called function threw is thrown, with its code', async () => {
  const detail = { name: 'other', message: 'its words', errCode: 'own-code', errSubject: 'own' }
  await using worker = await running(`return uniCloud.callFunction({ name: 'other' })`, () => {
    throw new Refusal('FUNCTION_FAILED', 'The function threw an error.', detail)
  })
  const { code, errSubject, message, errMsg } = (await worker.call('f')).value as Record<string, unknown>
  assert.deepEqual([code, errSubject, message, errMsg], ['own-code', 'own', 'its words', 'its words'])
})

test('an imported object’s methods are called with their parameters; a result with errCode is thrown', async () => {
  await using worker = await running(
    `const object = await uniCloud.importObject('todo')
    const refused = await object.refuse().catch((error) => [error.errCode, error.errMsg, error.errSubject, error.detail.extra])
    return [await object.add('a', { b: 1 }), await object.nothing(), refused, String(object).slice(0, 7)]`,
    (_service, _method, params) => {
      const { name, data } = params as { name: string; data: { method: string; params: unknown[] } }
      if (data.method === 'nothing') return null
      if (data.method === 'refuse') return { errCode: 'no', errMsg: 'not today', errSubject: 'todo', extra: 1 }
      return { name, ...data }
    },
  )
  assert.deepEqual((await worker.call('f')).value, [
    { name: 'todo', method: 'add', params: ['a', { b: 1 }] },
    null,
    ['no', 'not today', 'todo', 1],
    '[object',
  ])
})

test('nothing is asked outside a call, or after it', async () => {
  await using worker = await startWorkerFixture({
    'f/index.js': `
      let late = 'not yet'
      exports.main = async ({ wait }) => {
        if (wait) { await new Promise((resolve) => setTimeout(resolve, 100)); return late }
        setTimeout(() => uniCloud.callFunction({ name: 'x' }).catch((error) => { late = error.code }), 20)
      }`,
  })
  await worker.call('f')
  assert.equal((await worker.call('f', { wait: true })).value, 'FUNCTION_CALL_ENDED')
  assert.ok(!worker.frames.some(({ t }) => t === 'ask'))
})

test('too much for one question is refused before it is sent', async () => {
  await using worker = await running(`return uniCloud.callFunction({ name: 'x', data: { a: 'x'.repeat(9e6) } })`)
  assert.equal(((await worker.call('f')).value as { code: string }).code, 'UNICLOUD_ARGUMENT_INVALID')
})

test('the calls that run are told, the asking one first', async () => {
  await using worker = await startWorkerFixture({
    'wait/index.js': `exports.main = () => new Promise((resolve) => setTimeout(resolve, 300, 1))`,
    'f/index.obj.js': `module.exports = { look: () => [uniCloud.getRequestList(), uniCloud.getClientInfos(), uniCloud.getCloudInfos()] }`,
  })
  const waiting = worker.call('wait', {}, { clientInfo: { appId: 'A' } })
  const { value } = await worker.call('f', { method: 'look' }, { clientInfo: { appId: 'B' } })
  const [requests, clients, clouds] = value as [string[], Record<string, unknown>[], Record<string, unknown>[]]
  assert.deepEqual(requests, ['request-2', 'request-1'])
  assert.deepEqual(
    clients.map(({ appId, requestId, clientIP }) => [appId, requestId, clientIP]),
    [
      ['B', 'request-2', '203.0.113.7'],
      ['A', 'request-1', '203.0.113.7'],
    ],
  )
  assert.deepEqual(
    clouds.map(({ functionName, functionType, provider }) => [functionName, functionType, provider]),
    [
      ['f', 'cloudobject', 'aliyun'],
      ['wait', 'cloudfunction', 'aliyun'],
    ],
  )
  await waiting
})

test('files go up and come down as bytes', async () => {
  const asked: unknown[] = []
  await using worker = await running(
    `const up = await uniCloud.uploadFile({ cloudPath: 'a/b.txt', fileContent: Buffer.from('文') })
    const down = await uniCloud.downloadFile({ fileID: up.fileID })
    return [up, down.fileContent.toString(), await uniCloud.getTempFileURL({ fileList: ['x'], maxAge: 60 }),
      await uniCloud.deleteFile({ fileList: ['x'] })]`,
    (service, method, params) => {
      asked.push([service, method, params])
      if (method === 'uploadFile') return { fileID: 'id' }
      return method === 'downloadFile' ? { fileContent: '5paH' } : { fileList: [method] }
    },
  )
  const expected = [{ fileID: 'id' }, '文', { fileList: ['getTempFileURL'] }, { fileList: ['deleteFile'] }]
  assert.deepEqual((await worker.call('f')).value, expected)
  assert.deepEqual(asked, [
    ['file', 'uploadFile', { cloudPath: 'a/b.txt', fileContent: '5paH' }],
    ['file', 'downloadFile', { fileID: 'id' }],
    ['file', 'getTempFileURL', { fileList: ['x'], maxAge: 60 }],
    ['file', 'deleteFile', { fileList: ['x'] }],
  ])
})

test('what is not there is undefined, and what is not supported says so', async () => {
  await using worker = await running(
    `let jql; try { uniCloud.databaseForJQL() } catch (error) { jql = error.code }
    return [typeof uniCloud.sendSms, typeof uniCloud.constructor, jql]`,
  )
  assert.deepEqual((await worker.call('f')).value, ['undefined', 'undefined', 'UNICLOUD_NOT_SUPPORTED'])
})

test('Redis commands are asked for as text and answered in node-redis’ shapes', async () => {
  const asked: unknown[] = []
  await using worker = await running(
    `const redis = uniCloud.redis()
    const answers = [await redis.set('k', 1, 'EX', 60), await redis.GET('k'), await redis.del(['a', 'b']),
      await redis.hset('h', { f: 'v' }), await redis.hgetall('h'), await redis.eval('return 1', 1, 'k', 'v')]
    const multi = redis.multi().incr('n').hgetall('h')
    return [answers, await multi.exec(), await multi.exec(), await redis.quit()]`,
    (service, method, params) => {
      asked.push([service, method, params])
      if (method === 'multi') return [2, ['f', 'v']]
      const { command } = params as { command: string }
      return { set: 'OK', get: '1', del: 2, hset: 1, hgetall: ['f', 'v'], eval: 1 }[command]
    },
  )
  assert.deepEqual((await worker.call('f')).value, [['OK', '1', 2, 1, { f: 'v' }, 1], [2, { f: 'v' }], [], 'OK'])
  assert.deepEqual(asked, [
    ['redis', 'command', { command: 'set', args: ['k', '1', 'EX', '60'] }],
    ['redis', 'command', { command: 'get', args: ['k'] }],
    ['redis', 'command', { command: 'del', args: ['a', 'b'] }],
    ['redis', 'command', { command: 'hset', args: ['h', 'f', 'v'] }],
    ['redis', 'command', { command: 'hgetall', args: ['h'] }],
    ['redis', 'command', { command: 'eval', args: ['return 1', '1', 'k', 'v'] }],
    [
      'redis',
      'multi',
      {
        commands: [
          { command: 'incr', args: ['n'] },
          { command: 'hgetall', args: ['h'] },
        ],
      },
    ],
  ])
})

test('redis() throws at once where the space has none, and once the server has said so', async () => {
  const code = `try { const redis = uniCloud.redis(); await redis.get('k').catch(() => 0); return 'had' } catch (error) { return error.code }`
  await using off = await running(code, undefined, { redis: false })
  assert.equal((await off.call('f')).value, 'REDIS_OFF')
  await using told = await running(code, () => {
    throw new Refusal('REDIS_OFF', 'Redis is off')
  })
  assert.equal((await told.call('f')).value, 'had')
  assert.equal((await told.call('f')).value, 'REDIS_OFF')
})
