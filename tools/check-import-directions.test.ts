import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkImportDirections } from './check-import-directions.ts'
import { messagesOf } from './messages-of.ts'

const manifests = {
  'package.json': '{"devDependencies":{"fast-check":"1"}}',
  'packages/protocol/package.json':
    '{"name":"@drawbridge/protocol","exports":{"./testing":"./t.ts"},"dependencies":{"undici":"1"}}',
  'packages/bridge/package.json':
    '{"name":"@drawbridge/bridge","dependencies":{"@drawbridge/protocol":"1","undici":"1","@drawbridge/server":"1"}}',
}

const say = (path: string, text: string): readonly string[] =>
  messagesOf(checkImportDirections, { ...manifests, [path]: text })

test('a package imports what the design lets it import', () => {
  assert.deepEqual(say('packages/bridge/src/a.ts', "import { DrawbridgeError } from '@drawbridge/protocol'"), [])
  assert.deepEqual(say('packages/bridge/src/a.ts', "import { request } from 'undici'\nimport fs from 'node:fs'"), [])
})

test('an import against the arrows is found even when it is declared', () => {
  assert.deepEqual(say('packages/bridge/src/a.ts', "\nimport type { X } from '@drawbridge/server'"), [
    'packages/bridge/src/a.ts:2 packages/bridge may not import @drawbridge/server',
  ])
})

test('an import that package.json does not declare is found', () => {
  assert.deepEqual(say('packages/bridge/src/a.ts', "import pg from 'pg'"), [
    'packages/bridge/src/a.ts:1 pg is not declared in package.json',
  ])
})

test('only tests may import what developers alone install', () => {
  const text = "import fc from 'fast-check'"
  assert.deepEqual(say('packages/bridge/src/a.test.ts', text), [])
  assert.deepEqual(say('packages/bridge/src/a.ts', text), [
    'packages/bridge/src/a.ts:1 fast-check is not declared in package.json',
  ])
})

test('an import that reaches inside another package is found, by name and by path', () => {
  assert.deepEqual(say('packages/bridge/src/a.ts', "export { x } from '@drawbridge/protocol/src/x.ts'"), [
    'packages/bridge/src/a.ts:1 @drawbridge/protocol/src/x.ts reaches inside a package: import @drawbridge/protocol',
  ])
  assert.deepEqual(say('packages/bridge/src/a.ts', "const x = await import('../../protocol/src/x.ts')"), [
    "packages/bridge/src/a.ts:1 import packages/protocol/src/x.ts by its package's public name",
  ])
})

test('a test may use every package of the workspace', () => {
  assert.deepEqual(say('packages/protocol/src/a.test.ts', "import { b } from '@drawbridge/bridge'"), [])
})

test('a further entry that a package exports is public too', () => {
  assert.deepEqual(say('packages/bridge/src/a.test.ts', "import { t } from '@drawbridge/protocol/testing'"), [])
})

test('a barrel imported from inside is found', () => {
  assert.deepEqual(say('packages/bridge/src/store/a.ts', "import { x } from '../index.ts'"), [
    'packages/bridge/src/store/a.ts:1 index.ts is for outsiders: import the file itself',
  ])
})

test('an import without its ending is found', () => {
  assert.deepEqual(say('packages/bridge/src/a.ts', "import { x } from './b'"), [
    'packages/bridge/src/a.ts:1 end the import in .ts',
  ])
})
