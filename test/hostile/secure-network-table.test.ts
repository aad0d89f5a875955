import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { test } from 'node:test'
import { legacyLimits } from '@drawbridge/server/testing'

const here = new URL('./', import.meta.url)
const titles = readdirSync(here)
  .filter((name) => /^(secure-network|legacy-wire).*\.test\.ts$/.test(name))
  .flatMap((name) => [...readFileSync(new URL(name, here), 'utf8').matchAll(/^test\(\s*['"](.+?)['"],/gm)])
  .map(([, title = '']) => title)

/** The rows of the table in SECURITY.md that begin with a number. */
const rows = readFileSync(new URL('../../SECURITY.md', here), 'utf8')
  .split('\n')
  .filter((line) => /^\| \d+ \|/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, number, attack, envelope, legacy, why]) => ({ number, attack, envelope, legacy, why }))

test('SECURITY.md says of each of the eleven attacks what becomes of it on both wires, as the code knows it', () => {
  assert.deepEqual(
    rows.map(({ number, attack, legacy, why }) => ({ number, attack, legacy, why })),
    legacyLimits.map(({ attack, outcome, why }, at) => ({
      number: String(at + 1),
      attack: attack.en,
      legacy: outcome,
      why: why.en,
    })),
  )
  for (const { attack, envelope } of rows) assert.match(envelope ?? '', /^stopped: ./, attack)
})

test('each of the eleven attacks is made on both wires', () => {
  for (const { number } of rows)
    for (const wire of ['usn1', 'legacy'])
      assert.ok(
        titles.some((title) => new RegExp(`^${wire} ${number}[:,]`).test(title)),
        `${wire} ${number}`,
      )
})
