import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startWorkerFixture } from '../worker/worker-fixture.ts'

const shapes: readonly (readonly [what: string, file: string, text: string])[] = [
  ['CommonJS', 'f/index.js', `exports.main = async () => 'ok'`],
  ['CommonJS by its ending', 'f/index.cjs', `module.exports = { main: () => 'ok' }`],
  ['CommonJS that is a function itself', 'f/index.js', `module.exports = () => 'ok'`],
  ['a module', 'f/index.mjs', `export const main = async () => 'ok'`],
  ['a module that exports by default', 'f/index.mjs', `export default async () => 'ok'`],
  ['a module that exports an object by default', 'f/index.mjs', `export default { main: () => 'ok' }`],
  [
    'a module that awaits at its top',
    'f/index.mjs',
    `const ok = await Promise.resolve('ok'); export const main = () => ok`,
  ],
  [
    'a module without an ending that says so',
    'f/index.js',
    `import { sep } from 'node:path'; export const main = () => sep && 'ok'`,
  ],
  ['TypeScript', 'f/index.ts', `export const main = async (event: { a?: string }): Promise<string> => event.a ?? 'ok'`],
  [
    'what a compiler made of a default export',
    'f/index.js',
    `exports.__esModule = true; exports.default = { main: () => 'ok' }`,
  ],
  ['a cloud object', 'f/index.obj.js', `module.exports = { main() { return 'ok' } }`],
  ['a cloud object of a module', 'f/index.obj.mjs', `export default { main() { return 'ok' } }`],
  ['a cloud object in TypeScript', 'f/index.obj.ts', `export default { main(): string { return 'ok' } }`],
  [
    'a cloud object with a method then',
    'f/index.obj.js',
    `module.exports = { then() { throw new Error('called') }, main: () => 'ok' }`,
  ],
]

for (const [what, file, text] of shapes)
  test(`${what} is loaded`, async () => {
    await using worker = await startWorkerFixture({ [file]: text })
    assert.deepEqual(worker.faults, [])
    assert.equal((await worker.call('f', { method: 'main' })).value, 'ok')
  })

test('common modules are found by their names, from functions, from one another, and below', async () => {
  await using worker = await startWorkerFixture({
    'common/words/package.json': `{ "name": "words", "main": "lib/entry.js" }`,
    'common/words/lib/entry.js': `exports.word = require('more').more`,
    'common/words/data/list.json': `[1]`,
    'common/more/index.js': `exports.more = 'more'`,
    'common/typed/index.ts': `export const n: number = 3`,
    'common/@my/scoped/index.js': `module.exports = 'scoped'`,
    'f/index.js': `
      const { word } = require('words')
      exports.main = () => [word, require('words/data/list.json'), require('words/data/list'), require('typed').n,
        require.resolve('words/lib/entry.js').endsWith('/lib/entry.js')]`,
    'g/index.mjs': `import { word } from 'words'; import list from 'words/data/list.json' with { type: 'json' }
      import { n } from 'typed'; export const main = () => [word, list, n]`,
    'out/index.js': `exports.main = () => { try { return require('words/../../f/index.js') } catch (e) { return e.code } }`,
  })
  assert.deepEqual(worker.faults, [])
  assert.deepEqual((await worker.call('f')).value, ['more', [1], [1], 3, true])
  assert.deepEqual((await worker.call('g')).value, ['more', [1], 3])
  assert.equal((await worker.call('out')).value, 'MODULE_NOT_FOUND')
})

test('packages come from the project’s node_modules, and a module is loaded once', async () => {
  await using worker = await startWorkerFixture({
    'f/node_modules/dep/index.js': `let n = 0; module.exports = () => ++n`,
    'f/index.js': `const dep = require('dep'); exports.main = () => [dep(), require('dep') === dep]`,
  })
  assert.deepEqual((await worker.call('f')).value, [1, true])
  assert.deepEqual((await worker.call('f')).value, [2, true])
})

test('a built-in module steps back for the project’s own', async () => {
  await using worker = await startWorkerFixture({
    'common/uni-id-common/index.js': `module.exports = 'mine'`,
    'f/node_modules/uni-cloud-s2s/index.js': `module.exports = 'installed'`,
    'common/user/index.js': `exports.type = typeof require('uni-config-center')`,
    'f/index.js': `exports.main = () => [require('uni-id-common'), require('uni-cloud-s2s'), require('user').type,
      typeof require('uni-open-bridge-common').getAccessToken]`,
    'g/index.mjs': `import createConfig, * as all from 'uni-config-center'; import { getTicket } from 'uni-open-bridge-common'
      export const main = () => [typeof createConfig, typeof getTicket]`,
  })
  assert.deepEqual((await worker.call('f')).value, ['mine', 'installed', 'function', 'function'])
  assert.deepEqual((await worker.call('g')).value, ['function', 'function'])
})

const broken: readonly (readonly [what: string, files: Record<string, string>, file: string, line: number])[] = [
  ['CommonJS', { 'f/index.js': `\nexports.main = () => { const = 1 }` }, 'f/index.js', 2],
  ['a module', { 'f/index.mjs': `import 'nope'\n\nexport const main = () => { const = 1 }` }, 'f/index.mjs', 3],
  ['TypeScript', { 'f/index.ts': `export const main = (): = 1` }, 'f/index.ts', 1],
  ['an enum', { 'f/index.ts': `\nenum A { b }\nexport const main = () => A` }, 'f/index.ts', 2],
  [
    'a file that is required',
    { 'f/index.js': `require('words')`, 'common/words/index.js': `require('./deep')`, 'common/words/deep.js': `\n\n)` },
    'common/words/deep.js',
    3,
  ],
]

for (const [what, files, file, line] of broken)
  test(`a mistake in ${what} is told at the start, with its line, and nothing has run`, async () => {
    await using worker = await startWorkerFixture({
      ...files,
      'good/index.js': `globalThis.ran = true; exports.main = () => 'good'`,
      'ran/index.js': `exports.main = () => String(globalThis.ran)`,
    })
    assert.deepEqual(
      worker.faults.map((fault) => [fault.name, fault.file, fault.line]),
      [['f', `${worker.root}/${file}`, line]],
    )
    assert.equal((await worker.call('ran')).value, 'undefined')
    assert.equal((await worker.call('good')).value, 'good')
    const { fault } = await worker.call('f')
    assert.deepEqual([fault.code, fault.file], ['FUNCTION_LOAD_FAILED', file])
  })

test('the check can be left out', async () => {
  await using worker = await startWorkerFixture({ 'f/index.js': `)` }, { start: { checkSyntax: false } })
  assert.deepEqual(worker.faults, [])
})

test('a file that throws while it is loaded fails its calls with the place, and the next call tries again', async () => {
  await using worker = await startWorkerFixture({
    'f/index.js': `\nglobalThis.tries = (globalThis.tries ?? 0) + 1\nif (tries < 3) throw new Error('too early')\nexports.main = () => tries`,
    'empty/index.js': `exports.other = 1`,
    'none/index.obj.js': `module.exports = 7`,
    'missing/index.js': `require('not-installed')`,
  })
  for (let i = 0; i < 2; i++) {
    const { code, message, file, line } = (await worker.call('f')).fault
    assert.deepEqual([code, message, file, line], ['FUNCTION_LOAD_FAILED', 'too early', 'f/index.js', 3])
  }
  assert.equal((await worker.call('f')).value, 3)
  for (const name of ['empty', 'none', 'missing'])
    assert.equal((await worker.call(name)).fault.code, 'FUNCTION_LOAD_FAILED')
})
