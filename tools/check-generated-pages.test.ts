import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkGeneratedPages } from './check-generated-pages.ts'
import { configurationPage } from './configuration-page.ts'
import { generatedPages } from './generated-pages.ts'
import { messagesOf } from './messages-of.ts'
import { sourceTree } from './source-tree.ts'

const schema = JSON.stringify({
  properties: {
    $schema: { type: 'string' },
    port: { type: 'integer', description: '7400; 0: any free port.' },
    apps: {
      type: 'array',
      items: {
        required: ['platform'],
        properties: { platform: { enum: ['a', 'b'], description: 'A | B.' }, secret: { anyOf: [{ type: 'string' }] } },
      },
    },
  },
})
const code = { 'packages/server/data/drawbridge.config.schema.json': schema }
const pages = Object.fromEntries(Object.entries(generatedPages).map(([path, page]) => [path, page(sourceTree(code))]))

test('pages as they are made pass', () => {
  assert.deepEqual(messagesOf(checkGeneratedPages, { ...code, ...pages }), [])
})

test('a page with an old number, or none at all, is found', () => {
  const old = pages['docs/errors.md']?.replace('50000', '50001') ?? ''
  const { 'docs/errors.zh-CN.md': _gone, ...rest } = pages
  assert.deepEqual(messagesOf(checkGeneratedPages, { ...code, ...rest, 'docs/errors.md': old }), [
    'docs/errors.md differs from what it is made from: npm run docs',
    'docs/errors.zh-CN.md differs from what it is made from: npm run docs',
  ])
})

test('every key of the schema has a row, those inside lists too', () => {
  assert.deepEqual(configurationPage(schema).split('\n').slice(-5), [
    '| `port` | integer | 7400; 0: any free port. |',
    '| `apps` | list |  |',
    '| `apps[].platform` | `a`, `b` | A \\| B. **Required.** |',
    '| `apps[].secret` | secret |  |',
    '',
  ])
})
