import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { matchRule } from '@drawbridge/protocol'
import type { Rule, RuleCaller } from '@drawbridge/protocol'
import { joinRules } from './join-rules.ts'
import { withFunctionPolicies } from './with-function-policies.ts'

const maybe = <Value>(...values: readonly Value[]) => fc.constantFrom(undefined, ...values)
const without = <Shape extends object>(shape: Shape) =>
  Object.fromEntries(Object.entries(shape).filter(([, value]) => value !== undefined))

const rule: fc.Arbitrary<Rule> = fc
  .record({
    appId: maybe('A', 'B'),
    platform: maybe('android', 'MP-Weixin', 'mp-weixin'),
    version: maybe('production', 'development'),
    minLevel: maybe(0, 1, 2, 3),
    secretType: maybe('none', 'request', 'response', 'both'),
    fresh: maybe(true, false),
  })
  .map(without)
const list = fc.array(rule, { maxLength: 3 })
const caller: fc.Arbitrary<RuleCaller> = fc.record({
  appId: fc.constantFrom('A', 'B'),
  uniPlatform: fc.constantFrom('android', 'mp-weixin'),
  version: fc.constantFrom('production', 'development'),
  level: fc.constantFrom(0, 1, 2, 3),
  secretType: fc.constantFrom('none', 'request', 'response', 'both'),
  fresh: fc.boolean(),
})

function admits(rules: readonly Rule[], who: RuleCaller): boolean {
  return matchRule({ f: rules }, 'f', who, 'policy').outcome === 'admitted'
}

test('joined lists admit exactly whom both of them admit', () => {
  fc.assert(
    fc.property(list, list, caller, (one, other, who) => {
      assert.equal(admits(joinRules(one, other), who), admits(one, who) && admits(other, who))
    }),
    { numRuns: 3000 },
  )
})

test('a policy beside a function is met together with the operator’s, whichever list that is in', () => {
  const operators = [{ pay: [{ appId: 'A' }] }, { 'pay, other': [{ appId: 'A' }] }, { '*': [{ appId: 'A' }] }] as const
  for (const rules of operators) {
    const joined = withFunctionPolicies(rules, [{ name: 'pay', policy: [{ secretType: 'both' }] }])
    assert.deepEqual(joined['pay'], [{ appId: 'A', secretType: 'both' }], JSON.stringify(rules))
  }
})

test('a policy beside a function guards it where the operator says nothing, and changes nothing for others', () => {
  const rules = { 'a, b': [{ appId: 'A' }] }
  const beside = [
    { name: 'pay', policy: [{ appId: 'B' }] },
    { name: '__proto__', policy: [] },
  ]
  const joined = withFunctionPolicies(rules, beside)
  assert.deepEqual(Object.keys(joined), ['a, b', 'pay', '__proto__'])
  assert.equal(matchRule(joined, '__proto__', { appId: 'B', uniPlatform: 'x' }, 'policy').outcome, 'refused')
  assert.deepEqual(joined['a, b'], rules['a, b'])
})

test('what both sides ask for and no caller can show refuses everybody', () => {
  assert.deepEqual(joinRules([{ appId: 'A' }], [{ appId: 'B' }]), [])
  assert.deepEqual(joinRules([], [{}]), [])
})
