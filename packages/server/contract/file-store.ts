import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { DrawbridgeError } from '@drawbridge/protocol'
import { newFileId } from '../src/files/file-key.ts'
import type { FileKey } from '../src/files/file-key.ts'
import type { FileStore, PutLimits } from '../src/files/file-store.ts'

/** A store under test, and how much lies on its disk that belongs to nothing. */
export interface StoreUnderTest {
  readonly store: FileStore
  /** Files that are half written. */
  leftovers(): readonly string[]
  advance(ms: number): void
}

const never = new AbortController().signal
const limits: PutLimits = { maxBytes: 1_000_000, type: 'image/png', signal: never }
const code = (expected: string) => (error: unknown) => error instanceof DrawbridgeError && error.code === expected

function newKey(spaceId = 'shop'): FileKey {
  return { spaceId, id: newFileId(randomBytes) }
}

/** What every store of contents promises. */
export function fileStoreContract(name: string, open: (t: TestContext) => Promise<StoreUnderTest>): void {
  test(`${name}: what was put is read back, whole and in parts`, async (t) => {
    const { store } = await open(t)
    const content = randomBytes(200_000)
    const key = newKey()
    assert.deepEqual(
      await store.put(key, Readable.from([content.subarray(0, 70_000), content.subarray(70_000)]), limits),
      {
        sizeBytes: 200_000,
      },
    )
    assert.deepEqual(await store.stat(key), { sizeBytes: 200_000 })
    assert.ok((await buffer(await store.read(key))).equals(content))
    const part = await buffer(await store.read(key, { first: 10, last: 19 }))
    assert.deepEqual(part, content.subarray(10, 20))
    const end = await buffer(await store.read(key, { first: 199_999, last: 199_999 }))
    assert.deepEqual(end, content.subarray(199_999))
  })

  test(`${name}: an empty content is a content`, async (t) => {
    const { store } = await open(t)
    const key = newKey()
    await store.put(key, Readable.from([]), limits)
    assert.deepEqual(await store.stat(key), { sizeBytes: 0 })
    assert.equal((await buffer(await store.read(key))).length, 0)
  })

  test(`${name}: what is not there is not found, and removing it is no fault`, async (t) => {
    const { store } = await open(t)
    const key = newKey()
    assert.equal(await store.stat(key), undefined)
    await assert.rejects(store.read(key), code('FILE_NOT_FOUND'))
    await store.remove(key)
    await store.put(key, Readable.from([Buffer.from('x')]), limits)
    await store.remove(key)
    assert.equal(await store.stat(key), undefined)
  })

  test(`${name}: one id in two spaces is two contents`, async (t) => {
    const { store } = await open(t)
    const key = newKey()
    const other = { ...key, spaceId: 'Shop' }
    await store.put(key, Readable.from([Buffer.from('one')]), limits)
    await store.put(other, Readable.from([Buffer.from('other')]), limits)
    await store.remove(other)
    assert.equal((await buffer(await store.read(key))).toString(), 'one')
  })

  test(`${name}: a content that is too large leaves nothing behind`, async (t) => {
    const { store, leftovers } = await open(t)
    const key = newKey()
    const content = Readable.from([randomBytes(60), randomBytes(60)])
    await assert.rejects(store.put(key, content, { ...limits, maxBytes: 100 }), code('FILE_TOO_LARGE'))
    assert.equal(await store.stat(key), undefined)
    assert.deepEqual(leftovers(), [])
    const whole = newKey()
    await store.put(whole, Readable.from([randomBytes(100)]), { ...limits, maxBytes: 100 })
    assert.deepEqual(await store.stat(whole), { sizeBytes: 100 })
  })

  test(`${name}: a content that breaks off leaves nothing behind`, async (t) => {
    const { store, leftovers } = await open(t)
    const key = newKey()
    const content = new Readable({ read: () => undefined })
    content.push(randomBytes(1000))
    const put = store.put(key, content, limits)
    setImmediate(() => content.destroy(new DrawbridgeError('FILE_UPLOAD_BROKEN')))
    await assert.rejects(put, code('FILE_UPLOAD_BROKEN'))
    assert.equal(await store.stat(key), undefined)
    assert.deepEqual(leftovers(), [])
  })

  test(`${name}: a signal ends a put with its reason, and nothing stays behind`, async (t) => {
    const { store, leftovers } = await open(t)
    const key = newKey()
    const content = new Readable({ read: () => undefined })
    content.push(randomBytes(1000))
    const stop = new AbortController()
    const put = store.put(key, content, { ...limits, signal: stop.signal })
    setImmediate(() => stop.abort(new DrawbridgeError('FILE_UPLOAD_BROKEN', { reason: 'too slow' })))
    await assert.rejects(put, code('FILE_UPLOAD_BROKEN'))
    assert.equal(await store.stat(key), undefined)
    assert.deepEqual(leftovers(), [])
  })

  test(`${name}: an id that the server cannot have made reaches no store`, async (t) => {
    const { store } = await open(t)
    for (const id of ['', '..', '../../etc/passwd', 'A'.repeat(32), `${'a'.repeat(31)}/`, `${'a'.repeat(32)}\n`])
      await assert.rejects(
        async () => await store.put({ spaceId: 'shop', id }, Readable.from([]), limits),
        code('FILE_NOT_FOUND'),
      )
  })

  test(`${name}: what a crash left half written is removed once it is old`, async (t) => {
    const { store, leftovers, advance } = await open(t)
    const content = new Readable({ read: () => undefined })
    content.push(randomBytes(1000))
    const put = store.put(newKey(), content, limits)
    while (leftovers().length === 0) await new Promise((resolve) => setImmediate(resolve))
    await store.clean()
    assert.equal(leftovers().length, 1, 'an upload under way is left alone')
    advance(3_600_000)
    await store.clean()
    assert.deepEqual(leftovers(), [])
    content.destroy(new DrawbridgeError('FILE_UPLOAD_BROKEN'))
    await assert.rejects(put)
  })
}
