import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { functionOf, openHost, SPACE_ID, writeFiles } from './host-fixture.ts'

describe('a reload', () => {
  test('brings new code, and new code alone', async (t) => {
    const { call, code, host, folder } = await openHost(t, {
      ...functionOf('word', "return require('words')"),
      'common/words/index.js': "module.exports = 'old'",
      ...functionOf('gone', ''),
    })
    assert.equal(await call('word'), 'old')
    writeFiles(folder, { 'common/words/index.js': "module.exports = 'new'", ...functionOf('more', "return 'more'") })
    rmSync(join(folder, 'gone'), { recursive: true })
    assert.deepEqual(await host.reload(SPACE_ID), [])
    assert.equal(await call('word'), 'new')
    assert.equal(await call('more'), 'more')
    assert.equal(await code('gone'), 'FUNCTION_NOT_FOUND')
  })

  test('is not needed to learn what is wrong with the code that was there first', async (t) => {
    const { host, folder, call, events } = await openHost(t, {
      ...functionOf('good', "return 'good'"),
      'bad/index.js': 'exports.main = async () => {\n  return (\n}\n',
    })
    const faults = await host.faults(SPACE_ID)
    assert.deepEqual(
      faults.map(({ name, file, line, column }) => [name, file, line, column]),
      [['bad', join(folder, 'bad/index.js'), 3, 1]],
    )
    assert.equal(events.filter(({ type }) => type === 'folder-read').length, 1)
    assert.equal(await call('good'), 'good')
    writeFiles(folder, functionOf('bad', ''))
    await host.reload(SPACE_ID)
    assert.deepEqual(await host.faults(SPACE_ID), [])
  })

  test('is what it takes for a load fault to be told in full again: each call repeats its sentence only', async (t) => {
    const { host, code } = await openHost(t, { 'bad/index.js': 'exports.main = async () => {\n  return (\n}\n' })
    for (let i = 0; i < 3; i += 1) assert.equal(await code('bad'), 'FUNCTION_LOAD_FAILED')
    const texts = host.log.read({ name: 'bad' }).map(({ text }) => text)
    assert.equal(texts.length, 3)
    assert.match(texts[0] ?? '', /bad\/index\.js:3\n/)
    assert.doesNotMatch(texts[0] ?? '', /node:internal/)
    assert.equal(texts[1], texts[2])
    assert.doesNotMatch(texts[1] ?? '', /\n/)
  })

  test('is needed before any worker runs code that changed on the disk', async (t) => {
    const { call, folder } = await openHost(t, {
      ...functionOf('word', "return 'old'"),
      ...functionOf('die', 'process.exit(0)'),
    })
    writeFiles(folder, functionOf('word', "return 'new'"))
    assert.equal(await call('word'), 'old')
    await call('die').catch(() => undefined)
    assert.equal(await call('word'), 'old')
  })

  test('keeps the old code of a function with a mistake, says where it is, and takes the others', async (t) => {
    const { call, host, folder } = await openHost(t, {
      ...functionOf('a', "return require('words') + ' a'"),
      ...functionOf('b', "return require('words') + ' b'"),
      'common/words/index.js': "module.exports = 'old'",
      ...functionOf('die', 'process.exit(0)'),
    })
    writeFiles(folder, {
      'a/index.js': "exports.main = async () => 'x'\n\nexports.main = async ( => 'y'\n",
      'common/words/index.js': "module.exports = 'new'",
    })
    const [fault, ...others] = await host.reload(SPACE_ID)
    assert.deepEqual(others, [])
    assert.equal(fault?.name, 'a')
    assert.equal(fault.file, join(folder, 'a/index.js'))
    assert.equal(fault.line, 3)
    assert.equal(await call('a'), 'old a')
    assert.equal(await call('b'), 'new b')
    // A worker that takes the place of another has the old code too.
    for (let i = 0; i < 2; i += 1) await call('die').catch(() => undefined)
    assert.equal(await call('a'), 'old a')
    writeFiles(folder, functionOf('a', "return require('words') + ' mended'"))
    assert.deepEqual(await host.reload(SPACE_ID), [])
    assert.equal(await call('a'), 'new mended')
  })

  test('keeps the old code of a function whose package.json cannot be read', async (t) => {
    const { call, host, folder } = await openHost(t, functionOf('a', "return 'old'", { timeout: 5 }))
    writeFiles(folder, { ...functionOf('a', "return 'new'"), 'a/package.json': '{' })
    const [fault] = await host.reload(SPACE_ID)
    assert.equal(fault?.file, join(folder, 'a/package.json'))
    assert.equal(await call('a'), 'old')
    assert.equal(host.find(SPACE_ID, 'a')?.timeoutSeconds, 5)
  })

  test('of a new function with a mistake lets its calls fail with the reason', async (t) => {
    const { call, code, host, folder } = await openHost(t, functionOf('a', 'return 1'))
    writeFiles(folder, { 'b/index.js': 'exports.main = (' })
    assert.deepEqual(
      (await host.reload(SPACE_ID)).map(({ name }) => name),
      ['b'],
    )
    assert.equal(await code('b'), 'FUNCTION_LOAD_FAILED')
    assert.equal(await call('a'), 1)
  })

  test('lets calls that run end on the old code', async (t) => {
    const { call, host, folder, until, events } = await openHost(
      t,
      functionOf('slow', "await new Promise((go) => setTimeout(go, 500)); return 'old'"),
    )
    const running = call('slow')
    await until(({ type }) => type === 'worker-started')
    writeFiles(folder, functionOf('slow', "return 'new'"))
    await host.reload(SPACE_ID)
    assert.equal(await call('slow'), 'new')
    assert.equal(await running, 'old')
    await until((event) => event.type === 'worker-ended' && event.why === 'replaced')
    assert.deepEqual(
      events.filter((event) => event.type === 'worker-ended' && event.why !== 'replaced'),
      [],
    )
  })

  test('fails no call while calls come all the time', async (t) => {
    const { call, host, folder } = await openHost(t, functionOf('n', 'return 0'))
    let isOver = false
    const seen: unknown[] = []
    const caller = async (): Promise<void> => {
      while (!isOver) seen.push(await call('n'))
    }
    const callers = [caller(), caller(), caller()]
    for (let n = 1; n <= 3; n += 1) {
      writeFiles(folder, functionOf('n', `return ${n}`))
      await host.reload(SPACE_ID)
      assert.equal(await call('n'), n)
    }
    isOver = true
    await Promise.all(callers)
    assert.deepEqual([...new Set(seen)].sort(), seen.includes(0) ? [0, 1, 2, 3] : [1, 2, 3])
  })

  test('may be asked for while one is under way', async (t) => {
    const { call, host, folder } = await openHost(t, functionOf('a', 'return 1'))
    assert.equal(await call('a'), 1)
    writeFiles(folder, { 'a/index.js': 'exports.main = () => 2', 'a/deep/er.json': '{}' })
    assert.deepEqual(await Promise.all([host.reload(SPACE_ID), host.reload(SPACE_ID)]), [[], []])
    assert.equal(await call('a'), 2)
  })
})
