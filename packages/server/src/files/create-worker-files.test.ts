import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '@drawbridge/runtime'
import { factsOf, openFileWorld, spaceOf } from './file-world-fixture.ts'
import type { FileWorld } from './file-world-fixture.ts'

function ask(world: FileWorld, method: string, params: Json, spaceId = 'shop'): Promise<Json | undefined> {
  return world.service({ space: spaceOf(spaceId), name: 'f', facts: factsOf(), depth: 0 }, method, params)
}

async function added(world: FileWorld, cloudPath: string, text: string): Promise<string> {
  const fileContent = Buffer.from(text).toString('base64')
  const { fileID } = (await ask(world, 'uploadFile', { cloudPath, fileContent })) as { readonly fileID: string }
  return fileID
}

test('a function uploads, downloads, links and deletes files of its space', async (t) => {
  const world = await openFileWorld(t)
  const fileID = await added(world, 'reports/1.txt', 'hello')
  assert.deepEqual(await ask(world, 'downloadFile', { fileID }), {
    fileContent: Buffer.from('hello').toString('base64'),
  })
  const linked = (await ask(world, 'getTempFileURL', { fileList: [fileID, 'none'], maxAge: 60 })) as {
    readonly fileList: readonly { readonly fileID: string; readonly tempFileURL: string }[]
  }
  const [link, none] = linked.fileList
  assert.deepEqual(none, { fileID: 'none', tempFileURL: '' })
  assert.equal(await (await fetch(link?.tempFileURL ?? '')).text(), 'hello')
  world.advance(61_000)
  assert.equal((await fetch(link?.tempFileURL ?? '')).status, 403)
  assert.deepEqual(await ask(world, 'deleteFile', { fileList: [fileID] }), { fileList: [{ fileID, code: 'SUCCESS' }] })
  await assert.rejects(ask(world, 'downloadFile', { fileID }), { code: 'FILE_NOT_FOUND' })
  assert.deepEqual(world.contents(), [])
})

test('a function sees no file of another space', async (t) => {
  const world = await openFileWorld(t)
  const fileID = await added(world, 'a.txt', 'x')
  for (const tried of [fileID, fileID.replace('/shop/', '/other/')]) {
    await assert.rejects(ask(world, 'downloadFile', { fileID: tried }, 'other'), { code: 'FILE_NOT_FOUND' })
    await ask(world, 'deleteFile', { fileList: [tried] }, 'other')
  }
  assert.equal(world.contents().length, 1)
})

test('what a function sends is checked like a stranger’s', async (t) => {
  const world = await openFileWorld(t, { maxBytes: 4, refuse: ['.exe'] })
  const rows: readonly (readonly [string, Json, string])[] = [
    ['uploadFile', { cloudPath: 'a.txt' }, 'REQUEST_INVALID'],
    ['uploadFile', null, 'REQUEST_INVALID'],
    ['uploadFile', { cloudPath: '../a', fileContent: '' }, 'FILE_PATH_INVALID'],
    ['uploadFile', { cloudPath: 'a.exe', fileContent: '' }, 'FILE_TYPE_REFUSED'],
    ['uploadFile', { cloudPath: 'a.txt', fileContent: Buffer.from('12345').toString('base64') }, 'FILE_TOO_LARGE'],
    ['downloadFile', { fileID: ['x'] }, 'REQUEST_INVALID'],
    ['getTempFileURL', { fileList: [] }, 'REQUEST_INVALID'],
    ['getTempFileURL', { fileList: Array.from({ length: 51 }, () => 'x') }, 'REQUEST_INVALID'],
    ['constructor', {}, 'METHOD_UNKNOWN'],
    ['__proto__', {}, 'METHOD_UNKNOWN'],
  ]
  for (const [method, params, code] of rows) await assert.rejects(ask(world, method, params), { code }, method)
  assert.deepEqual(world.contents(), [])
})
