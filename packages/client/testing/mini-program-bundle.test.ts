import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileFunction } from 'node:vm'
import { gzipSync } from 'node:zlib'
import { parse } from 'acorn'
import { bundle } from './bundle.ts'
import { bundleTable } from './bundle-table.ts'

const BUDGET_BYTES = 15 * 1024
const row = bundleTable.find(({ file }) => file.startsWith('miniprogram/')) ?? assert.fail('no such bundle')
const code = await bundle(row)

test('the build for mini programs is one file within 15 KB gzipped', () => {
  const { length } = gzipSync(code, { level: 9 })
  assert.ok(length <= BUDGET_BYTES, `${length} bytes`)
  assert.doesNotMatch(code, /\brequire\(|\bimport\b/)
})

test('it is a script of ES2017, and names nothing that a mini program does not have', () => {
  parse(code, { ecmaVersion: 2017, sourceType: 'script' })
  const absent = /\b(TextEncoder|TextDecoder|Buffer|BigInt|process|window|document|fetch|crypto|atob|globalThis)\b/
  assert.doesNotMatch(code, absent)
  assert.doesNotMatch(code, /Math\.random|\beval\b|new Function/)
})

test('it gives createClient, and what an app takes with it', () => {
  const exports: Record<string, unknown> = {}
  Reflect.apply(compileFunction(code, ['exports']), undefined, [exports])
  assert.deepEqual(Object.keys(exports).toSorted(), [
    'UniCloudError',
    'createClient',
    'createCoreClient',
    'createMiniProgramHost',
  ])
})
