import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { matchRule } from '@drawbridge/protocol'
import type { Rule } from '@drawbridge/protocol'
import { createReport } from '../../config/mistake.ts'
import { placeWithoutText } from '../../config/place.ts'
import { readSecureNetwork } from '../../config/read-secure-network.ts'
import { lintRules } from '../lint/lint-rules.ts'
import { readRuleFile } from './read-rules.ts'
import type { RuleApp } from './warn-of-rules.ts'
import { writeRules } from './write-rules.ts'

const file = `{
  // who may pay
  "pay": [{ "appId": "__UNI__X", "platform": "mp-weixin", "version": "production" }],
  "transfer , refund": [{ "appId": "__UNI__X" }], /* both */
  "uni-clientDB": [{ "appId": "__UNI__Y", "platform": "android" }],
  "*": [],
}`

test('a rule file as DCloud’s console writes it is read, comments and clientDB’s name included', () => {
  const { rules, mistakes } = readRuleFile('rules.json', file)
  assert.deepEqual(mistakes, [])
  assert.deepEqual(rules, {
    pay: [{ appId: '__UNI__X', platform: 'mp-weixin', version: 'production' }],
    'transfer, refund': [{ appId: '__UNI__X' }],
    'DCloud-clientDB': [{ appId: '__UNI__Y', platform: 'android' }],
    '*': [],
  })
})

const wrong: readonly (readonly [text: string, code: string, line: number, path: string])[] = [
  ['{\n "pay": [{"appid": "X"}]\n}', 'KEY_UNKNOWN', 2, 'pay[0].appid'],
  ['{\n "pay": {}\n}', 'VALUE_WRONG', 2, 'pay'],
  ['{\n "pay": [\n{"minLevel": 4}]\n}', 'VALUE_WRONG', 3, 'pay[0].minLevel'],
  ['{\n "pay": [{"version": "beta"}]\n}', 'VALUE_WRONG', 2, 'pay[0].version'],
  ['{\n "pay": [],\n "pay": [{}]\n}', 'KEY_REPEATED', 3, 'pay'],
  ['{\n "a,b": [],\n "a, b": [{}]\n}', 'RULE_NAMED_TWICE', 2, '["a,b"]'],
  ['{\n "a, a": []\n}', 'RULE_NAME_REPEATED', 2, '["a, a"]'],
  ['{\n "uni-clientDB": [],\n "DCloud-clientDB": []\n}', 'RULE_NAMED_TWICE', 2, 'uni-clientDB'],
  ['{\n "a,,b": []\n}', 'RULE_NAME_EMPTY', 2, '["a,,b"]'],
  ['{\n "": []\n}', 'RULE_NAME_EMPTY', 2, '[""]'],
  ['{\n "a, *": []\n}', 'RULE_STAR_IN_LIST', 2, '["a, *"]'],
  ['{\n "pay": [}\n}', 'JSON_SYNTAX', 2, ''],
  ['[]', 'VALUE_WRONG', 1, ''],
  ['{\n "o:todo": []\n}', 'RULE_NAME_IMPOSSIBLE', 2, '["o:todo"]'],
  ['{\n "todo/add": []\n}', 'RULE_NAME_IMPOSSIBLE', 2, '["todo/add"]'],
  ['{\n "pay, todo.add": []\n}', 'RULE_NAME_IMPOSSIBLE', 2, '["pay, todo.add"]'],
  ['{\n "h:GET /orders": []\n}', 'RULE_NAME_IMPOSSIBLE', 2, '["h:GET /orders"]'],
  ['{\n "pay": [{},\n{"platform": "weixin-mp"}]\n}', 'RULE_PLATFORM_UNKNOWN', 3, 'pay[1].platform'],
]

for (const [text, code, line, path] of wrong)
  test(`${JSON.stringify(text)} has the mistake ${code} in line ${line}, and nothing of it is taken`, () => {
    const { rules, mistakes } = readRuleFile('rules.json', text)
    assert.equal(rules, undefined)
    const [first] = mistakes
    assert.deepEqual([first?.code, first?.line, first?.path], [code, line, path])
    assert.ok(first && first.remedyEn.length > 0 && first.remedyZh.length > 0)
  })

const suggested: readonly (readonly [text: string, suggestion: string])[] = [
  ['{"pay": [{"platform": "weixin-mp"}]}', 'mp-weixin'],
  ['{"pay": [{"platform": "andriod"}]}', 'android'],
  ['{"o:todo": []}', 'todo'],
  ['{"todo/add": []}', 'todo'],
  ['{"todo.add": []}', 'todo'],
]
for (const [text, suggestion] of suggested)
  test(`${text} is told what was perhaps meant`, () => {
    const [first] = readRuleFile('rules.json', text).mistakes
    assert.ok(first?.en.endsWith(`Did you mean "${suggestion}"?`), first?.en)
  })

