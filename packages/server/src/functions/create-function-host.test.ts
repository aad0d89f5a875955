import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { describe, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { functionOf, openHost, SPACE_ID } from './host-fixture.ts'

const pid = functionOf('pid', 'return process.pid')

describe('a function host', () => {
  test('runs functions of every kind that a project may have', async (t) => {
    const { call, host } = await openHost(t, {
      ...functionOf('plain', 'return { event, source: context.SOURCE, requestId: context.requestId }'),
      'typed/index.ts': 'export const main = async (event: { n: number }): Promise<number> => event.n + 1',
      'module/index.mjs': "import { word } from 'words'\nexport const main = async () => word",
      'common/words/package.json': '{"name":"words","type":"module"}',
      'common/words/index.js': "export const word = 'shared'",
      'things/index.obj.js': 'module.exports = { add(a, b) { return a + b } }',
    })
    assert.deepEqual(await call('plain', { a: '一' }), { event: { a: '一' }, source: 'client', requestId: 'r1' })
    assert.equal(await call('typed', { n: 1 }), 2)
    assert.equal(await call('module'), 'shared')
    assert.equal(await call('things', { method: 'add', params: [1, 2] }), 3)
    assert.deepEqual(
      host
        .list(SPACE_ID)
        .map(({ name }) => name)
        .sort(),
      ['module', 'plain', 'things', 'typed'],
    )
  })

  test('finds own names only', async (t) => {
    const { host, code } = await openHost(t, pid)
    for (const name of ['constructor', '__proto__', 'toString', 'common', '../pid', ''])
      assert.equal(await code(name), 'FUNCTION_NOT_FOUND')
    assert.equal(host.find(SPACE_ID, '__proto__'), undefined)
    assert.equal(host.find('__proto__', 'pid'), undefined)
    assert.equal(host.find(SPACE_ID, 'pid')?.timeoutSeconds, 60)
  })

  test('uses one process again for calls that follow one another', async (t) => {
    const { call } = await openHost(t, pid)
    const first = await call('pid')
    for (let i = 0; i < 5; i += 1) assert.equal(await call('pid'), first)
  })

  test('runs one call at a time in a process', async (t) => {
    const { call } = await openHost(t, {
      'slow/index.js': `let running = 0
        exports.main = async () => {
          running += 1
          const together = running
          await new Promise((go) => setTimeout(go, 50))
          running -= 1
          return together
        }`,
    })
    assert.deepEqual(await Promise.all([1, 2, 3, 4, 5].map(() => call('slow'))), [1, 1, 1, 1, 1])
  })

  test('runs calls of a function with concurrency together in one process', async (t) => {
    const body =
      'running += 1; most = Math.max(most, running); await new Promise((go) => setTimeout(go, 300)); running -= 1; return { most, pid: process.pid }'
    const { call } = await openHost(
      t,
      {
        ...functionOf('many', '', { concurrency: 10 }),
        'many/index.js': `let running = 0, most = 0\nexports.main = async () => { ${body} }`,
      },
      { workers: { max: 1 } },
    )
    const results = (await Promise.all(Array.from({ length: 10 }, () => call('many')))) as {
      most: number
      pid: number
    }[]
    assert.equal(new Set(results.map((result) => result.pid)).size, 1)
    assert.equal(Math.max(...results.map(({ most }) => most)), 10)
  })

  test('lets calls wait for a worker, and refuses those that would wait behind too many', async (t) => {
    const { code } = await openHost(t, functionOf('slow', 'await new Promise((go) => setTimeout(go, 300))'), {
      workers: { max: 1, queueMax: 2 },
    })
    const codes = await Promise.all([1, 2, 3, 4, 5].map(() => code('slow')))
    // Before the first worker is ready the first call waits as well.
    assert.deepEqual(codes, ['OK', 'OK', 'FUNCTION_BUSY', 'FUNCTION_BUSY', 'FUNCTION_BUSY'])
  })

  test('gives up a call that waits longer than it may run', async (t) => {
    const { code, call } = await openHost(
      t,
      {
        ...functionOf('slow', 'await new Promise((go) => setTimeout(go, 3000))'),
        ...functionOf('quick', '', { timeout: 1 }),
      },
      { workers: { max: 1 } },
    )
    await call('quick')
    const slow = code('slow')
    assert.equal(await code('quick'), 'FUNCTION_BUSY')
    assert.equal(await slow, 'OK')
  })

  test('tells what a function threw, and keeps its stack for the log', async (t) => {
    const { host, call, folder } = await openHost(
      t,
      functionOf('bad', "throw Object.assign(new Error('no'), { errCode: 'X', detail: { room: 0 } })"),
    )
    await assert.rejects(call('bad'), (error: Error & { code?: string; detail?: Record<string, unknown> }) => {
      assert.equal(error.code, 'FUNCTION_FAILED')
      assert.equal(error.detail?.['message'], 'no')
      assert.equal(error.detail['errCode'], 'X')
      assert.ok(!JSON.stringify(error.detail).includes(folder))
      return true
    })
    const [last] = host.log.read({ name: 'bad' }).slice(-1)
    assert.equal(last?.end?.code, 'FUNCTION_FAILED')
    assert.ok(last.text.includes(`${folder}/bad/index.js:2`), last.text)
    assert.ok(last.text.endsWith('\n    errCode: X, detail: {"room":0}'), last.text)
  })

  test('logs what functions say with their request, and how each call ended', async (t) => {
    const { host, call } = await openHost(
      t,
      functionOf('talk', "console.warn('careful', 1); process.stdout.write('raw\\n')"),
    )
    await call('talk')
    const said = (): string[] =>
      host.log.read({ requestId: 'r1' }).flatMap(({ end, level, text }) => (end ? [] : `${level} ${text}`))
    // What is written to stdout comes by another pipe, and may come after the call's end.
    while (said().length < 2) await wait(5)
    assert.deepEqual(said().sort(), ['log raw', 'warn careful 1'])
    const entries = host.log.read({ name: 'talk' })
    const end = entries.find((entry) => entry.end)?.end
    assert.equal(end?.code, 'OK')
    assert.ok(end.durationMs > 0 && end.memoryMb > 10)
  })

  test('gives functions the space’s environment, a temporary folder, and nothing of the server’s', async (t) => {
    process.env['DRAWBRIDGE_TEST_SECRET'] = 'never to be seen'
    const { call } = await openHost(
      t,
      functionOf(
        'look',
        "const fs = require('fs'), file = require('path').join(require('os').tmpdir(), 'a'); fs.writeFileSync(file, 'x'); return { env: process.env, read: fs.readFileSync(file, 'utf8'), file }",
      ),
      { space: { environment: { WORD: 'yes', NODE_OPTIONS: '--allow-child-process' } } },
    )
    const { env, read, file } = (await call('look')) as { env: Record<string, string>; read: string; file: string }
    const { NODE_COMPILE_CACHE: _cache, TMPDIR: folder, ...rest } = env
    assert.deepEqual(rest, { WORD: 'yes', TZ: 'UTC' })
    assert.equal(read, 'x')
    assert.ok(folder !== undefined && file.startsWith(folder) && folder !== tmpdir())
  })

  test('tells functions where they run, and at once whether their space has a Redis', async (t) => {
    const functions = functionOf(
      'told',
      `const [{ runtimeEnv }] = uniCloud.getCloudInfos()
      try { return [runtimeEnv, typeof uniCloud.redis().get] } catch (error) { return [runtimeEnv, error.code] }`,
    )
    const cloud = await openHost(t, functions)
    assert.deepEqual(await cloud.call('told'), ['cloud', 'REDIS_OFF'])
    const space = { redisUrl: 'redis://127.0.0.1:1', runtimeEnv: 'local' } as const
    const local = await openHost(t, functions, { space })
    assert.deepEqual(await local.call('told'), ['local', 'function'])
  })

  test('leaves no process and no file behind', async (t) => {
    const { call, host, pids, events, until } = await openHost(t, functionOf('where', "return require('os').tmpdir()"))
    const folder = (await call('where')) as string
    await until((event) => event.type === 'worker-started')
    await host.close()
    assert.ok(!existsSync(folder))
    const ended = new Set(events.flatMap((event) => (event.type === 'worker-ended' ? [event.pid] : [])))
    assert.deepEqual(
      [...pids()].filter((pid) => !ended.has(pid)),
      [],
    )
    assert.deepEqual(
      readdirSync(tmpdir()).filter(
        (name) => name.startsWith('drawbridge-functions-') && name.includes(`-${process.pid}-`),
      ),
      [],
    )
    await assert.rejects(call('where'), { code: 'FUNCTION_BUSY' })
  })

  test('answers for a space without functions', async (t) => {
    const { host, code } = await openHost(t, {}, { space: { functionsFolder: '/nowhere/at/all' } })
    assert.equal(await code('any'), 'FUNCTION_NOT_FOUND')
    const [fault] = await host.reload(SPACE_ID)
    assert.equal(fault?.file, '/nowhere/at/all')
  })
})
