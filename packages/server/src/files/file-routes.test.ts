import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { openFileWorld } from './file-world-fixture.ts'
import type { DcloudTicket } from './file-world-fixture.ts'

test('a file goes up and comes down, whole, in part and as facts alone', async (t) => {
  const world = await openFileWorld(t)
  const content = randomBytes(300_000)
  const fileID = await world.store('photos/猫.png', content)
  assert.match(fileID, /\/files\/shop\/[0-9a-f]{32}\/%E7%8C%AB\.png$/)
  await world.methods.reportDcloudUpload(world.call(), { cloudPath: 'photos/猫.png' })
  const url = await world.urlOf(fileID)

  const whole = await fetch(url)
  assert.equal(whole.status, 200)
  assert.equal(whole.headers.get('content-type'), 'image/png')
  assert.equal(whole.headers.get('content-length'), '300000')
  assert.equal(whole.headers.get('x-content-type-options'), 'nosniff')
  assert.match(
    whole.headers.get('content-disposition') ?? '',
    /^inline; filename="_\.png"; filename\*=UTF-8''%E7%8C%AB\.png$/,
  )
  assert.ok(Buffer.from(await whole.arrayBuffer()).equals(content))

  const part = await fetch(url, { headers: { range: 'bytes=100-199' } })
  assert.equal(part.status, 206)
  assert.equal(part.headers.get('content-range'), 'bytes 100-199/300000')
  assert.ok(Buffer.from(await part.arrayBuffer()).equals(content.subarray(100, 200)))

  const head = await fetch(url, { method: 'HEAD' })
  assert.equal(head.headers.get('content-length'), '300000')
  assert.equal(head.headers.get('content-type'), 'image/png')
  const beyond = await fetch(url, { headers: { range: 'bytes=300000-' } })
  assert.deepEqual([beyond.status, beyond.headers.get('content-range')], [416, 'bytes */300000'])
})

test('an empty file is a file', async (t) => {
  const world = await openFileWorld(t)
  const answer = await fetch(await world.urlOf(await world.store('empty.txt', '', 'text/plain')))
  assert.deepEqual([answer.status, await answer.text()], [200, ''])
})

test('the form of class aliyun is taken in the order in which its client writes it', async (t) => {
  const world = await openFileWorld(t)
  const call = { ...world.call(), origin: { scheme: 'https', authority: 'api.example.com' } }
  const data = (await world.methods.signAliyunUpload(call, { env: 'public', filename: 'a,b.png' })) as Readonly<
    Record<string, string>
  >
  const { id = '', host = '', cdnDomain = '', ossPath = '', accessKeyId = '', signature = '', policy = '' } = data
  assert.equal(host, 'api.example.com/files/shop/upload')
  await assert.rejects(world.methods.reportAliyunUpload(call, { id }), { code: 'FILE_NOT_FOUND' })
  const formData = {
    'Cache-Control': 'max-age=2592000',
    'Content-Disposition': 'attachment',
    OSSAccessKeyId: accessKeyId,
    Signature: signature,
    host,
    id,
    key: ossPath,
    policy,
    success_action_status: '200',
  }
  const url = `${world.endpoint}/files/shop/upload`
  const headers = { 'X-OSS-server-side-encrpytion': 'AES256' }
  assert.equal((await world.upload({ url, formData, content: 'png', headers })).status, 200)
  await world.methods.reportAliyunUpload(call, { id })
  const fileID = `https://${cdnDomain}/${ossPath}`
  const infos = await world.methods.describeAliyunFiles(world.call(), [fileID, 'https://nowhere/else'])
  const [info, other] = infos as readonly { readonly url?: string }[]
  assert.equal(await (await fetch(info?.url ?? '')).text(), 'png')
  assert.equal(other?.url, undefined)
  assert.ok(!fileID.includes(','), 'the client joins fileIDs with commas')
})

test('class aliyun is refused over plain http, where its client could not upload', async (t) => {
  const world = await openFileWorld(t)
  const asked = world.methods.signAliyunUpload(world.call(), { env: 'public', filename: 'a.png' })
  await assert.rejects(asked, { code: 'FILE_OPERATION_REFUSED' })
})

test('the configured public URL is the one that clients are given', async (t) => {
  const world = await openFileWorld(t, {}, { publicUrl: 'https://files.example.com:8443' })
  const ticket = await world.methods.signDcloudUpload(world.call(), { cloudPath: 'a.png' })
  const { url, fileUrl } = ticket as unknown as DcloudTicket
  assert.equal(url, 'https://files.example.com:8443/files/shop/upload')
  assert.match(fileUrl, /^https:\/\/files\.example\.com:8443\/files\/shop\/[0-9a-f]{32}\/a\.png$/)
})

test('a browser page of the space’s origin may upload and read, errors included; any other page may not', async (t) => {
  const world = await openFileWorld(t)
  const url = await world.urlOf(await world.store('a.png', 'x'))
  const upload = `${world.endpoint}/files/shop/upload`
  const rows: readonly (readonly [string, RequestInit, string | null])[] = [
    [upload, { method: 'OPTIONS' }, 'https://shop.example'],
    [upload, { method: 'POST', body: new FormData() }, 'https://shop.example'],
    [url, {}, 'https://shop.example'],
    [`${url}x`, {}, 'https://shop.example'],
    [url, {}, null],
    [upload, { method: 'OPTIONS' }, null],
  ]
  for (const [target, init, allowed] of rows) {
    const origin = allowed ?? 'https://evil.example'
    const asked = { origin, 'access-control-request-headers': 'x-oss-server-side-encrpytion' }
    const answer = await fetch(target, { ...init, headers: asked })
    assert.equal(answer.headers.get('access-control-allow-origin'), allowed, `${init.method ?? 'GET'} ${target}`)
    if (init.method === 'OPTIONS')
      assert.equal(answer.headers.get('access-control-allow-headers'), 'x-oss-server-side-encrpytion')
    await answer.arrayBuffer()
  }
})

test('a fileID is readable as it is only where the space says so', async (t) => {
  const closed = await openFileWorld(t)
  assert.equal((await fetch(await closed.store('a.png', 'x'))).status, 403)
  const open = await openFileWorld(t, { publicRead: true })
  const fileID = await open.store('a.png', 'x')
  assert.equal(await (await fetch(fileID)).text(), 'x')
  assert.equal((await fetch(`${fileID}?expires=1&signature=x`)).status, 403)
})

test('what a page could run is saved, not shown', async (t) => {
  const world = await openFileWorld(t)
  const rows: readonly (readonly [string, string, RegExp])[] = [
    ['a.html', 'text/html', /^attachment/],
    ['a.svg', 'image/svg+xml', /^attachment/],
    ['a.png', 'text/html; charset=utf-7', /^attachment/],
    ['a.html', '', /^attachment/],
    ['a.js', 'text/javascript', /^attachment/],
    ['a.xhtml', 'application/xhtml+xml', /^attachment/],
    ['a.pdf', 'application/pdf', /^attachment/],
    ['a.mp4', 'video/mp4', /^inline/],
  ]
  for (const [path, type, expected] of rows) {
    const answer = await fetch(await world.urlOf(await world.store(path, '<script>alert(1)</script>', type)))
    assert.match(answer.headers.get('content-disposition') ?? '', expected, `${path} as ${type}`)
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff')
    assert.match(answer.headers.get('content-security-policy') ?? '', /default-src 'none'/)
    assert.ok(!(answer.headers.get('content-type') ?? '').includes('utf-7'))
    await answer.arrayBuffer()
  }
})
