import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { legacyLimits } from './legacy-limits.ts'

const hostile = new URL('../../../../../test/hostile/', import.meta.url)
const titles = ['legacy-wire.test.ts', 'legacy-wire-client.test.ts'].flatMap((name) =>
  [...readFileSync(new URL(name, hostile), 'utf8').matchAll(/^test\(['"](.+)['"], async/gm)].map(([, title]) => title),
)

test('each of the eleven attacks has its words in both languages, and a test that shows what becomes of it', () => {
  assert.equal(legacyLimits.length, 11)
  for (const [at, { attack, why, evidence }] of legacyLimits.entries()) {
    for (const text of [attack.en, attack.zh, why.en, why.zh]) assert.ok(text.length > 1)
    assert.ok(evidence.startsWith(`legacy ${at + 1}`), evidence)
    assert.ok(titles.includes(evidence), evidence)
  }
})
