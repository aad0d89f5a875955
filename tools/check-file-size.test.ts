import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkFileSize, codeLines } from './check-file-size.ts'
import { messagesOf } from './messages-of.ts'
import { sourceTree } from './source-tree.ts'

test('a file of more than 300 lines of code is found', () => {
  assert.deepEqual(messagesOf(checkFileSize, { 'src/a.ts': 'go()\n'.repeat(300) }), [])
  assert.deepEqual(messagesOf(checkFileSize, { 'src/a.ts': 'go()\n'.repeat(301) }), [
    'src/a.ts 301 lines of code, at most 300: a second concept wants its own file',
  ])
})

test('blank lines and comments are no code, and every line of a long text is', () => {
  const text =
    '/** What it is.\n * More. */\nexport const a = 1 // why\n\n// alone\nconst b = `x\ny\n\nz`\n/* a\nb */\n'
  assert.equal(codeLines(sourceTree({ 'a.ts': text }).parsed('a.ts')), 5)
})
