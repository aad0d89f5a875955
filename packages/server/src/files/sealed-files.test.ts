import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { CHUNK_BYTES, sealedFileBytes } from '@drawbridge/protocol'
import type { DrawbridgeError } from '@drawbridge/protocol'
import { startS3 } from '../../contract/start-s3.ts'
import { openFileWorld } from './file-world-fixture.ts'
import { callFiles, openedBytes, prepare, sealedBytes, sealedRequest, storeSealed } from './sealed-transfer-fixture.ts'

for (const length of [0, 1, CHUNK_BYTES, 3 * CHUNK_BYTES + 5])
  test(`a file of ${length} bytes goes up sealed, is kept as it is, and comes down sealed`, async (t) => {
    const world = await openFileWorld(t)
    const plain = randomBytes(length)
    const fileID = await storeSealed(world, 'photos/猫.png', plain)
    const kept = await fetch(await world.urlOf(fileID))
    assert.deepEqual([kept.status, kept.headers.get('content-type')], [200, 'image/png'])
    assert.ok(Buffer.from(await kept.arrayBuffer()).equals(plain))

    const prepared = await prepare(world, 'prepareDownload', { fileID })
    const answer = await fetch(prepared.url, { headers: { range: 'bytes=0-1' } })
    assert.deepEqual([answer.status, answer.headers.get('content-type')], [200, 'application/vnd.usn1'])
    assert.equal(answer.headers.get('content-length'), String(sealedFileBytes(length)))
    const sealed = Buffer.from(await answer.arrayBuffer())
    assert.ok(openedBytes(prepared, sealed)?.equals(plain))
    const again = Buffer.from(await (await fetch(prepared.url)).arrayBuffer())
    assert.ok(!again.equals(sealed), 'each answer has a salt of its own')
    assert.ok(openedBytes(prepared, again)?.equals(plain))
    const head = await fetch(prepared.url, { method: 'HEAD' })
    assert.equal(head.headers.get('content-length'), String(sealedFileBytes(length)))
  })

test('that a sealed upload has come is said under its own key, once', async (t) => {
  const world = await openFileWorld(t)
  const [up, other] = [
    await prepare(world, 'prepareUpload', { cloudPath: 'a.png' }),
    await prepare(world, 'prepareUpload', { cloudPath: 'a.png' }),
  ]
  const send = () => fetch(up.url, sealedRequest(up, new Uint8Array(sealedBytes(up, randomBytes(9)))))
  const answer = await send()
  assert.deepEqual([answer.status, answer.headers.get('content-type')], [200, 'application/vnd.usn1'])
  const receipt = new Uint8Array(await answer.arrayBuffer())
  assert.equal(openedBytes(up, receipt)?.length, 0)
  assert.equal(openedBytes(other, receipt), undefined)
  assert.equal((await send()).status, 409)
})

test('the content travels by the suite of the call', async (t) => {
  const world = await openFileWorld(t)
  const plain = randomBytes(1000)
  for (const suite of [1, 2] as const) {
    const up = await prepare(world, 'prepareUpload', { cloudPath: 'a.png' }, { proof: { suite } })
    assert.equal(up.content?.suite, suite)
    const answer = await fetch(up.url, sealedRequest(up, new Uint8Array(sealedBytes(up, plain))))
    assert.equal(answer.status, 200)
    const down = await prepare(world, 'prepareDownload', { fileID: up.fileID }, { proof: { suite } })
    assert.equal(down.content?.suite, suite)
    const sealed = new Uint8Array(await (await fetch(down.url)).arrayBuffer())
    assert.ok(openedBytes(down, sealed)?.equals(plain))
    assert.equal(openedBytes({ content: { ...down.content, suite: suite === 1 ? 2 : 1 } }, sealed), undefined)
  }
})

test('with a bucket, what is sealed goes through this server in both directions, and the bucket has it plain', async (t) => {
  const s3 = await startS3()
  t.after(() => s3.close())
  const world = await openFileWorld(t, { maxBytes: 200_000 }, { s3: { ...s3.config, publicUrl: s3.config.bucketUrl } })
  const plain = randomBytes(150_000)
  const fileID = await storeSealed(world, 'a.png', plain)
  const direct = await world.urlOf(fileID)
  assert.ok(direct.startsWith(s3.config.bucketUrl))
  assert.ok(Buffer.from(await (await fetch(direct)).arrayBuffer()).equals(plain))
  const prepared = await prepare(world, 'prepareDownload', { fileID })
  assert.ok(prepared.url.startsWith(world.endpoint))
  assert.ok(openedBytes(prepared, new Uint8Array(await (await fetch(prepared.url)).arrayBuffer()))?.equals(plain))
  const up = await prepare(world, 'prepareUpload', { cloudPath: 'b.png' })
  const broken = sealedBytes(up, plain).subarray(0, -1)
  assert.equal((await fetch(up.url, sealedRequest(up, new Uint8Array(broken)))).status, 400)
  assert.deepEqual(world.contents(), [])
  assert.equal(await world.files.find({ spaceId: 'shop', id: up.fileID.split('/')[5] ?? '' }), undefined)
})

test('without "secret" the object’s transfers are the plain ones, and nobody is given a key', async (t) => {
  const world = await openFileWorld(t)
  const params = { cloudPath: '/a.png', cloudPathAsRealPath: true, secret: false }
  const up = await prepare(world, 'prepareUpload', params, { proof: { secretType: 'response' } })
  assert.equal(up.content, undefined)
  assert.equal((await world.upload({ ...up, content: 'plain', type: 'image/gif' })).status, 200)
  const down = await prepare(world, 'prepareDownload', { fileID: up.fileID, secret: false }, { proof: undefined })
  assert.deepEqual(Object.keys(down), ['url'])
  const answer = await fetch(down.url)
  assert.deepEqual([answer.headers.get('content-type'), await answer.text()], ['image/gif', 'plain'])
})

