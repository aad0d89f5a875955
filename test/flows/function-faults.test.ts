import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { startProcess } from './dev-process.ts'
import { runDrawbridge } from './drawbridge-process.ts'

const files: Readonly<Record<string, string>> = {
  'bad/index.js': 'exports.main = async () => {\n  return (\n}\n',
  'odd/index.js': 'exports.main = async () => 1\n',
  'odd/package.json': '{"name":"odd","cloudfunction-config":{"timeout":"soon"}}',
  'todo/index.obj.js': 'module.exports = { list() { return [] } }\n',
}

describe('a project with faults', () => {
  let root = ''
  const file = (name: string) => join(root, 'uniCloud', 'cloudfunctions', name)
  const run = (...words: string[]) => runDrawbridge(['functions', ...words], { cwd: root })

  before(() => {
    root = mkdtempSync(join(tmpdir(), 'drawbridge-faults-'))
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(file(name)), { recursive: true })
      writeFileSync(file(name), text)
    }
  })
  after(() => rmSync(root, { recursive: true, force: true }))

  it('is told each fault once at the start of dev, with file, line and column, and once after each change', async () => {
    const dev = startProcess(['dev'], root, { PORT: '0' })
    const syntax = /bad[/\\]index\.js:3:1 {2}bad: /g
    const times = (words: string | RegExp) => dev.said().split(words).length - 1
    try {
      await dev.hears('Stop: Ctrl-C')
      await dev.hears('bad: ')
      assert.equal(times(syntax), 1, dev.said())
      assert.equal(times('timeout is ignored'), 1, dev.said())
      dev.clear()
      writeFileSync(file('odd/index.js'), 'exports.main = async () => 2\n')
      await dev.hears('Functions reloaded, with faults')
      await dev.hears('bad: ')
      assert.equal(times(syntax), 1, dev.said())
      assert.equal(times('timeout is ignored'), 1, dev.said())
    } finally {
      await dev.stop()
    }
  })

  it('is told each fault once by the list', async () => {
    const { code, out, err } = await run('ls')
    assert.equal(code, 1)
    assert.equal(out.split('bad: ').length, 2, out)
    assert.equal(out.split('timeout is ignored').length, 2, out)
    assert.equal(err, '')
  })

  it('has calls by hand answered by the exit code, and wrong ones by a sentence', async () => {
    const rows: readonly (readonly [line: string, code: number, said: RegExp])[] = [
      ['run nope', 4, /FUNCTION_NOT_FOUND/],
      ['run odd', 0, /^[12]$/m],
      ['run bad', 1, /FUNCTION_LOAD_FAILED/],
      ['run odd list', 2, /odd is a function and has no methods/],
      ['run odd --space nowhere', 4, /SPACE_UNKNOWN/],
      ['run todo', 2, /todo is a cloud object: name the method/],
      ['run todo list', 0, /\[\]/],
      ['run todo gone', 4, /METHOD_NOT_FOUND/],
      ['run uni-open-bridge', 2, /uni-open-bridge is a cloud object: name the method/],
    ]
    for (const [line, expected, said] of rows) {
      const { code, out, err } = await run(...line.split(' '))
      assert.equal(code, expected, `${line}: ${out}${err}`)
      assert.match(out + err, said)
    }
  })

  it('is not looked for where nothing is: dev refuses a folder without project and configuration, and leaves it as it was', async () => {
    const empty = mkdtempSync(join(root, 'empty-'))
    const { code, err } = await runDrawbridge(['dev'], { cwd: empty })
    assert.equal(code, 4)
    assert.match(err, /PROJECT_UNKNOWN: There is no uniCloud project/)
    assert.deepEqual(readdirSync(empty), [])
  })
})
