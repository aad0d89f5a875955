import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { createServer, request as forward } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { FILE_HEAD_BYTES, base64urlDecode, concatBytes, openFile, sealFile } from '@drawbridge/protocol'
import type { FileContentKey, SecretType, SuiteNumber } from '@drawbridge/protocol'
import { nodePrimitives } from '@drawbridge/protocol/node'
import { createSecureClient } from '../flows/secure-call-client.ts'
import { refusalOf, resultOf } from '../flows/secure-call-world.ts'
import { openHostileWorld } from './secure-network-world.ts'

interface Prepared {
  readonly url: string
  readonly fileID: string
  readonly formData: Readonly<Record<string, string>>
  readonly content?: { readonly suite: SuiteNumber; readonly key: string }
}

/** A server with files, a client that goes by an eavesdropper, and all that he has heard. */
async function open(t: TestContext) {
  const heard: Buffer[] = []
  const between = createServer((request, response) => {
    const { method, url, headers } = request
    heard.push(Buffer.from(JSON.stringify([url, headers])))
    const onward = forward(target(), { method, path: url, headers }, (answer) => {
      heard.push(Buffer.from(JSON.stringify(answer.headers)))
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.on('data', (bytes: Buffer) => heard.push(bytes))
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy())
    request.on('data', (bytes: Buffer) => heard.push(bytes))
    request.pipe(onward)
  })
  await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(between.address() as AddressInfo).port}`
  t.after(() => {
    between.closeAllConnections()
    between.close()
  })
  const world = await openHostileWorld(
    t,
    { rules: { 'drawbridge-files': [{}] } },
    { files: { clientDelete: true, publicUrl: endpoint } },
  )
  const target = (): string => world.server.endpoint
  const { appId, wxAppid, spaceId, phone } = world
  const client = createSecureClient({ endpoint, spaceId, appId, wxAppid, openid: phone.openid, deviceId: 'device-1' })
  const key = await world.key()
  const call = (method: string, params: object, secretType: SecretType = 'both', suite: SuiteNumber = 2) =>
    client.call({ target: `o:drawbridge-files/${method}`, key, suite, secretType, data: { method, params: [params] } })
  const prepare = async (method: string, params: object, suite?: SuiteNumber): Promise<Prepared> =>
    resultOf(await call(method, { secret: true, ...params }, 'both', suite)) as Prepared
  return { ...world, call, prepare, heardAll: () => Buffer.concat(heard) }
}

function keyOf({ content }: Prepared, direction: FileContentKey['direction']): FileContentKey {
  assert.ok(content)
  const contentKey = base64urlDecode(content.key)
  assert.equal(contentKey?.length, 32)
  return { suite: content.suite, contentKey, direction }
}

function sealed(prepared: Prepared, plain: Uint8Array): Buffer {
  const file = sealFile(nodePrimitives, keyOf(prepared, 'upload'), randomBytes(16))
  const chunks = file?.sealer.push(plain)
  const end = file?.sealer.end()
  assert.ok(file && chunks && end)
  return Buffer.from(concatBytes(file.head, ...chunks, end.bytes))
}

async function send({ url, formData }: Prepared, bytes: Uint8Array): Promise<number> {
  const { policy = '', Signature = '' } = formData
  const headers = {
    'content-type': 'application/vnd.usn1',
    'x-drawbridge-policy': policy,
    'x-drawbridge-signature': Signature,
    connection: 'close',
  }
  const answer = await fetch(url, { method: 'POST', headers, body: new Uint8Array(bytes) })
  await answer.text()
  return answer.status
}

async function read(prepared: Prepared): Promise<Buffer | undefined> {
  const answer = await fetch(prepared.url, { headers: { connection: 'close' } })
  const bytes = new Uint8Array(await answer.arrayBuffer())
  const opener = openFile(nodePrimitives, keyOf(prepared, 'download'), bytes.subarray(0, FILE_HEAD_BYTES))
  const bodies = opener?.push(bytes.subarray(FILE_HEAD_BYTES))
  const end = opener?.end()
  return bodies && end && Buffer.from(concatBytes(...bodies, end.body))
}

const PLAIN = Buffer.from('the number of the account is 6222 0000 1111 2222; '.repeat(4000))

for (const suite of [1, 2] as const)
  test(`who hears everything learns neither a file nor its key, in suite ${suite}`, async (t) => {
    const { prepare, heardAll } = await open(t)
    const up = await prepare('prepareUpload', { cloudPath: 'statement.pdf' }, suite)
    assert.equal(up.content?.suite, suite)
    assert.equal(await send(up, sealed(up, PLAIN)), 200)
    const down = await prepare('prepareDownload', { fileID: up.fileID }, suite)
    assert.ok((await read(down))?.equals(PLAIN))
    const heard = heardAll()
    assert.ok(heard.includes('application/vnd.usn1'), 'he did hear the transfers')
    assert.ok(heard.length > 2 * PLAIN.length)
    assert.ok(!heard.includes('account is 6222'))
    for (const { content } of [up, down]) {
      assert.ok(!heard.includes(content?.key ?? ''))
      assert.ok(!heard.includes(Buffer.from(content?.key ?? '', 'base64url')))
    }
    // Who knows a file's id may ask for the file.
    const [, , , , , id = ''] = up.fileID.split('/')
    assert.match(id, /^[0-9a-f]{32}$/)
    const words = heard.toString('latin1')
    const decoded = (words.match(/[\w-]{40,}/g) ?? []).map((word) => Buffer.from(word, 'base64url').toString('latin1'))
    for (const secret of [id, Buffer.from(id, 'hex').toString('latin1'), 'statement.pdf'])
      assert.ok(![words, ...decoded].some((text) => text.includes(secret)), secret)
  })

test('what he changes, cuts or sends again is refused, and nothing of it is a file', async (t) => {
  const { prepare, call } = await open(t)
  const wrongs: readonly ((bytes: Buffer) => Uint8Array)[] = [
    (bytes) => bytes.map((byte, at) => (at === 1000 ? byte ^ 0x80 : byte)),
    (bytes) => bytes.subarray(0, -1),
    (bytes) => bytes.subarray(0, FILE_HEAD_BYTES + 65_536 + 16),
    (bytes) => Buffer.concat([bytes, bytes.subarray(FILE_HEAD_BYTES)]),
    () => PLAIN,
  ]
  for (const wrong of wrongs) {
    const up = await prepare('prepareUpload', { cloudPath: 'a.txt' })
    assert.equal(await send(up, wrong(sealed(up, PLAIN))), 400)
    assert.equal(refusalOf(await call('prepareDownload', { fileID: up.fileID, secret: true })), 'sealed 81001')
    assert.equal(await send(up, sealed(up, PLAIN)), 409)
  }
  const up = await prepare('prepareUpload', { cloudPath: 'a.txt' })
  const bytes = sealed(up, PLAIN)
  assert.deepEqual([await send(up, bytes), await send(up, bytes)], [200, 409])
  const form = new FormData()
  const fresh = await prepare('prepareUpload', { cloudPath: 'a.txt' })
  for (const [name, value] of Object.entries(fresh.formData)) form.set(name, value)
  form.set('file', new Blob(['another’s']), 'a.txt')
  const answer = await fetch(fresh.url, { method: 'POST', body: form, headers: { connection: 'close' } })
  assert.match(await answer.text(), /FILE_CONTENT_MISMATCHED/)
})

test('a key is asked for in vain where the answer would show it, and the rules are met by every call', async (t) => {
  const { call, client, spaceId, server, prepare } = await open(t)
  const up = await prepare('prepareUpload', { cloudPath: 'a.txt' })
  assert.equal(await send(up, sealed(up, PLAIN)), 200)
  for (const secretType of ['none', 'request'] as const) {
    for (const [method, params] of [
      ['prepareUpload', { cloudPath: 'a.txt', secret: true }],
      ['prepareDownload', { fileID: up.fileID, secret: true }],
    ] as const)
      assert.equal(refusalOf(await call(method, params, secretType)), 'sealed 70008')
  }
  const clientInfo = { appId: '__UNI__SECURE', deviceId: 'd', osName: 'ios', uniPlatform: 'mp-weixin' }
  const before = server.verdicts.length
  for (const [method, params] of [
    ['prepareUpload', { cloudPath: 'a.txt' }],
    ['prepareDownload', { fileID: up.fileID }],
    ['getTempFileURL', { fileList: [up.fileID] }],
    ['deleteFile', { fileList: [up.fileID] }],
  ] as const) {
    const data = { method, params: [params] }
    const plain = await client.plain({ spaceId, target: `o:drawbridge-files/${method}`, data, clientInfo })
    assert.deepEqual([plain.status, plain.json['errCode']], [401, 70008])
  }
  assert.deepEqual(
    server.verdicts.slice(before).map(({ target, outcome }) => `${outcome} ${target}`),
    ['prepareUpload', 'prepareDownload', 'getTempFileURL', 'deleteFile'].map((m) => `refused o:drawbridge-files/${m}`),
  )
  assert.deepEqual(resultOf(await call('deleteFile', { fileList: [up.fileID] })), {
    fileList: [{ fileID: up.fileID, code: 'SUCCESS' }],
  })
})

test('keys and signatures of transfers stand in no line of the log', async (t) => {
  const { prepare, server, call } = await open(t)
  const up = await prepare('prepareUpload', { cloudPath: 'a.txt' })
  await send(up, sealed(up, PLAIN))
  await send(up, sealed(up, PLAIN))
  const down = await prepare('prepareDownload', { fileID: up.fileID })
  await read(down)
  await fetch(`${down.url}x`, { headers: { connection: 'close' } })
  await call('prepareDownload', { fileID: `${up.fileID}x`, secret: true })
  const log = server.lines.join('')
  const { searchParams } = new URL(down.url)
  for (const secret of [up.content?.key, down.content?.key, up.formData['Signature'], searchParams.get('sealed')])
    assert.ok(secret && !log.includes(secret))
})
