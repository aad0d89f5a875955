import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import type { FileContentKey } from '@drawbridge/protocol'
import { nodePrimitives as primitives } from '@drawbridge/protocol/node'
import { createContentKeys } from './content-keys.ts'
import type { Transfer } from './content-keys.ts'
import { openContent } from './open-content.ts'
import { sealContent } from './seal-content.ts'

const key: FileContentKey = { suite: 2, contentKey: randomBytes(32), direction: 'upload' }
const BLOCK = Buffer.alloc(16 * 1024, 7)
const BLOCKS = 12_800

/** 200 MB that are made as they are read, and how many of them were. */
function endless(): { readonly stream: Readable; readonly made: () => number } {
  let blocks = 0
  const stream = new Readable({
    read() {
      this.push(blocks++ < BLOCKS ? BLOCK : null)
    },
  })
  return { stream, made: () => blocks * BLOCK.length }
}

function sealed(content: Readable): Readable {
  return sealContent(content, { key, salt: randomBytes(16), primitives })
}

async function settle(): Promise<void> {
  for (let turns = 0; turns < 200; turns++) await turn()
}

test('who reads slowly makes the file be read slowly: what is held is a few chunks', async () => {
  const { stream, made } = endless()
  const opened = openContent(sealed(stream), key, primitives)
  await settle()
  assert.ok(made() < 2_000_000, String(made()))
  for (let count = 0; count < 20; count++) {
    opened.read()
    await settle()
  }
  assert.ok(made() < 4_000_000, String(made()))
  opened.destroy()
})

test('200 MB go through both ways piece by piece', async () => {
  const { stream, made } = endless()
  let bytes = 0
  for await (const piece of openContent(sealed(stream), key, primitives)) {
    bytes += (piece as Buffer).length
    assert.ok(made() - bytes < 2_000_000)
  }
  assert.equal(bytes, BLOCK.length * BLOCKS)
})

test('who breaks off a download ends the reading of the file', async () => {
  for (const turns of [0, 200]) {
    const { stream } = endless()
    const answer = sealed(stream)
    for (let count = 0; count < turns; count++) await turn()
    answer.destroy()
    await settle()
    assert.ok(stream.destroyed)
  }
})

test('a file that cannot be read to its end is no whole one to who reads it', async () => {
  const half = Readable.from(
    (async function* () {
      yield BLOCK
      await turn()
      throw new Error('the disk is gone')
    })(),
  )
  await assert.rejects(buffer(sealed(half)), /the disk is gone/)
})

test('a sender that breaks off breaks off the upload, and a refused one is left to be answered', async () => {
  const gone = new Readable({ read: () => undefined })
  const opened = openContent(gone, key, primitives)
  gone.push(Buffer.alloc(100))
  gone.destroy()
  await assert.rejects(buffer(opened), { code: 'FILE_UPLOAD_BROKEN' })
  const { stream } = endless()
  await assert.rejects(buffer(openContent(stream, key, primitives)), { code: 'FILE_UPLOAD_BROKEN' })
  assert.equal(stream.destroyed, false)
})

test('a content’s key comes out the same on every replica, and is another where anything is another', () => {
  const secret = randomBytes(32)
  const transfer: Transfer = { direction: 'upload', spaceId: 's', id: 'i', suite: 2, nonce: 'n' }
  const keyOf = (change: Partial<Transfer> = {}, from = secret): string =>
    Buffer.from(createContentKeys(from)({ ...transfer, ...change }).contentKey).toString('hex')
  assert.equal(keyOf(), keyOf())
  const others = [
    keyOf({ direction: 'download' }),
    keyOf({ spaceId: 't' }),
    keyOf({ id: 'j' }),
    keyOf({ nonce: 'm' }),
    keyOf({ spaceId: 'si', id: '' }),
    keyOf({}, randomBytes(32)),
  ]
  assert.equal(new Set([keyOf(), ...others]).size, 7)
})
