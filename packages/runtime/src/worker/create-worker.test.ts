import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startWorkerFixture } from './worker-fixture.ts'

test('what is said goes into the log with its level and its call', async () => {
  await using worker = await startWorkerFixture({
    'talk/index.js': `exports.main = () => {
      console.log('a %s', 'b', { c: 1 }); console.info('i'); console.warn('w'); console.error('e'); console.debug('d')
      require('node:console').log('by module')
      uniCloud.logger.log('l'); uniCloud.logger.info('u', 1); uniCloud.logger.warn('uw'); uniCloud.logger.error('ue')
      console.group('g'); console.log('inside'); console.groupEnd(); console.table([{ x: 1 }])
      console.log('x'.repeat(10_000))
    }`,
    'quiet/index.js': `console.log('loaded'); exports.main = () => setTimeout(() => console.log('late'), 20) && 1`,
  })
  await worker.call('talk')
  const lines = worker.logs.map(({ level, text }) => `${level}: ${text}`)
  assert.deepEqual(lines.slice(0, 12), [
    'log: a b { c: 1 }',
    'info: i',
    'warn: w',
    'error: e',
    'debug: d',
    'log: by module',
    'log: l',
    'info: u 1',
    'warn: uw',
    'error: ue',
    'log: g',
    'log:   inside',
  ])
  assert.match(lines[12] ?? '', /│ x │/)
  assert.match(lines[13] ?? '', /^log: x{8192}… \(1808 more characters\)$/)
  assert.ok(worker.logs.every(({ call }) => call === 1))

  await worker.call('quiet')
  while (!worker.logs.some(({ text }) => text === 'late')) await new Promise((resolve) => setImmediate(resolve))
  assert.equal(worker.logs.find(({ text }) => text === 'loaded')?.call, 2)
  assert.equal(worker.logs.find(({ text }) => text === 'late')?.call, 0)
})

const left: readonly (readonly [what: string, text: string, isLeft: boolean])[] = [
  ['nothing', `exports.main = () => 1`, false],
  ['a timer', `exports.main = () => { setTimeout(() => {}, 60_000) }`, true],
  ['an interval', `exports.main = () => { setInterval(() => {}, 60_000) }`, true],
  [
    'a server',
    `exports.main = () => new Promise((r) => { require('net').createServer().listen(0, r) }).then(() => 1)`,
    true,
  ],
  [
    'an interval even though it threw',
    `exports.main = () => { setInterval(() => {}, 60_000); throw new Error() }`,
    true,
  ],
  ['a timer that keeps nothing alive', `exports.main = () => { setTimeout(() => {}, 60_000).unref() }`, false],
  ['what was made while loading', `setInterval(() => {}, 60_000); exports.main = () => 1`, false],
]

for (const [what, text, isLeft] of left)
  test(`a call that leaves ${what} behind ${isLeft ? 'says so' : 'leaves the worker as it was'}`, async () => {
    await using worker = await startWorkerFixture({ 'f/index.js': text })
    assert.equal((await worker.call('f')).leftover, isLeft)
  })

test('a call that runs beside another is not taken for its leftover', async () => {
  await using worker = await startWorkerFixture({
    'slow/index.js': `exports.main = ({ ms }) => new Promise((resolve) => setTimeout(resolve, ms, 1))`,
  })
  const slow = worker.call('slow', { ms: 300 })
  assert.equal((await worker.call('slow', { ms: 1 })).leftover, false)
  assert.equal((await slow).leftover, false)
})

const uncaught: readonly (readonly [what: string, code: string])[] = [
  ['thrown in a timer', `setTimeout(() => { throw Object.assign(new Error('lost'), { errCode: 5 }) }, 1)`],
  ['thrown in a tick', `process.nextTick(() => { throw Object.assign(new Error('lost'), { errCode: 5 }) })`],
  ['rejected unseen', `void Promise.reject(Object.assign(new Error('lost'), { errCode: 5 }))`],
]

for (const [what, code] of uncaught)
  test(`an error ${what} ends its own call, and the worker when the others are done`, async () => {
    await using worker = await startWorkerFixture({
      'bad/index.js': `exports.main = () => new Promise(() => { ${code} })`,
      'good/index.js': `exports.main = () => new Promise((resolve) => setTimeout(resolve, 300, 'good'))`,
    })
    const good = worker.call('good')
    const bad = await worker.call('bad')
    assert.deepEqual(
      [bad.fault.code, bad.fault.message, bad.fault.errCode, bad.leftover],
      ['FUNCTION_FAILED', 'lost', 5, true],
    )
    assert.equal((await good).value, 'good')
    assert.equal(await worker.exited, 1)
    assert.ok(worker.logs.some(({ call, level, text }) => call === 2 && level === 'error' && text.includes('lost')))
  })

test('an error of a call that is over ends an idle worker', async () => {
  await using worker = await startWorkerFixture({
    'f/index.js': `exports.main = () => { setTimeout(() => { throw new Error('late') }, 20).unref() }`,
  })
  assert.equal((await worker.call('f')).ok, true)
  assert.equal(await worker.exited, 1)
})

test('a busy loop cannot hold back the word that its call began', async () => {
  await using worker = await startWorkerFixture({ 'loop/index.js': `exports.main = () => { for (;;); }` })
  void worker.call('loop')
  while (!worker.frames.some(({ t }) => t === 'began')) await new Promise((resolve) => setImmediate(resolve))
})

test('code that puts other functions in the place of JSON’s breaks nothing but itself', async () => {
  await using worker = await startWorkerFixture(
    {
      'f/index.js': `JSON.stringify = JSON.parse = () => { throw new Error('mine') }
      exports.main = async ({ a }) => [a, (await uniCloud.callFunction({ name: 'x' })).result]`,
    },
    { answer: () => ({ b: 2 }) },
  )
  assert.deepEqual((await worker.call('f', { a: 1 })).value, [1, { b: 2 }])
  assert.deepEqual((await worker.call('f', { a: 2 })).value, [2, { b: 2 }])
})

test('the worker ends when its server is gone', async () => {
  const worker = await startWorkerFixture({ 'f/index.js': `setInterval(() => {}, 60_000); exports.main = () => 1` })
  await worker.call('f')
  worker.hangUp()
  assert.equal(await worker.exited, 0)
  await worker[Symbol.asyncDispose]()
})
