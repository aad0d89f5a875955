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
import { logPolicyFindings } from './log-policy-findings.ts'

/** What a starting server says of a space with the function `pay`. */
function told(context: TestContext, manifest: object, rules: RuleSet, mode: 'off' | 'enforce' | 'unreadable') {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-check-policy-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'pay'))
  writeFileSync(join(folder, 'pay', 'index.js'), 'exports.main = async () => {}\n')
  writeFileSync(join(folder, 'pay', 'package.json'), JSON.stringify(manifest))
  const lines: LogFields[] = []
  logPolicyFindings(
    { warn: (_event, fields = {}) => void lines.push(fields) },
    {
      spaceIds: ['shop'],
      host: { list: () => [...readFunctionsFolder(folder, 10).functions.values()] },
      policies: {
        show(spaceId) {
          if (mode === 'unreadable') throw new DrawbridgeError('POLICY_UNREADABLE', { space: spaceId })
          return { spaceId, origin: 'configuration', revision: 0, mode, guards: 'rules', rules, effectiveRules: rules }
        },
      },
      routes: ['orders'],
    },
  )
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
