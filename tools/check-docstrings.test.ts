import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkDocstrings } from './check-docstrings.ts'
import { messagesOf } from './messages-of.ts'

test('a public name without a docstring is found where it is declared', () => {
  const files = {
    'packages/a/src/index.ts': "export { seal, open } from './seal.ts'\nexport type { Key } from './key.ts'",
    'packages/a/src/seal.ts':
      "import fs from 'node:fs'\n/** Seals. */\nexport function seal() {}\nexport const open = fs",
    'packages/a/src/key.ts': '// no docstring\nexport interface Key {}\nexport type Private = 1',
  }
  assert.deepEqual(messagesOf(checkDocstrings, files), [
    'packages/a/src/seal.ts:4 open is public and has no docstring',
    'packages/a/src/key.ts:2 Key is public and has no docstring',
  ])
})

test('a docstring without words is none', () => {
  const files = { 'packages/a/src/index.ts': '/** */\nexport const a = 1' }
  assert.equal(messagesOf(checkDocstrings, files).length, 1)
})
