import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { RuleSet } from '@drawbridge/protocol'
import { readFunctionsFolder } from '../../functions/read-functions-folder.ts'
import type { LogFields } from '../../log/create-log.ts'
import { createPolicyCheck } from './create-policy-check.ts'

/** What a starting server says of a space with the function `pay`. */
function told(
  context: TestContext,
  manifest: object,
  rules: RuleSet,
  mode: 'off' | 'enforce' | 'unreadable',
  origin: 'configuration' | 'stored' = 'configuration',
) {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-check-policy-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'pay'))
  writeFileSync(join(folder, 'pay', 'index.js'), 'exports.main = async () => {}\n')
  writeFileSync(join(folder, 'pay', 'package.json'), JSON.stringify(manifest))
  const lines: LogFields[] = []
  createPolicyCheck({
    log: { warn: (_event, fields = {}) => void lines.push(fields) },
    host: { list: () => [...readFunctionsFolder(folder, 10).functions.values()] },
    policies: {
      show(spaceId) {
        if (mode === 'unreadable') throw new DrawbridgeError('POLICY_UNREADABLE', { space: spaceId })
        return { spaceId, origin, revision: 0, mode, guards: 'rules', rules, effectiveRules: rules }
      },
    },
    routes: ['orders'],
    apps: [{ appId: 'M', platform: 'mp-weixin', release: ['wx1'], development: [] }],
  })('shop')
  return lines.map(({ spaceId, name, code, message }) => ({ who: [spaceId, name, code], message: String(message) }))
}

test('a server that starts tells of rules that name nothing, with the name that was perhaps meant', (context) => {
  const rules = { payy: [{}], 'h:order': [{}], 'pay, uni-id-co, uni-clientDB': [{}], 'h:orders': [{}], '*': [{}] }
  const lines = told(context, {}, rules, 'enforce')
  assert.deepEqual(
    lines.map(({ who }) => who),
    [
      ['shop', 'payy', 'RULE_NAMES_NOTHING'],
      ['shop', 'h:order', 'RULE_NAMES_NOTHING'],
    ],
  )
  assert.match(lines[0]?.message ?? '', /Did you mean "pay"\?/)
})

test('a server that starts tells of policies beside functions that are not in force', (context) => {
  const guarded = { drawbridge: { policy: [{}] } }
  assert.deepEqual(
    told(context, guarded, {}, 'off').map(({ who }) => who),
    [['shop', 'pay', 'POLICY_NOT_IN_FORCE']],
  )
  assert.deepEqual(told(context, guarded, {}, 'enforce'), [])
  assert.deepEqual(told(context, guarded, {}, 'unreadable'), [])
})

test('a server that starts tells of rules that nobody can meet, where their reader did not', (context) => {
  const rules = { pay: [{ minLevel: 1 }] }
  assert.deepEqual(told(context, {}, rules, 'enforce'), [])
  const [stored, ...more] = told(context, {}, rules, 'enforce', 'stored')
  assert.deepEqual([stored?.who, more], [['shop', 'pay', 'RULE_NEVER_MET'], []])
  assert.match(stored?.message ?? '', /^pay\[0\]: Nobody can meet this rule: it asks for minLevel/)
  const guarded = { drawbridge: { policy: [{ version: 'development' }] } }
  const [beside, ...others] = told(context, guarded, {}, 'enforce')
  assert.deepEqual([beside?.who, others], [['shop', 'pay', 'RULE_NEVER_MET'], []])
})

test('what is told once is told again only when it was mended in between', () => {
  const lines: unknown[] = []
  let mode = 'off' as 'off' | 'enforce'
  const fact = { name: 'pay', file: '/f/pay/index.js', kind: 'function', timeoutSeconds: 1, concurrency: 1 } as const
  const check = createPolicyCheck({
    log: { warn: (_event, { spaceId, code } = {}) => void lines.push(`${String(spaceId)} ${String(code)}`) },
    host: { list: () => [{ ...fact, triggers: [], policy: [{}] }] },
    policies: {
      show: (spaceId) => ({
        ...{ spaceId, origin: 'configuration', revision: 0, guards: 'rules', rules: {}, effectiveRules: {} },
        mode,
      }),
    },
    routes: [],
  })
  const passes: readonly (readonly [spaceId: string, now: typeof mode, lines: number])[] = [
    ['shop', 'off', 1],
    ['shop', 'off', 1],
    ['club', 'off', 2],
    ['shop', 'enforce', 2],
    ['shop', 'off', 3],
  ]
  for (const [spaceId, now, count] of passes) {
    mode = now
    check(spaceId)
    assert.equal(lines.length, count)
  }
  assert.deepEqual(lines, ['shop POLICY_NOT_IN_FORCE', 'club POLICY_NOT_IN_FORCE', 'shop POLICY_NOT_IN_FORCE'])
})