test('a call that hides its own direction has to hide the content too, so that a rule is one for contents', async (t) => {
  const world = await openFileWorld(t)
  const fileID = await storeSealed(world, 'a.png', randomBytes(9))
  for (const [method, params, hiding, open] of [
    ['prepareUpload', { cloudPath: 'a.png', secret: false }, ['request', 'both'], ['none', 'response']],
    ['prepareDownload', { fileID, secret: false }, ['response', 'both'], ['none', 'request']],
  ] as const) {
    for (const secretType of hiding)
      await assert.rejects(
        prepare(world, method, params, { proof: { secretType } }),
        ({ code, detail }: DrawbridgeError) => code === 'REQUEST_INVALID' && detail['field'] === 'secret',
      )
    for (const secretType of open)
      assert.equal((await prepare(world, method, params, { proof: { secretType } })).content, undefined)
  }
})

test('URLs name the address by which the call came, unless the configuration names one', async (t) => {
  const world = await openFileWorld(t)
  const origin = () => ({ scheme: 'https', authority: 'api.example.com:8443' })
  const up = await prepare(world, 'prepareUpload', { cloudPath: 'a.png' }, { origin })
  assert.ok(up.url.startsWith('https://api.example.com:8443/files/'))
  assert.ok(up.fileID.startsWith('https://api.example.com:8443/files/'))
  const unknown = await prepare(world, 'prepareUpload', { cloudPath: 'a.png' })
  assert.ok(unknown.url.startsWith(world.endpoint))
})

test('the type is what the client said when it asked, and is held against what the space takes', async (t) => {
  const world = await openFileWorld(t, { accept: ['image/*'] })
  const up = await prepare(world, 'prepareUpload', { cloudPath: 'a', type: 'image/webp' })
  assert.equal((await fetch(up.url, sealedRequest(up, new Uint8Array(sealedBytes(up, randomBytes(5)))))).status, 200)
  assert.equal((await fetch(await world.urlOf(up.fileID))).headers.get('content-type'), 'image/webp')
  const asked = prepare(world, 'prepareUpload', { cloudPath: 'a', type: 'text/html' })
  await assert.rejects(asked, { code: 'FILE_TYPE_REFUSED' })
})

test('URLs are given for as long as each was asked for, and files are deleted where the space lets clients do so', async (t) => {
  const world = await openFileWorld(t, { clientDelete: true })
  const [one, two] = [await world.store('a.png', '1'), await world.store('b.png', '2')]
  const fileList = [one, { fileID: two, maxAge: 60 }, 'https://nowhere/else']
  const { fileList: urls } = (await callFiles(world, 'getTempFileURL', { fileList })) as unknown as {
    readonly fileList: readonly { readonly fileID: string; readonly tempFileURL: string }[]
  }
  assert.deepEqual(
    urls.map(({ fileID }) => fileID),
    [one, two, 'https://nowhere/else'],
  )
  assert.equal(urls[2]?.tempFileURL, '')
  const statuses = async () => [
    (await fetch(urls[0]?.tempFileURL ?? '')).status,
    (await fetch(urls[1]?.tempFileURL ?? '')).status,
  ]
  assert.deepEqual(await statuses(), [200, 200])
  world.advance(61_000)
  assert.deepEqual(await statuses(), [200, 403])
  assert.deepEqual(await callFiles(world, 'deleteFile', { fileList: [one, one] }), {
    fileList: [
      { fileID: one, code: 'SUCCESS' },
      { fileID: one, code: 'FILE_NOT_FOUND' },
    ],
  })
})

test('a browser page of the space’s origin may send what is sealed and read the answers', async (t) => {
  const world = await openFileWorld(t)
  const up = await prepare(world, 'prepareUpload', { cloudPath: 'a.png' })
  const origin = 'https://shop.example'
  const asked = 'content-type,x-drawbridge-policy,x-drawbridge-signature'
  const preflight = await fetch(up.url, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-headers': asked },
  })
  assert.equal(preflight.headers.get('access-control-allow-headers'), asked)
  assert.equal(preflight.headers.get('access-control-allow-origin'), origin)
  const { headers, ...request } = sealedRequest(up, new Uint8Array(sealedBytes(up, randomBytes(9))))
  const sent = await fetch(up.url, { ...request, headers: { ...(headers as Record<string, string>), origin } })
  assert.deepEqual([sent.status, sent.headers.get('access-control-allow-origin')], [200, origin])
  const down = await prepare(world, 'prepareDownload', { fileID: up.fileID })
  const answer = await fetch(down.url, { headers: { origin } })
  assert.equal(answer.headers.get('access-control-allow-origin'), origin)
})

test('five uploads at once come out as they went in', async (t) => {
  const world = await openFileWorld(t)
  const plains = [1, 2, 3, 4, 5].map((count) => randomBytes(count * 70_000))
  const ids = await Promise.all(plains.map((plain, index) => storeSealed(world, `${index}.png`, plain)))
  for (const [index, fileID] of ids.entries())
    assert.ok(
      Buffer.from(await (await fetch(await world.urlOf(fileID))).arrayBuffer()).equals(plains[index] ?? randomBytes(1)),
    )
})