test('rules that admit nobody are taken with a warning each', () => {
  const text = `{
    "h:orders": [{"platform": "MP-Weixin", "minLevel": 0}, {"platform": "android", "fresh": false}],
    "pay": [{"platform": "mp-weixin", "minLevel": 1}, {"platform": "mp-weixin", "fresh": true}, {"appId": "B"}]
  }`
  const told = (apps?: readonly { appId: string }[]) => {
    const { rules, mistakes } = readRuleFile('rules.json', text, apps)
    assert.ok(rules)
    return mistakes.map(({ severity, code, line, path }) => [severity, code, line, path].join(' '))
  }
  const never = ['warning RULE_NEVER_MET 3 pay[0]', 'warning RULE_NEVER_MET 3 pay[1]']
  assert.deepEqual(told(), never)
  assert.deepEqual(told([{ appId: 'B' }]), never)
  assert.deepEqual(told([{ appId: 'A' }]), [...never, 'warning SECURE_RULE_APP_UNKNOWN 3 pay[2].appId'])
})

const miniProgram = { appId: 'M', platform: 'mp-weixin', release: ['wx1'], development: [] }
const native = { appId: 'N', platform: 'android', release: [], development: ['com.n'] }
const unmet: readonly (readonly [rule: Rule, apps: readonly RuleApp[] | undefined, code: string | undefined])[] = [
  [{ platform: 'android', fresh: true }, undefined, 'RULE_FRESH_NEVER_MET pay[0]'],
  [{ fresh: true }, [miniProgram], 'RULE_FRESH_NEVER_MET pay[0]'],
  [{ fresh: false }, [miniProgram], undefined],
  [{ minLevel: 1 }, [miniProgram], 'RULE_LEVEL_NEVER_MET pay[0]'],
  [{ minLevel: 0 }, [miniProgram], undefined],
  [{ minLevel: 1 }, [miniProgram, native], undefined],
  [{ minLevel: 1, appId: 'M' }, [miniProgram, native], 'RULE_LEVEL_NEVER_MET pay[0]'],
  [{ minLevel: 1 }, undefined, undefined],
  [{ platform: 'android' }, [miniProgram], 'RULE_PLATFORM_WITHOUT_APP pay[0].platform'],
  [{ platform: 'Android' }, [miniProgram, native], undefined],
  [{ platform: 'android', appId: 'M' }, [miniProgram, native], 'RULE_PLATFORM_WITHOUT_APP pay[0].platform'],
  [{ platform: 'android' }, [], undefined],
  [{ version: 'development' }, [miniProgram], 'RULE_VERSION_WITHOUT_BINDING pay[0].version'],
  [{ version: 'development' }, [miniProgram, native], undefined],
  [
    { version: 'production', platform: 'android' },
    [miniProgram, native],
    'RULE_VERSION_WITHOUT_BINDING pay[0].version',
  ],
  [{ version: 'production' }, [miniProgram], undefined],
]
for (const [rule, apps, code] of unmet)
  test(`${JSON.stringify(rule)} with ${String(apps?.map(({ appId }) => appId))} is ${code ?? 'nothing'} to warn of`, () => {
    const { rules, mistakes } = readRuleFile('rules.json', JSON.stringify({ pay: [rule] }), apps)
    assert.deepEqual(rules, { pay: [rule] })
    assert.deepEqual(
      mistakes.map(({ severity, code: told, path }) => `${severity} ${told} ${path}`),
      code === undefined ? [] : [`warning ${code}`],
    )
    for (const { en, zh } of mistakes)
      assert.match(`${en}\n${zh}`, /^Nobody can meet this rule: .*\n没有客户端能满足该规则：/)
  })

test('every mistake is told, not the first alone', () => {
  const { mistakes } = readRuleFile('rules.json', '{"a": [{"x": 1}, {"y": 2}], "b": 3}')
  assert.deepEqual(
    mistakes.map(({ path }) => path),
    ['a[0].x', 'a[1].y', 'b'],
  )
})

test('a mistake in the form of one rule hides none in what the others say', () => {
  const text = '{"a": [{"x": 1, "platform": "weixin-mp"}], "b/c": [{"platform": "mp-weixin", "fresh": true}], "d": 3}'
  const { rules, mistakes } = readRuleFile('rules.json', text, [])
  assert.equal(rules, undefined)
  assert.deepEqual(mistakes.map(({ code, path }) => `${code} ${path}`).sort(), [
    'KEY_UNKNOWN a[0].x',
    'RULE_NAME_IMPOSSIBLE ["b/c"]',
    'RULE_NEVER_MET ["b/c"][0]',
    'RULE_PLATFORM_UNKNOWN a[0].platform',
    'VALUE_WRONG d',
  ])
})

