import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { startWorkerFixture } from '../../worker/worker-fixture.ts'
import type { WorkerFixture } from '../../worker/worker-fixture.ts'

interface CaseFile {
  readonly configs: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly cases: readonly {
    readonly id: string
    readonly title: string
    readonly config: string
    readonly needs: readonly string[]
    readonly steps: readonly {
      readonly create: object
      readonly method: string
      readonly args: readonly unknown[]
      readonly expect: { readonly value: unknown }
    }[]
  }[]
}

const vectors = new URL('../../../../../test/vectors/open-bridge-cases.json', import.meta.url)
const { cases, configs } = JSON.parse(readFileSync(vectors, 'utf8')) as CaseFile

/** A function that evaluates what it is sent, with `createConfig` at hand. */
const EVALUATE = `const createConfig = require('uni-config-center')
  exports.main = (event) => {
    try { return new Function('createConfig', 'event', 'return ' + event.code)(createConfig, event) ?? 'undefined' }
    catch (error) { return [error.code ?? error.name, error.message] }
  }`

function startOn(files: Readonly<Record<string, string>>): Promise<WorkerFixture> {
  const below = Object.entries(files).map(([path, text]) => [`common/uni-config-center/${path}`, text])
  return startWorkerFixture({ 'f/index.js': EVALUATE, ...(Object.fromEntries(below) as Record<string, string>) })
}

for (const each of cases.filter(({ needs }) => needs.includes('config-center')))
  test(`${each.id}: ${each.title}`, async () => {
    const files = Object.entries(configs[each.config] ?? {}).map(([name, config]) => [
      `${name}/config.json`,
      JSON.stringify(config),
    ])
    await using worker = await startOn(Object.fromEntries(files) as Record<string, string>)
    for (const { create, method, args, expect } of each.steps) {
      const code = 'createConfig(event.create)[event.method](...event.args)'
      assert.deepEqual((await worker.call('f', { code, create, method, args })).value, expect.value)
    }
  })

const FILES = {
  'p/config.json': `{ // as people write it\n "a": { "b": [{ "c": 7 }], "none": null }, "list": [1], }`,
  'p/data.json': `{ "d": 1 }`,
  'p/code.js': `module.exports = require('./more')`,
  'p/more.js': `module.exports = 'more'`,
  'p/torn.js': `require('./not-there')`,
  'list/config.json': `[{ "a": 1 }, { "a": 2 }]`,
  'bad/config.json': `{\n "a": ]\n}`,
}

const readings: readonly (readonly [what: string, code: string, expected: unknown])[] = [
  ['all of a file', `createConfig({ pluginId: 'p' }).config().list`, [1]],
  ['a path with lists', `createConfig({ pluginId: 'p' }).config('a.b[0].c')`, 7],
  ['a path that is not there', `createConfig({ pluginId: 'p' }).config('a.x.y')`, 'undefined'],
  ['the fallback of such a path', `createConfig({ pluginId: 'p' }).config('a.x.y', 'else')`, 'else'],
  ['no fallback where null stands', `createConfig({ pluginId: 'p' }).config('a.none', 'else')`, 'undefined'],
  ['nothing that objects inherit', `createConfig({ pluginId: 'p' }).config('constructor.name', 'else')`, 'else'],
  [
    'defaults below the file',
    `createConfig({ pluginId: 'p', cache: false, defaultConfig: { a: { b: 1, z: 2 }, y: 3 } }).config('a.z')`,
    2,
  ],
  [
    'the file above defaults',
    `createConfig({ pluginId: 'p', cache: false, defaultConfig: { a: { b: 1 } } }).config('a.b')`,
    [{ c: 7 }],
  ],
  [
    'a merge of the caller’s own',
    `createConfig({ pluginId: 'p', cache: false, defaultConfig: 1, customMerge: (d, c) => [d, c.list] }).config()`,
    [1, [1]],
  ],
  ['a list as it is', `createConfig({ pluginId: 'list', defaultConfig: { a: 0 } }).config('[1].a')`, 2],
  ['an empty object without a file', `createConfig({ pluginId: 'nofile' }).config()`, {}],
  ['the defaults without a file', `createConfig({ pluginId: 'nofile2', defaultConfig: { a: 1 } }).config()`, { a: 1 }],
  ['one instance for a plugin', `createConfig({ pluginId: 'p' }) === createConfig({ pluginId: 'p' })`, true],
  [
    'whether a file is there',
    `['config.json', 'code', 'x.js'].map((file) => createConfig({ pluginId: 'p' }).hasFile(file))`,
    [true, true, false],
  ],
  ['what a file exports', `createConfig({ pluginId: 'p' }).requireFile('code.js')`, 'more'],
  ['what JSON holds', `createConfig({ pluginId: 'p' }).requireFile('data.json')`, { d: 1 }],
  ['nothing where there is no file', `createConfig({ pluginId: 'p' }).requireFile('x.js')`, 'undefined'],
  [
    'that a file’s own requirement is missing',
    `createConfig({ pluginId: 'p' }).requireFile('torn.js')`,
    ['MODULE_NOT_FOUND'],
  ],
  [
    'where a file is',
    `createConfig({ pluginId: 'p' }).resolve('x.js').endsWith('/common/uni-config-center/p/x.js')`,
    true,
  ],
  ['that a plugin must be named', `createConfig({})`, ['UNICLOUD_ARGUMENT_INVALID']],
  [
    'the line of a mistake',
    `createConfig({ pluginId: 'bad' }).config()`,
    ['CONFIG_FILE_INVALID', 'bad/config.json is no JSON: ValueExpected in line 2'],
  ],
  [
    'a file by its own path',
    `process.getBuiltinModule('module').createRequire('/x')('uni-config-center/p/data')`,
    { d: 1 },
  ],
]

test('uni-config-center tells', async (t) => {
  await using worker = await startOn(FILES)
  for (const [what, code, expected] of readings)
    await t.test(what, async () => {
      const { value } = await worker.call('f', { code })
      const isPart = Array.isArray(expected) && expected.length === 1 && typeof expected[0] === 'string'
      assert.deepEqual(isPart ? (value as unknown[]).slice(0, 1) : value, expected)
    })
})

test('a project without the folder has defaults', async () => {
  await using worker = await startWorkerFixture({ 'f/index.js': EVALUATE })
  const code = `[createConfig({ pluginId: 'p', defaultConfig: { a: 1 } }).config('a'), createConfig({ pluginId: 'p' }).hasFile('x')]`
  assert.deepEqual((await worker.call('f', { code })).value, [1, false])
})
