import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readFileVectors } from '../../testing/read-file-vectors.ts'
import { filled } from '../../testing/sample-call.ts'
import { concatBytes } from '../bytes/concat-bytes.ts'
import { hexDecode, hexEncode } from '../bytes/hex.ts'
import { noblePrimitives } from '../noble/noble-primitives.ts'
import { nodePrimitives } from '../node/node-primitives.ts'
import { withSm4 } from '../sm4/with-sm4.ts'
import { FILE_HEAD_BYTES, openFile, sealFile, sealedFileBytes } from './file-content.ts'
import type { FileContentKey } from './file-content.ts'
import type { ChunkSizes } from './chunk-sealer.ts'
import type { Primitives } from './primitives.ts'
import { CHUNK_BYTES } from './max-bytes.ts'

const sizes = { chunkBytes: 64 }
const upload: FileContentKey = { suite: 2, contentKey: filled(32, 1), direction: 'upload' }
const salt = filled(16, 77)

/** Head and chunks of a file that comes in pieces of a size. */
function seal(
  {
    key = upload,
    primitives = nodePrimitives,
    by = 50,
  }: { key?: FileContentKey; primitives?: Primitives; by?: number },
  body: Uint8Array,
  chunks: ChunkSizes = sizes,
): Uint8Array {
  const sealed = sealFile(primitives, key, salt, chunks)
  assert.ok(sealed)
  const pieces = cut(body, by).flatMap((piece) => sealed.sealer.push(piece) ?? assert.fail('refused'))
  const end = sealed.sealer.end()
  assert.ok(end)
  return concatBytes(sealed.head, ...pieces, end.bytes)
}

/** The whole file, or nothing. */
function open(
  {
    key = upload,
    primitives = nodePrimitives,
    by = 50,
  }: { key?: FileContentKey; primitives?: Primitives; by?: number },
  bytes: Uint8Array,
  chunks: ChunkSizes = sizes,
): Uint8Array | undefined {
  const opener = openFile(primitives, key, bytes.subarray(0, FILE_HEAD_BYTES), chunks)
  if (!opener) return undefined
  const bodies = cut(bytes.subarray(FILE_HEAD_BYTES), by).flatMap((piece) => opener.push(piece) ?? [])
  const end = opener.end()
  return end && concatBytes(...bodies, end.body)
}

function cut(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.slice(at * size, (at + 1) * size))
}

function fromHex(text: string): Uint8Array {
  return hexDecode(text) ?? assert.fail('no hex')
}

for (const [name, primitives] of [
  ["Node's cryptography", nodePrimitives],
  ['JavaScript alone', noblePrimitives],
] as const)
  test(`every recorded file is sealed byte for byte, and opens: ${name}`, () => {
    const { chunkBytes, cases } = readFileVectors()
    assert.ok(cases.length > 20)
    for (const { suite, direction, ...hex } of cases) {
      const key = { suite, direction, contentKey: fromHex(hex.contentKey) }
      const sealed = sealFile(primitives, key, fromHex(hex.salt), { chunkBytes })
      assert.ok(sealed)
      const chunks = sealed.sealer.push(fromHex(hex.plaintext)) ?? assert.fail('refused')
      const last = sealed.sealer.end() ?? assert.fail('refused')
      assert.equal(hexEncode(concatBytes(sealed.head, ...chunks, last.bytes)), hex.sealed)
      assert.equal(hexEncode(open({ key, primitives }, fromHex(hex.sealed)) ?? assert.fail('refused')), hex.plaintext)
    }
  })

test('a file comes out as it went in, however it is cut, in every suite and both directions', () => {
  const primitives = withSm4(nodePrimitives)
  const suites = fc.constantFrom<(1 | 2 | 3)[]>(1, 2, 3)
  const directions = fc.constantFrom<('upload' | 'download')[]>('upload', 'download')
  const by = fc.integer({ min: 1, max: 200 })
  fc.assert(
    fc.property(fc.nat(400), by, by, suites, directions, (length, a, b, suite, direction) => {
      const key = { suite, direction, contentKey: filled(32, length) }
      const body = filled(length, length)
      assert.deepEqual(open({ key, primitives, by: b }, seal({ key, primitives, by: a }, body)), body)
    }),
    { numRuns: 80 },
  )
})

