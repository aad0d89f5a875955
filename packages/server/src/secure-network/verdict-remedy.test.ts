import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { errorTable } from '@drawbridge/protocol'
import { verdictReasons } from './verdict-reasons.ts'
import { verdictRemedy } from './verdict-remedy.ts'

const rows = Object.values(verdictReasons)
const source = join(import.meta.dirname, '..')

/** What is said where the sources refuse a call as rejected. */
const written: readonly string[] = globSync('{secure-network,gateway,files}/**/*.ts', { cwd: source })
  .filter((file) => !file.endsWith('.test.ts'))
  .map((file) => readFileSync(join(source, file), 'utf8'))
  .flatMap((text) => [...text.matchAll(/'ENVELOPE_REJECTED',\s*(?:reason: )?(?:'([^']+)'|`([^`]+)`)/g)])
  .map(([, plain, template]) => plain ?? template ?? '')

test('no two reasons are the same, and each has its remedy in both languages', () => {
  assert.equal(new Set(rows.map(({ reason }) => reason)).size, rows.length)
  for (const { reason, remedy } of rows) {
    assert.match(remedy.en, /^[A-Z].+\.$/, reason)
    assert.match(remedy.zh, /[\u4e00-\u9fff].+。$/, reason)
  }
})

test('no source writes a reason for a rejected call itself: those of the table have remedies', () => {
  assert.deepEqual(written, [])
})

test('a call by a source that proves nothing is remedied by the setting for that source', () => {
  for (const each of ['function', 'timing', 'server', 'http', 'files'] as const) {
    const remedy = verdictRemedy('ENVELOPE_REQUIRED', `calls by source ${each} may not reach guarded functions`)
    for (const text of [remedy.en, remedy.zh]) assert.match(text, new RegExp(`secureNetwork\\.sources\\.${each} `))
  }
})

test('a reason without a remedy of its own has that of its code, and a rejected call always has one', () => {
  const { remedyEn: en, remedyZh: zh } = errorTable.APP_NOT_ASSOCIATED
  assert.deepEqual(verdictRemedy('APP_NOT_ASSOCIATED', 'the app is not in the applications list'), { en, zh })
  for (const reason of [undefined, '', 'constructor']) {
    const remedy = verdictRemedy('ENVELOPE_REJECTED', reason)
    assert.notEqual(remedy.en, errorTable.ENVELOPE_REJECTED.remedyEn)
    assert.ok(remedy.en.length > 0 && remedy.zh.length > 0)
  }
})
