import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { after, before, test } from 'node:test'
import type { TestContext } from 'node:test'
import { DrawbridgeError } from '@drawbridge/protocol'
import { newFileId } from '../src/files/file-key.ts'
import { createLocalFileStore } from '../src/files/local-file-store.ts'
import type { S3Config } from '../src/files/s3-config.ts'
import { createS3FileStore } from '../src/files/s3-file-store.ts'
import { fileStoreContract } from './file-store.ts'
import type { StoreUnderTest } from './file-store.ts'
import { startS3 } from './start-s3.ts'

const never = new AbortController().signal
const limits = { maxBytes: 1000, type: 'text/plain', signal: never }

function newFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-files-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function clockOf() {
  let passedMs = 0
  return { now: () => Date.now() + passedMs, advance: (ms: number) => void (passedMs += ms) }
}

function namesIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : []
}

function openLocal(t: TestContext): StoreUnderTest & { readonly folder: string } {
  const folder = newFolder(t)
  const { now, advance } = clockOf()
  const store = createLocalFileStore({ folder, now, partMaxAgeMs: 60_000 })
  return { store, folder, advance, leftovers: () => namesIn(join(folder, '.incoming')) }
}

let s3: Awaited<ReturnType<typeof startS3>>
before(async () => {
  s3 = await startS3()
})
after(() => s3.close())

function openS3(t: TestContext, change: Partial<S3Config> = {}): StoreUnderTest {
  const spoolFolder = join(newFolder(t), 'spool')
  const { now, advance } = clockOf()
  const store = createS3FileStore({ config: { ...s3.config, ...change }, spoolFolder, now, partMaxAgeMs: 60_000 })
  return { store, advance, leftovers: () => namesIn(spoolFolder) }
}

fileStoreContract('local disk', async (t) => openLocal(t))
fileStoreContract('S3', async (t) => openS3(t))

test('contents on the local disk are for the server’s user alone, under names that nobody chose', async (t) => {
  const { store, folder } = openLocal(t)
  const id = newFileId(randomBytes)
  await store.put({ spaceId: '../../Etc', id }, Readable.from([Buffer.from('x')]), limits)
  const names = readdirSync(folder, { recursive: true }).map(String)
  const path = names.find((name) => name.endsWith(id)) ?? ''
  assert.match(path, /^space\.[0-9a-f]{40}\/[0-9a-f]{2}\/[0-9a-f]{32}$/)
  assert.equal(statSync(join(folder, path)).mode & 0o777, 0o600)
  for (const name of names.filter((name) => name !== path))
    assert.equal(statSync(join(folder, name)).mode & 0o777, 0o700)
  assert.equal(readFileSync(join(folder, path), 'utf8'), 'x')
})

test('a bucket’s signed URL reads the content without this server, with the type and name that it says', async (t) => {
  const { store } = openS3(t, { publicUrl: s3.config.bucketUrl })
  const key = { spaceId: 'shop', id: newFileId(randomBytes) }
  await store.put(key, Readable.from([Buffer.from('hello')]), limits)
  const disposition = 'attachment; filename="a.txt"'
  const url = (await store.readUrl(key, { lifetimeSeconds: 60, type: 'text/plain', disposition })) ?? ''
  const answer = await fetch(url)
  assert.equal(answer.status, 200)
  assert.equal(await answer.text(), 'hello')
  assert.equal(answer.headers.get('content-disposition'), disposition)
  assert.ok(!url.includes('secret'))
  const tampered = await fetch(url.replace(key.id, newFileId(randomBytes)))
  assert.equal(tampered.status, 403)
})

test('a bucket that clients do not reach is read through this server', async (t) => {
  const { store } = openS3(t)
  const key = { spaceId: 'shop', id: newFileId(randomBytes) }
  assert.equal(await store.readUrl(key, { lifetimeSeconds: 60, type: 'a/b', disposition: 'inline' }), undefined)
})

test('a bucket that refuses our secret, or is not there, is a store that cannot be had', async (t) => {
  const isUnavailable = (error: unknown) => error instanceof DrawbridgeError && error.code === 'STORE_UNAVAILABLE'
  const key = { spaceId: 'shop', id: newFileId(randomBytes) }
  const changes: readonly Partial<S3Config>[] = [
    { secret: 'WRONGSECRETMARKER' },
    { bucketUrl: 'http://127.0.0.1:1/drawbridge' },
  ]
  for (const change of changes) {
    const { store, leftovers } = openS3(t, change)
    const put = store.put(key, Readable.from([Buffer.from('x')]), limits)
    await assert.rejects(put, (error) => {
      assert.ok(!JSON.stringify(error).includes('WRONGSECRETMARKER'))
      return isUnavailable(error)
    })
    await assert.rejects(store.read(key), isUnavailable)
    assert.deepEqual(leftovers(), [])
  }
})
