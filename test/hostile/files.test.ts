import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { startClientServer } from '@drawbridge/server/testing'
import { createStockClient } from '../flows/stock-client.ts'

const space = {
  spaceId: 'shop',
  clientSecret: 'shop-client-secret',
  origins: [],
  provider: 'aliyun',
  workers: { max: 1, memoryMb: 64, timeoutSeconds: 1, queueMax: 1 },
  environment: {},
}

async function open(t: TestContext) {
  const spaces = [space, { ...space, spaceId: 'bank', clientSecret: 'bank-client-secret' }]
  const server = await startClientServer({ spaces, files: { uploadsPerMinute: 5, clientDelete: true } })
  t.after(() => server.close())
  const read = (path: string, init: RequestInit = {}) =>
    fetch(path.startsWith('/') ? server.endpoint + path : path, { ...init, headers: { connection: 'close' } })
  const client = (spaceId: string, clientSecret: string) => {
    const { endpoint } = server
    return createStockClient({ provider: 'dcloud', platform: 'mp-weixin', endpoint, spaceId, clientSecret }).uniCloud
  }
  return { ...server, read, client }
}

test('without a ticket nothing is uploaded, and nothing is listed', async (t) => {
  const { read } = await open(t)
  const body = new FormData()
  body.set('file', new Blob(['x']), 'x.png')
  assert.equal((await read('/files/shop/upload', { method: 'POST', body })).status, 403)
  for (const path of [
    '/files',
    '/files/',
    '/files/shop',
    '/files/shop/',
    '/files/shop/upload',
    '/files/shop/a',
    '/files/shop/a/b',
  ])
    assert.equal((await read(path)).status, 404, path)
  for (const path of [
    '/files/shop/..%2f..%2fdrawbridge.db/x',
    '/files/..%2f/x/y',
    '/files/constructor/x/y',
    '/files/nowhere/x/y',
  ])
    assert.equal((await read(path)).status, 404, path)
})

test('who does not know the space’s secret gets no ticket, and who knows it gets so many a minute', async (t) => {
  const { client } = await open(t)
  const stranger = client('shop', 'guessed')
  const asked = { filePath: import.meta.filename, cloudPath: 'a.ts' }
  await assert.rejects(stranger.uploadFile(asked), { code: 'SignatureNotMatch' })
  const known = client('shop', space.clientSecret)
  for (let count = 0; count < 5; count++) await known.uploadFile(asked)
  await assert.rejects(known.uploadFile(asked), { code: 'Throttling.Api' })
})

test('a client of one space neither reads nor deletes what another holds', async (t) => {
  const { client, read } = await open(t)
  const shop = client('shop', space.clientSecret)
  const bank = client('bank', 'bank-client-secret')
  const { fileID } = await bank.uploadFile({ filePath: import.meta.filename, cloudPath: 'a.html' })
  for (const tried of [String(fileID), String(fileID).replace('/bank/', '/shop/')]) {
    const { fileList } = await shop.getTempFileURL({ fileList: [tried] })
    assert.equal(fileList[0]?.['tempFileURL'], '')
    await shop.deleteFile({ fileList: [tried] })
    assert.notEqual((await read(tried)).status, 200)
  }
  const { fileList } = await bank.getTempFileURL({ fileList: [fileID] })
  const answer = await read(String(fileList[0]?.['tempFileURL']))
  assert.equal(answer.status, 200)
  assert.match(answer.headers.get('content-disposition') ?? '', /^attachment/)
  await answer.text()
})
