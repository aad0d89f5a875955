import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkImportCycles } from './check-import-cycles.ts'
import { messagesOf } from './messages-of.ts'

test('files that import each other are found once, with the way round', () => {
  const files = {
    'src/a.ts': "import { b } from './b.ts'",
    'src/b.ts': "import type { C } from './deep/c.ts'\nimport { d } from './deep/c.ts'",
    'src/deep/c.ts': "import('../a.ts')",
    'src/d.ts': "import { a } from './a.ts'",
  }
  assert.deepEqual(messagesOf(checkImportCycles, files), [
    'src/a.ts import cycle: src/a.ts → src/b.ts → src/deep/c.ts → src/a.ts',
  ])
})

test('two ways to one file are no cycle', () => {
  const files = {
    'src/a.ts': "import './b.ts'\nimport './c.ts'",
    'src/b.ts': "import './c.ts'",
    'src/c.ts': '',
  }
  assert.deepEqual(messagesOf(checkImportCycles, files), [])
})
