import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openFileWorld } from './file-world-fixture.ts'
import type { FileWorld } from './file-world-fixture.ts'

async function contentAt(world: FileWorld, fileID: string): Promise<string> {
  return (await fetch(await world.urlOf(fileID))).text()
}

test('a read URL is good for its file, its time and nothing else', async (t) => {
  const world = await openFileWorld(t)
  const url = await world.urlOf(await world.store('a.png', 'mine'))
  const other = new URL(await world.urlOf(await world.store('a.png', 'other')))
  const { pathname } = new URL(url)
  const search = new URL(url).search
  const later = search.replace(/expires=(\d+)/, (_all, at: string) => `expires=${Number(at) + 1}`)
  const rows: readonly (readonly [string, number])[] = [
    [url, 200],
    [world.endpoint + pathname, 403],
    [world.endpoint + pathname + later, 403],
    [world.endpoint + pathname + search.slice(0, -1), 403],
    [world.endpoint + pathname + search.replace('signature', 'Signature'), 403],
    [world.endpoint + other.pathname + search, 403],
    [world.endpoint + pathname.replace('a.png', 'a.html') + search, 404],
    [world.endpoint + pathname.replace('/shop/', '/other/') + search, 403],
    [world.endpoint + pathname.replace('/shop/', '/constructor/') + search, 404],
    [`${world.endpoint}/files/shop/${'A'.repeat(32)}/a.png${search}`, 404],
  ]
  for (const [target, status] of rows) assert.equal((await fetch(target)).status, status, target)
  world.advance(7201_000)
  const late = await fetch(url)
  assert.equal(late.status, 403)
  assert.match(await late.text(), /FILE_SIGNATURE_INVALID.*expired/)
})

test('ranges cost no more than one answer', async (t) => {
  const world = await openFileWorld(t)
  const url = await world.urlOf(await world.store('a.png', '0123456789'))
  const many = await fetch(url, { headers: { range: `bytes=${'0-,'.repeat(1500)}0-` } })
  assert.deepEqual([many.status, await many.text()], [200, '0123456789'])
  const huge = await fetch(url, { headers: { range: 'bytes=0-99999999999999999999' } })
  assert.deepEqual([huge.status, await huge.text()], [200, '0123456789'])
})

test('clients cannot delete unless the space says so, and never another space’s file', async (t) => {
  const world = await openFileWorld(t)
  const fileID = await world.store('a.png', 'x')
  const asked = world.methods.deleteDcloudFiles(world.call(), { fileList: [fileID] })
  await assert.rejects(asked, { code: 'FILE_OPERATION_REFUSED' })
  const open = await openFileWorld(t, { clientDelete: true })
  const mine = await open.store('a.png', 'x')
  const byOther = await open.methods.deleteDcloudFiles(open.call('other'), { fileList: [mine] })
  assert.deepEqual(byOther, { fileList: [{ fileID: mine, code: 'FILE_NOT_FOUND' }] })
  const renamed = mine.replace('/shop/', '/other/')
  await open.methods.deleteDcloudFiles(open.call('other'), { fileList: [renamed] })
  assert.equal(await contentAt(open, mine), 'x')
  const gone = await open.methods.deleteDcloudFiles(open.call(), { fileList: [mine, mine, 'nonsense'] })
  assert.deepEqual(gone, {
    fileList: [
      { fileID: mine, code: 'SUCCESS' },
      { fileID: mine, code: 'FILE_NOT_FOUND' },
      { fileID: 'nonsense', code: 'FILE_NOT_FOUND' },
    ],
  })
  assert.deepEqual(open.contents(), [])
})
