import assert from 'node:assert/strict'
import { test } from 'node:test'
import { textTable } from './text-table.ts'
import { visibleLines, visibleText } from './visible-text.ts'

const hostile = ['\u0000', '\t', '\r', '\u001b', '\u007f', '\u0085', '\u009b', '\u061c', '\u200e', '\u200f']
const turning = ['\u2028', '\u2029', '\u202a', '\u202e', '\u2066', '\u2069']

test('whatever commands a terminal, ends a line or turns the writing around is shown as an escape', () => {
  for (const character of [...hostile, ...turning, '\n']) {
    const code = character.charCodeAt(0).toString(16).padStart(4, '0')
    assert.equal(visibleText(`a${character}b`), `a\\u${code}b`)
  }
  assert.equal(visibleText('Größe 大小 👩‍💻'), 'Größe 大小 👩‍💻')
})

test('a text of several lines keeps its lines and nothing else, and JSON stays the same JSON', () => {
  assert.equal(visibleLines('a\nb\u001bc'), 'a\nb\\u001bc')
  const value = { [`k${hostile.join('')}`]: turning.join('') }
  assert.deepEqual(JSON.parse(visibleLines(JSON.stringify(value, undefined, 2))), value)
})

test('no cell of a table breaks out of its row', () => {
  const rows = [
    ['name', 'x'],
    ['a\n\u001b[2J', 'y'],
  ]
  assert.equal(textTable(rows), `${'name'.padEnd(18)}x\na\\u000a\\u001b[2J  y`)
})
