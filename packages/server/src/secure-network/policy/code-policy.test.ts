import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { test } from 'node:test'
import { readFunctionsFolder } from '../../functions/read-functions-folder.ts'
import { unreadablePolicy } from './unreadable-policy.ts'

type Files = Readonly<Record<string, string>>

/** The policy of the function `pay` in these files, and where what was said of it stands. */
function read(files: Files) {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-code-policy-'))
  try {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), content)
    }
    const { functions, mistakes } = readFunctionsFolder(folder, 10)
    return {
      policy: functions.get('pay')?.policy,
      said: mistakes.map(({ message }) => message),
      placed: mistakes.map(({ file, line, policy }) => `${basename(file)}:${String(line)} ${String(policy?.code)}`),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const main = 'exports.main = async () => 1\n'
const impl = `${main}exports.drawbridgePolicy = [{ secretType: 'both' }]\n`
const pol = `export const main = () => 1\nexport const drawbridgePolicy = [{ secretType: 'both' }]\n`

const handedOn: readonly Files[] = [
  { 'pay/index.js': `module.exports = require('./impl')`, 'pay/impl.js': impl },
  { 'pay/index.js': `module.exports = exports = require("./impl.cjs")`, 'pay/impl.cjs': impl },
  { 'pay/index.js': `module.exports = { ...require('./lib') }`, 'pay/lib/index.js': impl },
  { 'pay/index.js': `const impl = require('./impl')\nmodule.exports = { ...impl, more: 1 }`, 'pay/impl.js': impl },
  { 'pay/index.js': `const impl = require('./impl')\nmodule.exports = impl`, 'pay/impl.js': impl },
  { 'pay/index.js': `Object.assign(exports, require('./impl'))`, 'pay/impl.js': impl },
  { 'pay/index.js': `module.exports = Object.assign({}, require('./impl'))`, 'pay/impl.js': impl },
  { 'pay/index.js': `__exportStar(require('./impl'), exports)`, 'pay/impl.js': impl },
  { 'pay/index.mjs': `export * from './pol.mjs'`, 'pay/pol.mjs': pol },
  { 'pay/index.mjs': `export { main, drawbridgePolicy } from './pol.mjs'`, 'pay/pol.mjs': pol },
  { 'pay/index.mjs': `import impl from './pol.mjs'\nexport default { ...impl }`, 'pay/pol.mjs': pol },
  { 'pay/index.ts': `export * from './pol.ts'`, 'pay/pol.ts': pol.replace(']\n', '] as const\n') },
  {
    'pay/index.js': `module.exports = require('./a')`,
    'pay/a.js': `module.exports = require('./b')`,
    'pay/b.js': impl,
  },
  {
    'pay/index.js': `module.exports = { ...require('./a') }`,
    'pay/a.js': `module.exports = { ...require('./index'), ...require('./b') }`,
    'pay/b.js': impl,
  },
  { 'pay/index.js': `module.exports = require('../common/pay')`, 'common/pay/index.js': impl },
]
for (const files of handedOn)
  test(`a policy is read where the function hands a module on: ${JSON.stringify(files).slice(0, 90)}`, () => {
    assert.deepEqual(read(files), { policy: [{ secretType: 'both' }], said: [], placed: [] })
  })

const closed: readonly (readonly [place: string, files: Files])[] = [
  ['impl.js:2', { 'pay/index.js': `module.exports = require('./' + name)`, 'pay/impl.js': impl }],
  ['impl.js:2', { 'pay/index.js': `module.exports = wrap(require('./impl'))`, 'pay/impl.js': impl }],
  ['impl.js:2', { 'pay/index.js': `module.exports = require('./impl').api`, 'pay/impl.js': impl }],
  ['impl.js:2', { 'pay/index.js': `if (1) module.exports = require('./impl')`, 'pay/impl.js': impl }],
  ['impl.js:2', { 'pay/index.js': main, 'pay/deep/.er/impl.js': impl }],
  ['impl.js:1', { 'pay/index.js': main, 'pay/impl.js': 'exports[`drawbridgePolicy`] = [{}]' }],
  ['impl.js:2', { 'pay/index.js': main, 'pay/impl.js': `${main}exports.drawbridgePolicy = [` }],
  [
    'policy.json:2',
    { 'pay/index.js': `module.exports = require('./policy')`, 'pay/policy.json': `{\n"drawbridgePolicy": [{}]}` },
  ],
  ['index.mjs:1', { 'pay/index.mjs': `export { drawbridgePolicy } from './none.mjs'` }],
  ['pol.mjs:1', { 'pay/index.js': main, 'pay/pol.mjs': `export { drawbridgePolicy as other } from './x.mjs'` }],
  ['pol.mjs:2', { 'pay/index.mjs': `export * as inner from './pol.mjs'`, 'pay/pol.mjs': pol }],
  ['index.js:2', { 'pay/index.js': `module.exports = require('shared')`, 'common/shared/index.js': impl }],
  ['index.mjs:2', { 'pay/index.mjs': `import * as x from 'shared'\nexport default x`, 'common/shared/index.mjs': pol }],
  [
    'main.js:2',
    {
      'pay/index.js': `module.exports = require('shared')`,
      'pay/package.json': '{"dependencies":{"shared":"file:../lib"}}',
      'lib/main.js': impl,
    },
  ],
]
for (const [place, files] of closed)
  test(`a policy that is named and not come to closes the function: ${JSON.stringify(files).slice(0, 90)}`, () => {
    const { policy, placed, said } = read(files)
    assert.equal(policy, unreadablePolicy)
    assert.equal(placed.at(-1), `${place} POLICY_NOT_FOLLOWED`)
    assert.match(said.at(-1) ?? '', /nobody may call the function/)
  })

const computed: readonly (readonly [place: string, files: Files])[] = [
  [
    'impl.js:1',
    { 'pay/index.js': `module.exports = require('./impl')`, 'pay/impl.js': 'exports.drawbridgePolicy = make()' },
  ],
  ['index.js:1', { 'pay/index.js': 'exports[`drawbridgePolicy`] = [{}]' }],
  [
    'index.mjs:1',
    { 'pay/index.mjs': `import { drawbridgePolicy as p } from './pol.mjs'\nexport default p`, 'pay/pol.mjs': pol },
  ],
  [
    'b.js:2',
    { 'pay/index.js': `Object.assign(exports, require('./a'), require('./b'))`, 'pay/a.js': impl, 'pay/b.js': impl },
  ],
]
for (const [place, files] of computed)
  test(`a policy that would have to be run, or is there twice, closes the function: ${JSON.stringify(files).slice(0, 80)}`, () => {
    const { policy, placed } = read(files)
    assert.equal(policy, unreadablePolicy)
    assert.deepEqual(placed, [`${place} POLICY_NOT_LITERAL`])
  })

const open: readonly Files[] = [
  { 'pay/index.js': `module.exports = require('./impl')`, 'pay/impl.js': main },
  { 'pay/index.js': main, 'pay/impl.js': `// see drawbridgePolicy\n${main}` },
  { 'pay/index.js': main, 'pay/node_modules/x/index.js': impl },
  { 'pay/index.js': `const { log } = require('shared')\n${main}`, 'common/shared/index.js': impl },
  { 'pay/index.js': main, 'note/index.js': impl },
  { 'pay/index.js': `exports.disabledPolicy = exports.policy = exports.deletePolicy = 1` },
]
for (const files of open)
  test(`a function that names no policy has none: ${JSON.stringify(files).slice(0, 90)}`, () => {
    assert.deepEqual(read(files), { policy: undefined, said: [], placed: [] })
  })

test('a policy that is read counts, whatever else in the folder names one', () => {
  const files = { 'pay/index.js': impl, 'pay/index.test.js': `require('./index').drawbridgePolicy.length` }
  assert.deepEqual(read(files), { policy: [{ secretType: 'both' }], said: [], placed: [] })
})

const manifest = (content: object): Files => ({ 'pay/index.js': main, 'pay/package.json': JSON.stringify(content) })
const misnamed: readonly (readonly [told: string, meant: string, files: Files])[] = [
  ['index.js:1 KEY_UNKNOWN', 'drawbridgePolicy', { 'pay/index.js': 'exports.drawbridgepolicy = [{}]' }],
  ['index.js:1 KEY_UNKNOWN', 'drawbridgePolicy', { 'pay/index.js': 'module.exports = { drawbrigePolicy: [{}] }' }],
  ['index.mjs:1 KEY_UNKNOWN', 'drawbridgePolicy', { 'pay/index.mjs': 'export const drawbridge_policy = [{}]' }],
  [
    'impl.js:1 KEY_UNKNOWN',
    'drawbridgePolicy',
    { 'pay/index.js': `module.exports = require('./impl')`, 'pay/impl.js': 'exports.DrawbridgePolicy = [{}]' },
  ],
  ['package.json:1 KEY_UNKNOWN', 'drawbridge', manifest({ Drawbridge: { policy: [{}] } })],
  ['package.json:1 KEY_UNKNOWN', 'drawbridge', manifest({ drawbrigde: { policy: [{}] } })],
  ['package.json:1 KEY_UNKNOWN', 'drawbridge', manifest({ drawbridgePolicy: [{}] })],
  [
    'package.json:1 POLICY_MISPLACED',
    'drawbridge',
    manifest({ 'cloudfunction-config': { drawbridge: { policy: [] } } }),
  ],
  ['package.json:1 POLICY_MISPLACED', 'drawbridge', manifest({ 'cloudfunction-config': { Drawbridge: {} } })],
]
for (const [told, meant, files] of misnamed)
  test(`what was meant for a policy closes the function and is told: ${JSON.stringify(files).slice(0, 90)}`, () => {
    const { policy, placed, said } = read(files)
    assert.equal(policy, unreadablePolicy)
    assert.deepEqual(placed, [told])
    assert.ok(said[0]?.includes(`Did you mean "${meant}"`), said[0])
  })
