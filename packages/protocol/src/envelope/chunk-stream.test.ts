import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { filled, sampleFields, sampleReply, sampleSchedule } from '../../testing/sample-call.ts'
import { concatBytes } from '../bytes/concat-bytes.ts'
import { nodePrimitives } from '../node/node-primitives.ts'
import type { ChunkOpener } from './chunk-opener.ts'
import type { ChunkSealer } from './chunk-sealer.ts'
import { openRequest, openRequestStream, receiveRequest, receiveRequestHead } from './open-request.ts'
import { openResponse, openResponseStream } from './open-response.ts'
import { sealRequestStream } from './seal-request.ts'
import { sealResponseStream } from './seal-response.ts'
import { secretTypes } from './secret-type.ts'
import { headEnd, toJson } from './envelope.ts'

const schedule = sampleSchedule(nodePrimitives, 2)
const sizes = { chunkBytes: 64 }

/** All that the sealer gives for a body that comes in such pieces, and the message's tag. */
function sealAll(sealer: ChunkSealer, pieces: readonly Uint8Array[]): { chunks: Uint8Array[]; tag: Uint8Array } {
  const chunks = pieces.flatMap((piece) => sealer.push(piece) ?? assert.fail('refused'))
  const end = sealer.end()
  assert.ok(end)
  return { chunks: [...chunks, end.bytes], tag: end.tag }
}

/** The whole body, or nothing. */
function openAll(opener: ChunkOpener | undefined, pieces: readonly Uint8Array[]): Uint8Array | undefined {
  const bodies = pieces.flatMap((piece) => opener?.push(piece) ?? [])
  const end = opener?.end()
  return end && concatBytes(...bodies, end.body)
}

function cut(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.slice(at * size, (at + 1) * size))
}

for (const secretType of secretTypes)
  test(`a body in chunks comes out as it went in, both ways, however it is cut: ${secretType}`, () => {
    fc.assert(
      fc.property(fc.nat(400), fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 200 }), (length, a, b) => {
        const body = filled(length, length)
        const request = sealRequestStream(schedule, { ...sampleFields, secretType }, sizes)
        assert.ok(request)
        const { chunks, tag } = sealAll(request.sealer, cut(body, a))
        const wire = concatBytes(...chunks)
        const received = receiveRequestHead(concatBytes(request.head, wire))
        assert.ok(received)
        assert.deepEqual(openAll(openRequestStream(schedule, received, sizes), cut(wire, b)), body)
        const whole = receiveRequest(concatBytes(request.head, wire))
        const opened = whole && openRequest(schedule, whole, sizes)
        assert.deepEqual(opened?.body, body)
        assert.deepEqual(Uint8Array.from(opened.tag), Uint8Array.from(tag))

        const response = sealResponseStream(schedule, { header: received.header, tag }, sampleReply, sizes)
        assert.ok(response)
        const back = concatBytes(...sealAll(response.sealer, cut(body, b)).chunks)
        const sent = { header: request.header, tag }
        const stream = openResponseStream(schedule, sent, response.head, sizes)
        assert.deepEqual(openAll(stream?.opener, cut(back, a)), body)
        assert.deepEqual(openResponse(schedule, sent, concatBytes(response.head, back), sizes)?.body, body)
        const otherTag = { ...sent, tag: filled(16, 1) }
        assert.equal(openResponseStream(schedule, otherTag, response.head, sizes), undefined)
      }),
      { numRuns: 60 },
    )
  })

for (const secretType of ['none', 'both'] as const) {
  const request = sealRequestStream(schedule, { ...sampleFields, secretType }, sizes)
  assert.ok(request)
  const { chunks } = sealAll(request.sealer, [filled(200, 1)])
  const received = receiveRequestHead(request.head)
  assert.ok(received)
  const [a, b, c, last] = chunks
  assert.ok(a && b && c && last)
  const cases: readonly (readonly [why: string, wire: readonly Uint8Array[]])[] = [
    ['the last chunk is missing', [a, b, c]],
    ['a chunk is missing', [a, c, last]],
    ['two chunks changed places', [b, a, c, last]],
    ['a chunk comes twice', [a, a, b, c, last]],
    ['something follows the last chunk', [a, b, c, last, a]],
    ['the last chunk is cut', [a, b, c, last.slice(0, -1)]],
    ['nothing came', []],
    ['a byte was changed', [a, b, c.map((byte, at) => (at === 5 ? byte ^ 1 : byte)), last]],
  ]
  for (const [why, wire] of cases)
    test(`a stream is refused when ${why}: ${secretType}`, () => {
      assert.equal(openAll(openRequestStream(schedule, received, sizes), wire), undefined)
    })
  test(`the stream of those cases opens: ${secretType}`, () => {
    assert.deepEqual(openAll(openRequestStream(schedule, received, sizes), chunks), filled(200, 1))
  })
}

test('a stream that was refused once stays refused', () => {
  const request = sealRequestStream(schedule, sampleFields, sizes)
  assert.ok(request)
  const { chunks } = sealAll(request.sealer, [filled(200, 1)])
  const received = receiveRequestHead(request.head)
  const opener = received && openRequestStream(schedule, received, sizes)
  assert.ok(opener)
  assert.equal(opener.push(filled(200, 3)), undefined)
  for (const chunk of chunks) assert.equal(opener.push(chunk), undefined)
  assert.equal(opener.end(), undefined)
})

test('a stream over its limit is neither sealed nor opened', () => {
  const limited = { ...sizes, streamMaxBytes: 150 }
  const request = sealRequestStream(schedule, sampleFields, sizes)
  const short = sealRequestStream(schedule, sampleFields, limited)
  assert.ok(request && short)
  assert.ok(short.sealer.push(filled(150, 1)))
  assert.equal(short.sealer.push(filled(1, 1)), undefined)
  assert.equal(short.sealer.end(), undefined)
  const { chunks } = sealAll(request.sealer, [filled(151, 1)])
  const received = receiveRequestHead(request.head)
  assert.ok(received)
  assert.equal(openAll(openRequestStream(schedule, received, limited), chunks), undefined)
  assert.ok(openAll(openRequestStream(schedule, received, { ...sizes, streamMaxBytes: 151 }), chunks))
})

test('a head is read when it is there, and only of a stream', () => {
  const request = sealRequestStream(schedule, sampleFields)
  assert.ok(request)
  assert.equal(headEnd(request.head.subarray(0, 1)), undefined)
  assert.equal(headEnd(request.head.subarray(0, 2)), request.head.length)
  assert.equal(receiveRequestHead(request.head.subarray(0, -1)), undefined)
  const whole = request.head.slice()
  whole[9] = 0
  assert.equal(receiveRequestHead(whole), undefined)
  const headerBytes = request.head.subarray(2)
  assert.equal(toJson({ headerBytes, sealed: filled(16, 1), clear: undefined }), undefined)
})
