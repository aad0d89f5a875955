import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findRule } from './find-rule.ts'
import { matchRule } from './match-rule.ts'
import type { RuleAsks, RuleCaller, RuleVerdict } from './match-rule.ts'
import { isRuleSet } from './rule-set.ts'
import type { Rule, RuleSet } from './rule-set.ts'

const rule = (appId: string): Rule => ({ appId })
const rules: RuleSet = {
  pay: [rule('exact')],
  'pay, transfer': [rule('first')],
  ' transfer ,refund': [rule('second')],
  'closed,sealed': [],
  'uni-clientDB': [rule('db')],
  '*': [rule('every')],
}

const decided: readonly (readonly [name: string, key: string])[] = [
  ['pay', 'pay'],
  ['transfer', ' transfer ,refund'],
  ['refund', ' transfer ,refund'],
  ['sealed', 'closed,sealed'],
  ['DCloud-clientDB', 'uni-clientDB'],
  ['uni-clientDB', 'uni-clientDB'],
  ['other', '*'],
  ['constructor', '*'],
  ['__proto__', '*'],
]

for (const [name, key] of decided)
  test(`the list under "${key}" decides about ${name}`, () => assert.equal(findRule(rules, name)?.key, key))

test('without a list that names it a function is not guarded', () => {
  assert.equal(findRule({ pay: [] }, 'other'), undefined)
  assert.equal(findRule({}, 'constructor'), undefined)
  assert.deepEqual(matchRule({ pay: [] }, 'other', caller(), 'policy'), { outcome: 'unguarded' })
})

test('the name that is called goes before the one of the documentation', () => {
  for (const both of [
    { 'DCloud-clientDB': [rule('called')], 'uni-clientDB': [rule('written')] },
    { 'uni-clientDB': [rule('written')], 'DCloud-clientDB': [rule('called')] },
  ])
    assert.equal(findRule(both, 'DCloud-clientDB')?.key, 'DCloud-clientDB')
})

function caller(changes: Partial<RuleCaller> = {}): RuleCaller {
  return { appId: '__UNI__X', uniPlatform: 'mp-weixin', ...changes }
}

function outcome(verdict: RuleVerdict): string {
  if (verdict.outcome === 'refused') return `${verdict.reason} ${verdict.code}`
  return verdict.outcome === 'admitted' ? `admitted ${verdict.index}` : verdict.outcome
}

const guarded: Rule = { appId: '__UNI__X', platform: 'MP-Weixin', version: 'production' }
const strict: Rule = { platform: 'android', minLevel: 2, secretType: 'both', fresh: true }
const app = { uniPlatform: 'app', osName: 'Android' } as const

const judged: readonly (readonly [list: readonly Rule[], caller: RuleCaller, asks: RuleAsks, outcome: string])[] = [
  [[], caller(), 'list', 'empty CLIENT_NOT_LISTED'],
  [[], caller(), 'policy', 'empty ENVELOPE_REJECTED'],
  [[{}], caller(), 'policy', 'admitted 0'],
  [[guarded], caller(), 'list', 'admitted 0'],
  [[guarded], caller(), 'policy', 'version ENVELOPE_REJECTED'],
  [[guarded], caller({ version: 'development' }), 'policy', 'version ENVELOPE_REJECTED'],
  [[guarded], caller({ version: 'production' }), 'policy', 'admitted 0'],
  [[guarded], caller({ appId: '__UNI__Y' }), 'list', 'app CLIENT_NOT_LISTED'],
  [[guarded], caller({ uniPlatform: 'web' }), 'list', 'platform CLIENT_NOT_LISTED'],
  [[{ appId: 'a' }, guarded], caller({ uniPlatform: 'web' }), 'list', 'platform CLIENT_NOT_LISTED'],
  [[{ appId: 'a' }, guarded], caller({ version: 'production' }), 'policy', 'admitted 1'],
  [[{ platform: 'ANDROID' }], caller(app), 'list', 'admitted 0'],
  [[{ platform: 'app' }], caller(app), 'list', 'platform CLIENT_NOT_LISTED'],
  [[{ platform: 'android' }], caller({ uniPlatform: 'app' }), 'list', 'platform CLIENT_NOT_LISTED'],
  [[strict], caller(app), 'list', 'admitted 0'],
  [[strict], caller(app), 'policy', 'level ENVELOPE_REJECTED'],
  [[strict], caller({ ...app, level: 1 }), 'policy', 'level ENVELOPE_REJECTED'],
  [[strict], caller({ ...app, level: 3 }), 'policy', 'secretType ENVELOPE_REJECTED'],
  [[strict], caller({ ...app, level: 2, secretType: 'request' }), 'policy', 'secretType ENVELOPE_REJECTED'],
  [[strict], caller({ ...app, level: 2, secretType: 'both' }), 'policy', 'fresh ENVELOPE_REJECTED'],
  [[strict], caller({ ...app, level: 2, secretType: 'both', fresh: true }), 'policy', 'admitted 0'],
  [[{ secretType: 'response' }], caller({ secretType: 'both' }), 'policy', 'admitted 0'],
  [[{ secretType: 'response' }], caller({ secretType: 'request' }), 'policy', 'secretType ENVELOPE_REJECTED'],
  [[{ secretType: 'none', minLevel: 0, fresh: false }], caller(), 'policy', 'admitted 0'],
]

for (const [list, who, asks, expected] of judged)
  test(`${JSON.stringify(who)} under ${JSON.stringify(list)} as ${asks}: ${expected}`, () =>
    assert.equal(outcome(matchRule({ f: list }, 'f', who, asks)), expected))

test('a rule set is told from what is none', () => {
  assert.ok(isRuleSet(rules))
  assert.ok(isRuleSet({ f: [strict, guarded] }))
  const wrong = [
    null,
    [],
    'x',
    { f: {} },
    { f: [null] },
    { f: [{ app: 'x' }] },
    { f: [{ minLevel: 4 }] },
    { f: [{ constructor: 1 }] },
  ]
  for (const each of wrong) assert.ok(!isRuleSet(each), JSON.stringify(each))
  for (const each of [{ version: 'beta' }, { secretType: 'all' }, { fresh: 'yes' }, { platform: 1 }])
    assert.ok(!isRuleSet({ f: [each] }), JSON.stringify(each))
})
