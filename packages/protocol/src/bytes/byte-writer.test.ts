import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createByteReader } from './byte-reader.ts'
import { createByteWriter } from './byte-writer.ts'

test('what was written is read again', () => {
  const numbers = fc.tuple(fc.nat(0xff), fc.nat(0xffff), fc.nat(0xffffffff), fc.maxSafeNat())
  fc.assert(
    fc.property(numbers, fc.uint8Array({ maxLength: 255 }), fc.string({ maxLength: 50 }), (written, bytes, text) => {
      const writer = createByteWriter(4096)
      writer.u8(written[0])
      writer.u16(written[1])
      writer.u32(written[2])
      writer.u64(written[3])
      writer.lp8(bytes)
      writer.lp16(text)
      const reader = createByteReader(writer.end() ?? new Uint8Array(0))
      assert.deepEqual([reader.u8(), reader.u16(), reader.u32(), reader.u64()], written)
      assert.deepEqual(Uint8Array.from(reader.lp8()), bytes)
      assert.equal(reader.text16(), text)
      assert.ok(reader.isWhole())
    }),
  )
})

test('a value that does not fit leaves nothing written', () => {
  const cases: readonly ((writer: ReturnType<typeof createByteWriter>) => void)[] = [
    (writer) => writer.u8(256),
    (writer) => writer.u8(-1),
    (writer) => writer.u8(0.5),
    (writer) => writer.u8(NaN),
    (writer) => writer.u16(65536),
    (writer) => writer.u32(2 ** 32),
    (writer) => writer.u64(2 ** 53),
    (writer) => writer.lp8(new Uint8Array(256)),
    (writer) => writer.raw(new Uint8Array(1025)),
  ]
  for (const write of cases) {
    const writer = createByteWriter(1024)
    write(writer)
    assert.equal(writer.end(), undefined, String(write))
  }
})

test('a field that is cut, left over or no text is remembered', () => {
  const cases: readonly (readonly [
    bytes: readonly number[],
    read: (reader: ReturnType<typeof createByteReader>) => unknown,
  ])[] = [
    [[0], (reader) => reader.u16()],
    [[2, 1], (reader) => reader.lp8()],
    [[0, 2, 1], (reader) => reader.lp16()],
    [[1, 0xff], (reader) => reader.text8()],
    [[0, 0x20, 0, 0, 0, 0, 0, 0], (reader) => reader.u64()],
    [[1, 2], (reader) => reader.u8()],
  ]
  for (const [bytes, read] of cases) {
    const reader = createByteReader(Uint8Array.from(bytes))
    read(reader)
    assert.equal(reader.isWhole(), false, String(read))
  }
})