test('a sealed file is as long as was said beforehand, and larger than any call may be', () => {
  for (const length of [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES, 17 * 1024 * 1024]) {
    const sealed = seal({ by: 1024 * 1024 }, new Uint8Array(length), {})
    assert.equal(sealed.length, sealedFileBytes(length))
    assert.equal(open({ by: 1024 * 1024 }, sealed, {})?.length, length)
  }
})

test('a file in which any byte is another one is refused', () => {
  for (const length of [0, 1, 64, 150]) {
    const sealed = seal({}, filled(length, 3))
    for (let at = 0; at < sealed.length; at++)
      assert.equal(
        open(
          {},
          sealed.map((byte, place) => (place === at ? byte ^ 1 : byte)),
        ),
        undefined,
        `byte ${at}`,
      )
  }
})

test('a file that was cut off anywhere, or goes on behind its end, is refused', () => {
  const sealed = seal({}, filled(192, 3))
  for (let end = 0; end < sealed.length; end++) assert.equal(open({}, sealed.slice(0, end)), undefined, `at ${end}`)
  assert.equal(open({}, concatBytes(sealed, Uint8Array.of(0))), undefined)
  assert.equal(open({}, concatBytes(sealed, sealed.slice(FILE_HEAD_BYTES))), undefined)
  assert.ok(open({}, sealed))
})

test('chunks that changed their places, are missing or come twice are refused', () => {
  const sealed = seal({}, filled(250, 3))
  const head = sealed.subarray(0, FILE_HEAD_BYTES)
  const [a, b, c, d] = cut(sealed.subarray(FILE_HEAD_BYTES), 80)
  assert.ok(a && b && c && d)
  for (const chunks of [
    [b, a, c, d],
    [a, c, b, d],
    [a, b, d],
    [b, c, d],
    [a, a, b, c, d],
    [a, b, c, d, d],
  ])
    assert.equal(open({}, concatBytes(head, ...chunks)), undefined)
  assert.ok(open({}, concatBytes(head, a, b, c, d)))
})

test('a file does not open under another key, suite, direction or salt', () => {
  const sealed = seal({}, filled(100, 3))
  assert.equal(open({ key: { ...upload, direction: 'download' } }, sealed), undefined)
  assert.equal(open({ key: { ...upload, suite: 1 } }, sealed), undefined)
  assert.equal(open({ key: { ...upload, contentKey: filled(32, 2) } }, sealed), undefined)
  // Whoever turns the direction in the head round does not make an upload a download.
  const turned = sealed.map((byte, at) => (at === 6 ? 2 : byte))
  assert.equal(open({ key: { ...upload, direction: 'download' } }, turned), undefined)
})

test('what is sealed again under another salt shares no chunk with it', () => {
  const other = sealFile(nodePrimitives, upload, filled(16, 78), sizes)
  const end = other?.sealer.end()
  assert.ok(end)
  assert.notDeepEqual(end.bytes, seal({}, new Uint8Array(0)).subarray(FILE_HEAD_BYTES))
})

test('a key, salt or head of another length, and a suite that is not there, are refused', () => {
  assert.equal(sealFile(nodePrimitives, { ...upload, contentKey: filled(31, 1) }, salt), undefined)
  assert.equal(sealFile(nodePrimitives, upload, filled(15, 1)), undefined)
  assert.equal(sealFile(nodePrimitives, { ...upload, suite: 3 }, salt), undefined)
  const sealed = seal({}, filled(1, 1))
  assert.equal(openFile(nodePrimitives, upload, sealed.subarray(0, FILE_HEAD_BYTES + 1)), undefined)
  assert.equal(openFile(nodePrimitives, upload, sealed.subarray(0, 15)), undefined)
})

test('a file over a limit is neither sealed nor opened', () => {
  const limited = { ...sizes, streamMaxBytes: 150 }
  const sealed = seal({}, filled(151, 1))
  assert.equal(open({}, sealed, limited), undefined)
  assert.ok(open({}, sealed, { ...sizes, streamMaxBytes: 151 }))
  assert.equal(sealFile(nodePrimitives, upload, salt, limited)?.sealer.push(filled(151, 1)), undefined)
})
