import assert from 'node:assert/strict'
import { test } from 'node:test'
import { installBigIntShim } from './install-big-int-shim.ts'

test('an engine with BigInt keeps its own', () => {
  const before = [BigInt, DataView.prototype.setBigUint64]
  installBigIntShim(globalThis)
  assert.deepEqual([BigInt, DataView.prototype.setBigUint64], before)
})

test('without BigInt lengths are written in the same bytes', () => {
  const own = DataView.prototype.setBigUint64
  const host: { BigInt?: typeof Number } = {}
  const expected = new DataView(new ArrayBuffer(16))
  const actual = new DataView(new ArrayBuffer(16))
  const length = 2 ** 40 + 0x81020304
  own.call(expected, 0, BigInt(length), false)
  own.call(expected, 8, BigInt(length), true)
  try {
    installBigIntShim(host)
    const write = DataView.prototype.setBigUint64 as unknown as (at: number, value: number, isLittle: boolean) => void
    assert.ok(host.BigInt)
    write.call(actual, 0, host.BigInt(length), false)
    write.call(actual, 8, host.BigInt(length), true)
  } finally {
    DataView.prototype.setBigUint64 = own
  }
  assert.deepEqual(new Uint8Array(actual.buffer), new Uint8Array(expected.buffer))
})
