import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { StockClient, StockClientOptions } from './stock-client.ts'
import { everyClient, openStockWorld } from './stock-client-world.ts'
import type { StockWorld } from './stock-client-world.ts'

/** Where the client writes https:// itself: the proxy that ends TLS before the server. */
const PUBLIC_URL = 'https://files.example.com'

function photo(t: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-photo-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'photo.png')
  writeFileSync(path, text)
  return path
}

/** On a connection of its own: a server that closes waits for one whose answer it has only just ended. */
function read(url: string): Promise<Response> {
  return fetch(url, { headers: { connection: 'close' } })
}

function reachIn({ endpoint }: StockWorld): (url: string) => string {
  return (url) => url.replace(PUBLIC_URL, endpoint)
}

function appOf(world: StockWorld, options: Pick<StockClientOptions, 'provider' | 'platform'>): StockClient {
  return world.app({ ...options, reach: reachIn(world) })
}

for (const { provider, platform } of everyClient) {
  test(`${provider} on ${platform}: a file goes up, and its temporary URL gives it back until it ends`, async (t) => {
    const world = await openStockWorld(t, { files: { publicUrl: PUBLIC_URL } })
    const { uniCloud } = appOf(world, { provider, platform })
    const filePath = photo(t, 'a picture')
    const { success, fileID } = await uniCloud.uploadFile({ filePath, cloudPath: 'photos/猫 1.png' })
    assert.equal(success, true)
    assert.match(
      String(fileID),
      /^https:\/\/files\.example\.com\/files\/stock-space\/[0-9a-f]{32}\/%E7%8C%AB%201\.png$/,
    )
    const { fileList } = await uniCloud.getTempFileURL({ fileList: [fileID] })
    const url = reachIn(world)(String(fileList[0]?.['tempFileURL']))
    const answer = await read(url)
    assert.deepEqual([answer.status, await answer.text()], [200, 'a picture'])
    assert.equal(answer.headers.get('content-type'), 'image/png')
    world.advance(7201_000)
    assert.equal((await read(url)).status, 403)
  })

  test(`${provider} on ${platform}: a file that is too large is refused with an error, and none is kept`, async (t) => {
    const world = await openStockWorld(t, { files: { publicUrl: PUBLIC_URL, maxBytes: 10 } })
    const { uniCloud } = appOf(world, { provider, platform })
    const asked = uniCloud.uploadFile({ filePath: photo(t, 'x'.repeat(11)), cloudPath: 'a.png' })
    await assert.rejects(asked, { code: 'UPLOAD_FAILED' })
    await uniCloud.uploadFile({ filePath: photo(t, 'x'.repeat(10)), cloudPath: 'a.png' })
  })

  test(`${provider} on ${platform}: a path that leads elsewhere is refused`, async (t) => {
    const world = await openStockWorld(t, { files: { publicUrl: PUBLIC_URL } })
    const { uniCloud } = appOf(world, { provider, platform })
    const asked = uniCloud.uploadFile({ filePath: photo(t, 'x'), cloudPath: '../a.png' })
    await assert.rejects(asked, { code: 'FILE_PATH_INVALID' })
  })

  test(`${provider} on ${platform}: a fileID that names nothing is no error for the others`, async (t) => {
    const world = await openStockWorld(t, { files: { publicUrl: PUBLIC_URL } })
    const { uniCloud } = appOf(world, { provider, platform })
    const { fileID } = await uniCloud.uploadFile({ filePath: photo(t, 'x'), cloudPath: 'a.png' })
    const { fileList } = await uniCloud.getTempFileURL({ fileList: ['https://nowhere/a', fileID] })
    assert.match(String(fileList[1]?.['tempFileURL']), /signature=/)
    assert.doesNotMatch(String(fileList[0]?.['tempFileURL']), /signature=/)
  })
}

test('class dcloud works over plain http, without a configured URL', async (t) => {
  const world = await openStockWorld(t, { files: {} })
  const { uniCloud } = world.app({ provider: 'dcloud', platform: 'mp-weixin' })
  const { fileID } = await uniCloud.uploadFile({ filePath: photo(t, 'plain'), cloudPath: 'a.png' })
  assert.ok(String(fileID).startsWith(world.endpoint))
  const { fileList } = await uniCloud.getTempFileURL({ fileList: [fileID], maxAge: 60 })
  assert.equal(await (await read(String(fileList[0]?.['tempFileURL']))).text(), 'plain')
})

test('class aliyun learns why it cannot upload over plain http', async (t) => {
  const world = await openStockWorld(t, { files: {} })
  const { uniCloud } = world.app({ provider: 'aliyun', platform: 'mp-weixin' })
  const asked = uniCloud.uploadFile({ filePath: photo(t, 'x'), cloudPath: 'a.png' })
  await assert.rejects(asked, { code: 'FILE_OPERATION_REFUSED' })
})

test('class dcloud deletes where the space lets clients, and nowhere else', async (t) => {
  const closed = await openStockWorld(t, { files: {} })
  const one = closed.app({ provider: 'dcloud', platform: 'mp-weixin' }).uniCloud
  const kept = await one.uploadFile({ filePath: photo(t, 'x'), cloudPath: 'a.png' })
  await assert.rejects(one.deleteFile({ fileList: [kept['fileID']] }))
  const open = await openStockWorld(t, { files: { clientDelete: true, publicRead: true } })
  const two = open.app({ provider: 'dcloud', platform: 'mp-weixin' }).uniCloud
  const { fileID } = await two.uploadFile({ filePath: photo(t, 'x'), cloudPath: 'a.png' })
  assert.equal((await read(String(fileID))).status, 200)
  assert.deepEqual(await two.deleteFile({ fileList: [fileID] }), { fileList: [{ fileID, code: 'SUCCESS' }] })
  assert.equal((await read(String(fileID))).status, 404)
})