const doubled: readonly (readonly [keys: readonly string[], decides: string])[] = [
  [['pay, refund', 'refund'], 'refund'],
  [['refund', 'pay, refund'], 'refund'],
  [['pay, refund', 'refund, transfer'], 'refund, transfer'],
]
for (const [keys, decides] of doubled)
  test(`of ${keys.join(' and ')} that of "${decides}" decides: told alike in a file, in the configuration and by lint`, () => {
    const rules = Object.fromEntries(keys.map((name) => [name, [{ appId: name }]]))
    const sentence = `refund stands in several lists: ${keys.map((name) => `"${name}"`).join(', ')}. That of "${decides}" decides, and the others do not count for it.`
    const read = readRuleFile('rules.json', JSON.stringify(rules))
    assert.deepEqual(read.rules, rules)
    const { report, mistakes } = createReport()
    const place = placeWithoutText('drawbridge.config.json', ['secureNetwork'], { rules, apps: [] })
    readSecureNetwork({ rules, apps: [] }, place, { production: false, apps: [], report })
    const found = [...read.mistakes, ...mistakes, ...lintRules({ functions: [], rules })].filter(
      ({ code }) => code === 'RULE_NAMED_TWICE',
    )
    assert.deepEqual(
      found.map(({ severity, en }) => [severity, en]),
      Array.from({ length: 3 }, () => ['warning', sentence]),
    )
    assert.equal(new Set(found.map(({ remedyEn, zh, remedyZh }) => remedyEn + zh + remedyZh)).size, 1)
    const caller = { appId: decides, uniPlatform: 'android', version: 'production', level: 0 } as const
    assert.equal(matchRule(rules, 'refund', caller, 'policy').outcome, 'admitted')
  })

const word = fc.constantFrom('pay', 'refund', 'transfer', 'uni-clientDB', 'DCloud-clientDB', '__proto__', 'x1')
const key = fc.oneof(
  fc.constant('*'),
  fc
    .uniqueArray(word, { minLength: 1, maxLength: 3, selector: (name) => name.replace('uni-', 'DCloud-') })
    .map((names) => names.join(' ,')),
)
const rule: fc.Arbitrary<Rule> = fc.record(
  {
    appId: fc.constantFrom('__UNI__X', '__UNI__Y'),
    platform: fc.constantFrom('android', 'mp-weixin'),
    version: fc.constantFrom('production', 'development'),
    minLevel: fc.constantFrom(0, 1, 2, 3),
    secretType: fc.constantFrom('none', 'request', 'response', 'both'),
    fresh: fc.boolean(),
  },
  { requiredKeys: [] },
)
const ruleSet = fc
  .uniqueArray(fc.tuple(key, fc.array(rule, { maxLength: 3 })), {
    selector: ([name]) => name.replaceAll('uni-client', 'DCloud-client'),
    maxLength: 4,
  })
  .map((entries) => Object.fromEntries(entries))

test('what is exported is imported as it was, and means the same for every function', () => {
  fc.assert(
    fc.property(ruleSet, (rules) => {
      const { rules: read } = readRuleFile('a', JSON.stringify(rules))
      assert.ok(read)
      assert.deepEqual(readRuleFile('b', writeRules(read, 'client').text).rules, read)
      const caller = { appId: '__UNI__X', uniPlatform: 'android', version: 'production', level: 2 } as const
      for (const name of ['pay', 'refund', 'DCloud-clientDB', 'uni-clientDB', '__proto__', 'none'])
        assert.equal(
          matchRule(read, name, caller, 'policy').outcome,
          matchRule(rules, name, caller, 'policy').outcome,
          name,
        )
    }),
    { numRuns: 500 },
  )
})

test('a file for clients names clientDB as they call it, one for DCloud’s console as its documentation does', () => {
  const rules = { 'pay, DCloud-clientDB': [{ appId: 'X', minLevel: 2 }, { appId: 'X' }], open: [{ appId: 'Y' }] }
  assert.deepEqual(JSON.parse(writeRules(rules, 'client').text), rules)
  const { text, weakened } = writeRules(rules, 'dcloud-console')
  assert.deepEqual(JSON.parse(text), { 'pay, uni-clientDB': [{ appId: 'X' }], open: [{ appId: 'Y' }] })
  assert.deepEqual(weakened, ['pay, DCloud-clientDB'])
})
