import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { relative } from 'node:path'
import { makeProject } from './host-fixture.ts'
import type { ProjectFiles } from './host-fixture.ts'
import { readFunctionsFolder } from './read-functions-folder.ts'

const config = (value: unknown): string => JSON.stringify({ 'cloudfunction-config': value })
const main = 'exports.main = () => 1'

describe('a functions folder', () => {
  test('is read as uniCloud lays it out', (t) => {
    const folder = makeProject(t, {
      'plain/index.js': main,
      'things/index.obj.js': 'module.exports = {}',
      'things/package.json': JSON.stringify({ main: 'index.js' }),
      'typed/index.ts': '',
      'typed-things/index.obj.ts': '',
      'module/index.mjs': '',
      'elsewhere/package.json': JSON.stringify({ main: './src/start' }),
      'elsewhere/src/start.js': main,
      'common/words/index.js': '',
      'node_modules/dep/index.js': '',
      '.git/index.js': '',
    })
    const { functions, mistakes } = readFunctionsFolder(folder, 60)
    assert.deepEqual(mistakes, [])
    const found = [...functions.values()].map(({ name, kind, file }) => [name, kind, relative(folder, file)])
    assert.deepEqual(found.sort(), [
      ['elsewhere', 'function', 'elsewhere/src/start.js'],
      ['module', 'function', 'module/index.mjs'],
      ['plain', 'function', 'plain/index.js'],
      ['things', 'object', 'things/index.obj.js'],
      ['typed', 'function', 'typed/index.ts'],
      ['typed-things', 'object', 'typed-things/index.obj.ts'],
    ])
  })

  test('tells its functions’ limits, paths and timers', (t) => {
    const triggers = [{ name: 'nightly', type: 'timer', config: ' 0 0 3  * * * * ' }]
    const folder = makeProject(t, {
      'a/index.js': main,
      'a/package.json': config({ timeout: 7, concurrency: 5, path: '/a/b/', triggers }),
      'b/index.js': main,
    })
    const { functions } = readFunctionsFolder(folder, 60)
    const { file: _file, ...a } = functions.get('a') ?? assert.fail()
    assert.deepEqual(a, {
      name: 'a',
      kind: 'function',
      timeoutSeconds: 7,
      concurrency: 5,
      path: '/a/b',
      triggers: [{ name: 'nightly', cron: '0 0 3 * * * *' }],
    })
    const { timeoutSeconds, concurrency, path, triggers: none } = functions.get('b') ?? assert.fail()
    assert.deepEqual(
      { timeoutSeconds, concurrency, path, none },
      { timeoutSeconds: 60, concurrency: 1, path: undefined, none: [] },
    )
  })

  test('gives modules by their package’s name, their folder’s and what functions call them', (t) => {
    const folder = makeProject(t, {
      'common/words/package.json': JSON.stringify({ name: 'the-words', dependencies: { deep: 'file:../deep' } }),
      'common/deep/index.js': '',
      'common/constructor/index.js': '',
      'a/index.js': main,
      'a/package.json': JSON.stringify({ dependencies: { alias: 'file:../common/words', other: '^1.0.0' } }),
    })
    const { modules, mistakes } = readFunctionsFolder(folder, 60)
    assert.deepEqual(mistakes, [])
    assert.equal(Object.getPrototypeOf(modules), null)
    assert.deepEqual(Object.fromEntries(Object.entries(modules).map(([name, at]) => [name, relative(folder, at)])), {
      'the-words': 'common/words',
      words: 'common/words',
      deep: 'common/deep',
      constructor: 'common/constructor',
      alias: 'common/words',
    })
  })

  const wrong: readonly (readonly [what: string, files: ProjectFiles, message: RegExp, isServed: boolean])[] = [
    ['no index', { 'a/other.js': '' }, /no index\.js/, false],
    ['a name that no call can bear', { 'a b/index.js': main }, /name is no function/, false],
    ['broken JSON', { 'a/index.js': main, 'a/package.json': '{' }, /cannot be read/, false],
    ['an array for a package.json', { 'a/index.js': main, 'a/package.json': '[]' }, /no object/, false],
    ['a function and an object', { 'a/index.js': main, 'a/index.obj.js': '' }, /index\.obj\.js is used/, true],
    ['two of a kind', { 'a/index.js': main, 'a/index.ts': '' }, /index\.ts is not/, true],
    ['a main outside', { 'a/index.js': main, 'a/package.json': '{"main":"../b.js"}', 'b.js': '' }, /leaves/, true],
    ['no time', { 'a/index.js': main, 'a/package.json': config({ timeout: 0 }) }, /1 to 7200/, true],
    ['too much time', { 'a/index.js': main, 'a/package.json': config({ timeout: 7201 }) }, /1 to 7200/, true],
    ['half a concurrency', { 'a/index.js': main, 'a/package.json': config({ concurrency: 1.5 }) }, /1 to 100/, true],
    ['a list for a config', { 'a/index.js': main, 'a/package.json': config([]) }, /config is no object/, true],
    ['a path without /', { 'a/index.js': main, 'a/package.json': config({ path: 'a' }) }, /path is ignored/, true],
    ['a path upwards', { 'a/index.js': main, 'a/package.json': config({ path: '/a/../b' }) }, /path is ignored/, true],
    [
      'a path taken',
      {
        'a/index.js': main,
        'a/package.json': config({ path: '/x' }),
        'b/index.js': main,
        'b/package.json': config({ path: '/x' }),
      },
      /already/,
      true,
    ],
    [
      'six fields of a timer',
      {
        'a/index.js': main,
        'a/package.json': config({ triggers: [{ name: 't', type: 'timer', config: '0 0 * * * *' }] }),
      },
      /seven fields/,
      true,
    ],
    [
      'a trigger of no name',
      { 'a/index.js': main, 'a/package.json': config({ triggers: [{ name: '1' }] }) },
      /for its name/,
      true,
    ],
    [
      'a trigger that is no timer',
      { 'a/index.js': main, 'a/package.json': config({ triggers: [{ name: 't' }] }) },
      /not "timer"/,
      true,
    ],
    ['triggers that are none', { 'a/index.js': main, 'a/package.json': config({ triggers: {} }) }, /array/, true],
    [
      'a dependency outside',
      { 'a/index.js': main, 'a/package.json': '{"dependencies":{"x":"file:../../x"}}' },
      /leaves the functions folder/,
      true,
    ],
    [
      'a dependency on nothing',
      { 'a/index.js': main, 'a/package.json': '{"dependencies":{"x":"file:../common/x"}}' },
      /no folder/,
      true,
    ],
    [
      'a name for two modules',
      {
        'a/index.js': main,
        'a/package.json': '{"dependencies":{"x":"file:../common/y"}}',
        'common/x/i.js': '',
        'common/y/i.js': '',
      },
      /two modules/,
      true,
    ],
  ]
  for (const [what, files, message, isServed] of wrong) {
    test(`with ${what} says so, and ${isServed ? 'serves' : 'does not serve'} the function`, (t) => {
      const { functions, mistakes } = readFunctionsFolder(makeProject(t, files), 60)
      assert.equal(mistakes.length, 1)
      assert.match(mistakes[0]?.message ?? '', message)
      assert.equal(mistakes[0]?.weight, isServed ? 'mended' : 'unusable')
      assert.equal(functions.has('a'), isServed)
      assert.ok(mistakes[0].file.length > 0)
    })
  }

  test('notes what has no effect', (t) => {
    const folder = makeProject(t, { 'a/index.js': main, 'a/package.json': config({ memorySize: 256 }) })
    assert.deepEqual(
      readFunctionsFolder(folder, 60).mistakes.map(({ weight }) => weight),
      ['note'],
    )
  })
})
