import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { createFrameReader, encodeFrame } from './frame-codec.ts'

const MAX_BYTES = 4096

interface Read {
  readonly head: unknown
  readonly text: string
}

function read(chunks: readonly Buffer[], headMaxBytes?: number): readonly Read[] {
  const frames: Read[] = []
  const reader = createFrameReader(
    MAX_BYTES,
    ({ head, payload }) => frames.push({ head, text: payload.toString() }),
    headMaxBytes,
  )
  for (const chunk of chunks) reader(chunk)
  return frames
}

function sizes(length: number, headBytes: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt32BE(length, 0)
  bytes.writeUInt32BE(headBytes, 4)
  return bytes
}

const refused = { code: 'FUNCTION_FRAME_INVALID' }

describe('frames', () => {
  test('come out as they went in, wherever the stream is cut', () => {
    const frame = fc.record({ head: fc.dictionary(fc.string(), fc.string()), text: fc.string({ unit: 'binary' }) })
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 6 }), fc.array(fc.integer({ min: 1, max: 40 })), (frames, cuts) => {
        const stream = Buffer.concat(frames.map(({ head, text }) => encodeFrame(head, text)))
        const chunks: Buffer[] = []
        let at = 0
        for (const cut of [...cuts, stream.length]) {
          chunks.push(stream.subarray(at, at + cut))
          at += cut
        }
        assert.equal(
          JSON.stringify(read(chunks)),
          JSON.stringify(frames.map(({ head, text }) => ({ head, text: Buffer.from(text).toString() }))),
        )
      }),
    )
  })

  test('come out when the stream brings single bytes', () => {
    const stream = Buffer.concat([encodeFrame({ t: 'a' }, '一'), encodeFrame({ t: 'b' })])
    assert.deepEqual(read(Array.from(stream, (byte) => Buffer.of(byte))), [
      { head: { t: 'a' }, text: '一' },
      { head: { t: 'b' }, text: '' },
    ])
  })

  test('carry bytes as payload', () => {
    assert.deepEqual(read([encodeFrame({}, Buffer.from('abc'))]), [{ head: {}, text: 'abc' }])
  })

  test('are taken up to the limit and not beyond it', () => {
    const payload = 'x'.repeat(MAX_BYTES - 4 - 2)
    assert.equal(read([encodeFrame({}, payload)]).length, 1)
    assert.throws(() => read([encodeFrame({}, `${payload}x`)]), refused)
  })

  for (const [what, bytes] of [
    ['too long, before any of it came', sizes(MAX_BYTES + 1, 2)],
    ['of the greatest length', sizes(0xffff_ffff, 2)],
    ['shorter than its own sizes', sizes(3, 0)],
    ['whose head is longer than itself', sizes(6, 3)],
    ['whose head is no JSON', Buffer.concat([sizes(6, 2), Buffer.from('x}')])],
    ['whose head is empty', sizes(4, 0)],
  ] as const) {
    test(`${what} are refused`, () => assert.throws(() => read([bytes]), refused))
    test(`${what} are refused when they come byte by byte`, () =>
      assert.throws(() => read(Array.from(bytes, (byte) => Buffer.of(byte))), refused))
  }

  test('with a head longer than is taken are refused', () => {
    const frame = encodeFrame({ text: 'x'.repeat(100) })
    assert.throws(() => read([frame], 64), refused)
    assert.equal(read([frame], 128).length, 1)
  })

  test('before a wrong one are given', () => {
    const frames: unknown[] = []
    const reader = createFrameReader(MAX_BYTES, ({ head }) => frames.push(head))
    assert.throws(() => reader(Buffer.concat([encodeFrame({ id: 1 }), sizes(3, 0)])), refused)
    assert.deepEqual(frames, [{ id: 1 }])
  })
})
