import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { readFunctionsFolder } from '../../functions/read-functions-folder.ts'
import { joinRules } from './join-rules.ts'
import { unreadablePolicy } from './unreadable-policy.ts'

/** The policy of one function with this code and manifest, and what was said of it. */
function read(code: string, manifest: object | string = {}, entry = 'index.js') {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-beside-'))
  try {
    mkdirSync(join(folder, 'pay'))
    writeFileSync(join(folder, 'pay', entry), code)
    writeFileSync(
      join(folder, 'pay', 'package.json'),
      typeof manifest === 'string' ? manifest : JSON.stringify(manifest),
    )
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
const both = [{ secretType: 'both' }]

test('a function without a policy has none', () => {
  assert.deepEqual(read(main), { policy: undefined, said: [], placed: [] })
  assert.deepEqual(read(main, { drawbridge: {} }), { policy: undefined, said: [], placed: [] })
})

test('a policy stands in package.json', () => {
  assert.deepEqual(read(main, { drawbridge: { policy: both } }), { policy: both, said: [], placed: [] })
})

const exported: readonly (readonly [code: string, entry?: string])[] = [
  [`export const drawbridgePolicy = [{ secretType: 'both' }]\nexport const main = () => 1`],
  [`exports.drawbridgePolicy = [{ 'secretType': "both" }]\n${main}`],
  [`module.exports.drawbridgePolicy = [{ secretType: 'both' }]\n${main}`],
  [`module.exports = { main: () => 1, drawbridgePolicy: [{ secretType: 'both' }] }`],
  [`module.exports = { drawbridgePolicy: [{ secretType: 'both' }], async add() {} }`, 'index.obj.js'],
  [
    `type P = { a: 1 }\nexport const drawbridgePolicy = [{ secretType: 'both' }] as const satisfies unknown`,
    'index.ts',
  ],
]
for (const [code, entry] of exported)
  test(`a policy stands in code that is read and not run: ${code.slice(0, 60)}`, () => {
    assert.deepEqual(read(code, {}, entry), { policy: both, said: [], placed: [] })
  })

test('a policy in both places has to be met twice', () => {
  const code = `exports.drawbridgePolicy = [{ appId: 'X' }]\n${main}`
  assert.deepEqual(read(code, { drawbridge: { policy: both } }).policy, [{ appId: 'X', secretType: 'both' }])
})

const closed: readonly (readonly [name: string, code: string, manifest: object])[] = [
  ['a member that nobody knows', main, { drawbridge: { policy: [{ secrettype: 'both' }] } }],
  ['a platform that is none', main, { drawbridge: { policy: [{ platform: 'weixin-mp' }] } }],
  ['no list', main, { drawbridge: { policy: {} } }],
  ['a word for the key that is mistyped', main, { drawbridge: { polcy: both } }],
  ['a section that is no object', main, { drawbridge: 'strict' }],
  ['a value that is computed', `exports.drawbridgePolicy = make()\n${main}`, {}],
  ['a value that is partly computed', `exports.drawbridgePolicy = [{ appId: process.env.APP }]\n${main}`, {}],
  ['a name that stands elsewhere', `const drawbridgePolicy = [{}]\nmodule.exports = { main, drawbridgePolicy }`, {}],
  ['an export by a list', `const drawbridgePolicy = [{}]\nexport { drawbridgePolicy }`, {}],
  ['an export that is hidden', `Object.assign(exports, { drawbridgePolicy: [{}] })`, {}],
]
for (const [name, code, manifest] of closed)
  test(`a policy that is wrong admits nobody and is told: ${name}`, () => {
    const { policy, said } = read(code, manifest)
    assert.equal(policy, unreadablePolicy)
    assert.equal(joinRules([{}], policy), unreadablePolicy)
    assert.ok(
      said.some((message) => message.includes('where the mode is enforce, nobody may call the function')),
      said.join('\n'),
    )
  })

test('a policy that can never be met holds, and is told', () => {
  const policy = [{ platform: 'mp-weixin', minLevel: 1 }]
  const read_ = read(main, { drawbridge: { policy } })
  assert.deepEqual(read_.policy, policy)
  assert.equal(read_.said.length, 1)
  assert.doesNotMatch(read_.said[0] ?? '', /nobody may call the function/)
})

test('a comment that names the policy is none', () => {
  assert.deepEqual(read(`// see drawbridgePolicy\n${main}`).policy, undefined)
})

const placed: readonly (readonly [place: string, code: string, manifest: object | string])[] = [
  ['package.json:4 RULE_PLATFORM_UNKNOWN', main, '{\n"drawbridge": {\n"policy": [\n{"platform": "weixin-mp"}]}}'],
  ['package.json:3 KEY_UNKNOWN', main, '\uFEFF{\n"drawbridge": {\n"polcy": []}}'],
  ['package.json:2 VALUE_WRONG', main, '{\n"drawbridge": []}'],
  ['index.js:2 RULE_NEVER_MET', `${main}exports.drawbridgePolicy = [{ platform: 'mp-weixin', fresh: true }]`, {}],
  ['index.js:2 VALUE_WRONG', `${main}module.exports = { drawbridgePolicy: [{ minLevel: 4 }] }`, {}],
  ['index.js:3 POLICY_NOT_LITERAL', `${main}\nexports.drawbridgePolicy = make()`, {}],
  ['index.js:3 POLICY_NOT_LITERAL', `${main}\nObject.assign(exports, { drawbridgePolicy: [] })`, {}],
]
for (const [place, code, manifest] of placed)
  test(`a policy’s mistake is told with its code where it stands: ${place}`, () => {
    assert.deepEqual(read(code, manifest).placed, [place])
  })
