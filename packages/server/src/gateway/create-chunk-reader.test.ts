import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { concatBytes, createKeySchedule, miniProgramSecret, openRequest, sealRequestStream } from '@drawbridge/protocol'
import { nodePrimitives } from '@drawbridge/protocol/node'
import { createChunkReader } from './create-chunk-reader.ts'

const secret = miniProgramSecret(nodePrimitives, 2, { encryptKey: Buffer.alloc(16, 1), iv: Buffer.alloc(16, 2) })
assert.ok(secret)
const context = { suite: 2, keyKind: 'mp', keyId: Buffer.alloc(4, 1), appId: 'a', subject: 'wx:o' } as const
const schedule = createKeySchedule(nodePrimitives, context, { secret })

/** A request with a body of so many bytes. */
function sealed(bytes: number): Buffer {
  const fields = { secretType: 'both', ts: 1, rid: Buffer.alloc(16, 3), device: 'd', target: 'h:GET /a' } as const
  assert.ok(schedule)
  const stream = sealRequestStream(schedule, fields)
  const chunks = stream?.sealer.push(Buffer.alloc(bytes, 7))
  const end = stream?.sealer.end()
  assert.ok(stream && chunks && end)
  return Buffer.from(concatBytes(stream.head, ...chunks, end.bytes))
}

function createReader(heldMaxBytes: number) {
  const sleep = (ms: number, signal: AbortSignal): Promise<void> => wait(ms, undefined, { ref: false, signal })
  return createChunkReader({ heldMaxBytes, withinMs: 60_000, sleep })
}

function inPieces(bytes: Buffer, size: number): Readable {
  const pieces: Buffer[] = []
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size))
  return Readable.from(pieces)
}

for (const size of [1, 7, 4096, 1_000_000])
  test(`a request that comes in pieces of ${size} bytes is read whole`, async () => {
    const bytes = sealed(size === 1 ? 100 : 200_000)
    const asked: string[] = []
    const read = await createReader(1_000_000).read(inPieces(bytes, size), ({ header }) => {
      asked.push(header.target)
      return 200_000
    })
    assert.deepEqual(asked, ['h:GET /a'])
    assert.ok(read && 'received' in read && schedule)
    assert.equal(openRequest(schedule, read.received)?.body.length, size === 1 ? 100 : 200_000)
  })

test('a request is read no further than its head allows, and its head is known', async () => {
  let given = 0
  const bytes = sealed(1_000_000)
  const stream = Readable.from(
    (function* () {
      for (; given < bytes.length; given += 1000) yield bytes.subarray(given, given + 1000)
    })(),
    { highWaterMark: 1 },
  )
  const read = await createReader(10_000_000).read(stream, () => 50_000)
  assert.ok(read && 'tooLarge' in read)
  assert.equal(read.tooLarge.header.target, 'h:GET /a')
  assert.ok(given < 100_000)
})

test('what never becomes a head is given up, and so is what is none', async () => {
  const read = (bytes: Buffer) => createReader(10_000_000).read(inPieces(bytes, 100), () => 1000)
  for (const bytes of [
    Buffer.alloc(0),
    Buffer.from([1]),
    Buffer.alloc(5000),
    Buffer.alloc(5000, 255),
    Buffer.from('{"usn":1}'.repeat(1000)),
  ])
    assert.equal(await read(bytes), undefined)
})

test('all requests together hold no more than they may, and what has ended holds nothing', async () => {
  const reader = createReader(300_000)
  const bytes = sealed(100_000)
  const waiting = new Readable({ read: () => undefined })
  const first = reader.read(waiting, () => 300_000)
  waiting.push(bytes.subarray(0, 90_000))
  await new Promise((resolve) => setImmediate(resolve))
  await reader.read(inPieces(bytes, 1000), () => 300_000)
  await assert.rejects(
    reader.read(inPieces(sealed(250_000), 1000), () => 300_000),
    { code: 'GATEWAY_BUSY' },
  )
  waiting.push(bytes.subarray(90_000))
  waiting.push(null)
  assert.ok(await first)
  assert.ok(await reader.read(inPieces(sealed(250_000), 1000), () => 300_000))
})

test('a request whose time is over is given up, and holds nothing any more', async () => {
  const timers: (() => void)[] = []
  const sleep = (): Promise<void> => new Promise((resolve) => timers.push(resolve))
  const reader = createChunkReader({ heldMaxBytes: 300_000, withinMs: 1, sleep })
  const bytes = sealed(250_000)
  const still = new Readable({ read: () => undefined })
  still.push(bytes.subarray(0, 200_000))
  const reading = reader.read(still, () => 300_000)
  await new Promise((resolve) => setImmediate(resolve))
  timers[0]?.()
  await assert.rejects(reading, { code: 'REQUEST_INVALID', detail: { field: 'body', reason: 'too slow' } })
  assert.ok(await reader.read(inPieces(bytes, 1000), () => 300_000))
})
