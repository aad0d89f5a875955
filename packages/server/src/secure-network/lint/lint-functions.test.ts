import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { lintFunctions } from './lint-functions.ts'
import type { LintSubject } from './lint-functions.ts'

const quiet = 'exports.main = async () => {}\n'
const telling = 'exports.main = async () => { return { price: 1 } }\n'
const wrongGuard = `exports.main = async (event, { secretType }) => {
  if (secretType !== 'both' || secretType !== 'response') throw new Error()
}\n`

/** What is found in these files, as `code function`. */
function found(
  context: TestContext,
  files: Readonly<Record<string, string | object>>,
  subject: Omit<LintSubject, 'folder'> = {},
): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-lint-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content))
  }
  return lintFunctions({ folder, ...subject }).map(({ code, functionName, line }) =>
    [code, functionName, ...(line === undefined ? [] : [line])].join(' '),
  )
}

test('a guard that always holds is found wherever the project’s own code is, and not in packages', (context) => {
  const files = {
    'pay/index.js': wrongGuard,
    'pay/lib/deep.ts': wrongGuard.replace('event,', 'event: object,'),
    'pay/node_modules/x/index.js': wrongGuard,
    'pay/types.d.ts': 'export const a: number\n',
    'common/guard/index.js': wrongGuard,
  }
  assert.deepEqual([...found(context, files)].sort(), [
    'GUARD_ALWAYS_TRUE  2',
    'GUARD_ALWAYS_TRUE pay 2',
    'GUARD_ALWAYS_TRUE pay 2',
  ])
})

test('a call of a function that the caller chooses is found, and in modules only what reads callers itself', (context) => {
  const files = {
    'pay/index.js': `exports.main = async (event) => {\n  await uniCloud.callFunction({ name: event.name })\n}\n`,
    'todo/index.obj.js': `module.exports = {\n  async add(name) { await uniCloud.importObject(name) }\n}\n`,
    'pay/lib/call.js': `exports.call = async (name) => { await uniCloud.callFunction({ name }) }\n`,
    'common/call/index.js': `exports.call = async (name) => { await uniCloud.callFunction({ name }) }\n`,
  }
  assert.deepEqual([...found(context, files)].sort(), [
    'FUNCTION_CHOSEN_BY_CALLER pay 2',
    'FUNCTION_CHOSEN_BY_CALLER todo 2',
  ])
  assert.equal(found(context, files, { functionCalls: 'allow' }).length, 2)
  assert.deepEqual(found(context, files, { functionCalls: 'refuse' }), [])
})

test('data that nobody guards is told, and is not where a rule, a policy or the mode guards it', (context) => {
  const files = { 'pay/index.js': telling, 'note/index.js': quiet }
  assert.deepEqual(found(context, files), ['DATA_WITHOUT_POLICY pay'])
  assert.deepEqual(found(context, files, { rules: { 'pay, note': [{}] } }), [])
  assert.deepEqual(found(context, files, { rules: {}, guards: 'all' }), [])
  const policy = { drawbridge: { policy: [{}] } }
  assert.deepEqual(found(context, { ...files, 'pay/package.json': policy }), [])
})

test('a rule that names no function is an error, with the name that was perhaps meant', (context) => {
  const files = { 'pay/index.js': quiet, 'pay/package.json': {} }
  const rules = { 'pay, uni-clientDB': [{}], 'uni-id-co': [{}], 'h:orders': [{}], '*': [{}] }
  assert.deepEqual(found(context, files, { rules }), [])
  assert.deepEqual(found(context, files, { rules, routes: ['orders'] }), [])
  assert.deepEqual(found(context, files, { rules, routes: [] }), ['RULE_NAMES_NOTHING h:orders'])
  assert.deepEqual(found(context, files, { rules: { 'pya, pay': [{}] } }), ['RULE_NAMES_NOTHING pya'])
})

test('a function in several lists and a list without rules are told', (context) => {
  const files = { 'pay/index.js': quiet, 'refund/index.js': quiet }
  const rules = { 'pay, refund': [{}], pay: [], '*': [] }
  assert.deepEqual(found(context, files, { rules }), ['RULE_NAMED_TWICE pay', 'RULE_EMPTY pay', 'RULE_EMPTY *'])
})

test('a policy that asks what a URL cannot show is told where the function has a URL', (context) => {
  const urlized = { 'cloudfunction-config': { path: '/pay' } }
  const files = { 'pay/index.js': quiet, 'pay/package.json': urlized }
  const asking = [[{ secretType: 'both' }], [{ minLevel: 1 }], [{}, { fresh: true }]] as const
  for (const list of asking)
    assert.deepEqual(found(context, files, { rules: { '*': list } }), ['URL_WITHOUT_PROOF pay'])
  assert.deepEqual(found(context, files, { rules: { pay: [{ appId: 'X' }] } }), [])
  assert.deepEqual(found(context, { 'pay/index.js': quiet }, { rules: { pay: [{ fresh: true }] } }), [])
})

test('policies beside functions: unreadable, not in force, at odds with the rules', (context) => {
  const beside = (policy: unknown) => ({ 'pay/index.js': quiet, 'pay/package.json': { drawbridge: { policy } } })
  assert.deepEqual(found(context, beside([{ appid: 'X' }])), ['POLICY_WRONG pay 1'])
  const exported = { 'pay/index.js': `${quiet}\nexports.drawbridgePolicy = [{ appid: 'X' }]` }
  assert.deepEqual(found(context, exported), ['POLICY_WRONG pay 3'])
  assert.deepEqual(found(context, beside([{}]), { rules: {}, mode: 'off' }), ['POLICY_NOT_IN_FORCE pay'])
  assert.deepEqual(found(context, beside([{}]), { rules: {}, mode: 'enforce' }), [])
  const rules = { pay: [{ appId: 'Y' }] }
  assert.deepEqual(found(context, beside([{ appId: 'X' }]), { rules, mode: 'enforce' }), ['RULES_CONFLICT pay'])
})

test('rules that no app which may come can meet are told, beside functions once', (context) => {
  const apps = [{ appId: 'M', platform: 'mp-weixin', release: ['wx1'], development: [] }]
  const policy = [{ platform: 'android' }, { fresh: true }]
  const files = { 'pay/index.js': quiet, 'pay/package.json': { drawbridge: { policy } }, 'note/index.js': quiet }
  const rules = { note: [{ minLevel: 2 }, { appId: 'M' }] }
  assert.deepEqual(found(context, files, { rules, apps }), [
    'POLICY_WRONG pay 1',
    'RULE_NEVER_MET note',
    'RULE_NEVER_MET pay',
  ])
  assert.deepEqual(found(context, files, { rules }), ['POLICY_WRONG pay 1'])
})

test('a source that cannot be parsed is told, and the others are looked at', (context) => {
  const files = { 'bad/index.js': 'const = 1', 'pay/index.js': wrongGuard }
  assert.deepEqual(found(context, files), ['SOURCE_NOT_READ bad', 'GUARD_ALWAYS_TRUE pay 2'])
})
