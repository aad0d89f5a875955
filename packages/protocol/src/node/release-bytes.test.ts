import assert from 'node:assert/strict'
import { test } from 'node:test'
import { releaseBytes } from './release-bytes.ts'

test('large bytes with memory of their own are empty afterwards', () => {
  for (const bytes of [new Uint8Array(65_536), Buffer.alloc(16_384, 1), Buffer.allocUnsafeSlow(100_000)]) {
    releaseBytes(bytes)
    assert.equal(bytes.length, 0)
    releaseBytes(bytes)
  }
})

test('bytes that share their memory, small ones, and memory of several threads are left alone', () => {
  const whole = new Uint8Array(65_536).fill(7)
  const shared: readonly Uint8Array[] = [
    whole.subarray(1),
    whole.subarray(0, 20_000),
    new Uint8Array(whole.buffer, 8, 30_000),
    Buffer.alloc(16_383, 7),
    new Uint8Array(new SharedArrayBuffer(65_536)).fill(7),
    new Uint8Array(0),
  ]
  const lengths = shared.map(({ length }) => length)
  for (const bytes of shared) releaseBytes(bytes)
  assert.deepEqual(
    shared.map(({ length }) => length),
    lengths,
  )
  for (const bytes of shared) assert.ok(bytes.every((byte) => byte === 7))
})
