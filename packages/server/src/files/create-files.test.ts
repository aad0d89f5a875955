import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { startS3 } from '../../contract/start-s3.ts'
import { openFileWorld } from './file-world-fixture.ts'
import type { DcloudTicket } from './file-world-fixture.ts'

const never = new AbortController().signal

test('an upload that a crash has cut off is swept, and its room is free again', async (t) => {
  const world = await openFileWorld(t, { quotaBytes: 10_000 })
  const upload = await world.files.begin(world.files.offer('shop', 'a.txt'), { sizeMaxBytes: 9_000, address: '' })
  await upload.write(Readable.from([Buffer.alloc(9_000)]), never)
  await world.files.sweep()
  assert.equal(world.contents().length, 1, 'it may still be under way')
  await assert.rejects(world.store('b.txt', 'x'), /507/)
  world.advance(21 * 60_000)
  await world.files.sweep()
  assert.deepEqual(world.contents(), [])
  await assert.rejects(upload.finish(), { code: 'FILE_UPLOAD_BROKEN' })
  await world.store('b.txt', 'x')
})

test('an upload that ends after it was swept leaves nothing', async (t) => {
  const world = await openFileWorld(t)
  const upload = await world.files.begin(world.files.offer('shop', 'a.txt'), { address: '' })
  world.advance(21 * 60_000)
  await world.files.sweep()
  await upload.write(Readable.from([Buffer.from('late')]), never)
  await assert.rejects(upload.finish(), { code: 'FILE_UPLOAD_BROKEN' })
  assert.deepEqual(world.contents(), [])
})

test('nobody sees a file before all of its form has come', async (t) => {
  const world = await openFileWorld(t)
  const ticket = world.files.offer('shop', 'a.txt')
  const upload = await world.files.begin(ticket, { address: '' })
  await upload.write(Readable.from([Buffer.from('x')]), never)
  assert.equal(await world.files.find(ticket), undefined)
  assert.equal(await world.files.hasArrived('shop', 'a.txt'), false)
  await upload.finish()
  assert.equal((await world.files.find(ticket))?.sizeBytes, 1)
  assert.equal(await world.files.hasArrived('shop', '/a.txt'), true)
  assert.equal(await world.files.hasArrived('other', 'a.txt'), false)
  world.advance(21 * 60_000)
  assert.equal(await world.files.hasArrived('shop', 'a.txt'), false, 'a report is of an upload just made')
})

test('with a bucket, uploads pass through this server and reads go straight there', async (t) => {
  const s3 = await startS3()
  t.after(() => s3.close())
  const world = await openFileWorld(t, { maxBytes: 100 }, { s3: { ...s3.config, publicUrl: s3.config.bucketUrl } })
  const fileID = await world.store('页 1.html', '<script>', 'text/html')
  const url = await world.urlOf(fileID)
  assert.ok(url.startsWith(s3.config.bucketUrl))
  const answer = await fetch(url)
  assert.equal(await answer.text(), '<script>')
  assert.match(answer.headers.get('content-disposition') ?? '', /^attachment; .*%E9%A1%B5%201\.html$/)
  assert.equal((await fetch(url.replace('X-Amz-Expires=7200', 'X-Amz-Expires=72000'))).status, 403)
  const ticket = (await world.methods.signDcloudUpload(world.call(), { cloudPath: 'a' })) as unknown as DcloudTicket
  assert.equal((await world.upload({ ...ticket, content: 'x'.repeat(101) })).status, 413)
  assert.deepEqual(world.contents(), [])
  const key = { spaceId: 'shop', id: fileID.split('/')[5] ?? '' }
  assert.equal(await world.files.remove(key), true)
  assert.equal((await fetch(url)).status, 404)
})

test('with a bucket that clients do not reach, this server reads for them', async (t) => {
  const s3 = await startS3()
  t.after(() => s3.close())
  const world = await openFileWorld(t, {}, { s3: s3.config })
  const url = await world.urlOf(await world.store('a.txt', '0123456789', 'text/plain'))
  assert.ok(url.startsWith(world.endpoint))
  assert.equal(await (await fetch(url)).text(), '0123456789')
  const part = await fetch(url, { headers: { range: 'bytes=-3' } })
  assert.deepEqual([part.status, await part.text()], [206, '789'])
})
