import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { Client } from '@drawbridge/client'
import { MARKER, openClientWorld } from './client-world.ts'
import type { ClientWorld } from './client-world.ts'

async function openWorld(t: TestContext, more = {}): Promise<{ readonly world: ClientWorld; readonly app: Client }> {
  const world = await openClientWorld(t, {}, { files: { clientDelete: true, ...more } })
  await world.openSession()
  const app = world.app()
  await app.initSecureNetworkByWeixin({ openid: world.phone.openid })
  return { world, app }
}

const content = (bytes: number): Buffer => Buffer.concat([Buffer.from(MARKER), randomBytes(bytes)])

for (const [up, down] of [
  ['both', 'both'],
  ['request', 'none'],
  ['none', 'response'],
  ['response', 'request'],
  ['none', 'none'],
] as const)
  test(`a mini program's file goes up as ${up}, comes down as ${down}, and is the same`, async (t) => {
    const { world, app } = await openWorld(t)
    for (const size of [0, 70_000, 3 * 65_536 - MARKER.length]) {
      const bytes = content(size)
      const filePath = world.phone.files.writeTemporary(bytes, '.png')
      const told: object[] = []
      const onUploadProgress = (progress: object): unknown => told.push(progress)
      const asked = { filePath, cloudPath: `照片/${size}.png`, onUploadProgress }
      const { success, fileID, requestId } = await app.uploadFile({ ...asked, secretType: up })
      assert.equal(success, true)
      assert.match(String(requestId), /./)
      assert.ok(told.length > 0)
      const { tempFilePath = '', statusCode } = await app.downloadFile({ fileID, secretType: down })
      assert.equal(statusCode, 200)
      assert.ok(world.phone.files.read(tempFilePath)?.equals(bytes))
    }
    // Forms and plain downloads do not pass here: what passes is sealed.
    assert.ok(world.captured.length >= 6)
    assert.ok(world.captured.every(({ sent, received }) => !sent.includes(MARKER) && !received.includes(MARKER)))
  })

test('bytes go up without a file, and none is left on the phone', async (t) => {
  const { world, app } = await openWorld(t)
  const bytes = content(1000)
  for (const secret of [true, false]) {
    const { fileID } = await app.uploadFile({ data: Uint8Array.from(bytes), cloudPath: 'a.bin', secret })
    assert.deepEqual(world.phone.files.list(), [])
    const { tempFilePath = '' } = await app.downloadFile({ fileID, secret })
    assert.ok(world.phone.files.read(tempFilePath)?.equals(bytes))
    world.phone.files.remove(tempFilePath)
  }
})

test('where the rules ask for it, files are sealed though the app says nothing', async (t) => {
  const rules = { 'drawbridge-files': [{ platform: 'mp-weixin', secretType: 'both' as const }] }
  const world = await openClientWorld(t, { rules }, { files: {} })
  await world.openSession()
  const bytes = content(10)
  const told = world.app({ rules })
  const untold = world.app()
  for (const app of [told, untold]) await app.initSecureNetworkByWeixin({ openid: world.phone.openid })
  const { fileID } = await told.uploadFile({ data: Uint8Array.from(bytes), cloudPath: 'a' })
  const { tempFilePath = '' } = await told.downloadFile({ fileID })
  assert.ok(world.phone.files.read(tempFilePath)?.equals(bytes))
  await assert.rejects(untold.uploadFile({ data: Uint8Array.from(bytes), cloudPath: 'a' }), { errCode: 70008 })
  await assert.rejects(untold.downloadFile({ fileID, secretType: 'none' }), { errCode: 70008 })
})

test('a sealed file that was changed, cut or exchanged on the way is 10010, and leaves nothing on the phone', async (t) => {
  const { world, app } = await openWorld(t)
  const upload = (size: number) =>
    app.uploadFile({ data: Uint8Array.from(content(size)), cloudPath: 'a', secret: true })
  const { fileID } = await upload(140_000)
  const other = await upload(140_000)
  await app.downloadFile({ fileID: other.fileID, secret: true })
  const old = Buffer.from(world.captured.at(-1)?.received ?? '', 'latin1')
  const before = world.phone.files.list()
  for (const change of [
    (bytes: Buffer) => bytes.fill(bytes[70_000] === 0 ? 1 : 0, 70_000, 70_001),
    (bytes: Buffer) => bytes.subarray(0, 23 + 65_552),
    () => old,
    () => content(10),
  ]) {
    world.onTheWay = (received) => (received.subarray(0, 5).toString() === 'USN1F' ? change(received) : received)
    await assert.rejects(app.downloadFile({ fileID, secret: true }), { errCode: 10010 })
    assert.deepEqual(world.phone.files.list(), before)
  }
})

test('a disk that is full ends a sealed download, and its half is removed', async (t) => {
  const { world, app } = await openWorld(t)
  const { fileID } = await app.uploadFile({ data: Uint8Array.from(content(9)), cloudPath: 'a', secret: true })
  world.phone.failNext('writeFile', 'the maximum size of the file storage limit is exceeded')
  await assert.rejects(app.downloadFile({ fileID, secret: true }), {
    errCode: 'DOWNLOAD_FAILED',
    errMsg: /maximum size/,
  })
  assert.deepEqual(world.phone.files.list(), [])
})

test('what is too large, gone or never was is refused, and no page of an error is taken for the file', async (t) => {
  const { world, app } = await openWorld(t, { maxBytes: 100 })
  for (const secret of [true, false])
    await assert.rejects(app.uploadFile({ data: new Uint8Array(101), cloudPath: 'a', secret }), {
      errCode: 'UPLOAD_FAILED',
      errMsg: 'HTTP status 413',
    })
  const { fileID } = await app.uploadFile({ data: new Uint8Array(100), cloudPath: 'a' })
  const { fileList } = await app.getTempFileURL({ fileList: [fileID] })
  assert.equal((await fetch(fileList[0]?.tempFileURL ?? '', { headers: { connection: 'close' } })).status, 200)
  const removed = await app.deleteFile({ fileList: [fileID], secret: true })
  assert.deepEqual(removed.fileList, [{ fileID, code: 'SUCCESS' }])
  for (const secret of [true, false])
    await assert.rejects(app.downloadFile({ fileID, secret }), ({ errCode }: { errCode: unknown }) => {
      assert.ok(typeof errCode === 'number' && errCode >= 81000 && errCode < 81100, String(errCode))
      return true
    })
  assert.deepEqual(world.phone.files.list(), [])
})
