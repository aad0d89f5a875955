import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { secretTypes } from '@drawbridge/protocol'
import type { FileContentKey } from '@drawbridge/protocol'
import type { HostAnswer } from '../host.ts'
import type { UniCloudError } from '../uni-cloud-error.ts'
import { openFilePeer, sealed } from './file-peer-fixture.ts'
import type { FilePeer } from './file-peer-fixture.ts'

const FILE_ID = 'https://files.example.com/photos/a.png'
const MARKER = 'a picture'

/** What travelled, to somebody who reads along. */
function seen({ sent }: FilePeer): string {
  return sent.map(({ body }) => Buffer.from(body ?? '').toString('latin1')).join('\n')
}

for (const secretType of secretTypes)
  test(`with secretType ${secretType} a file goes up and comes down, sealed where its direction is to be hidden`, async () => {
    const peer = await openFilePeer()
    const filePath = 'wxfile://tmp_1.png'
    const up = await peer.client.uploadFile({ filePath, cloudPath: ' photos/a.png ', secretType })
    assert.deepEqual(up, { success: true, fileID: FILE_ID, filePath, requestId: 'r-1' })
    assert.equal(peer.kept.get(FILE_ID)?.toString(), MARKER)
    const hidesUp = secretType === 'request' || secretType === 'both'
    assert.equal(peer.forms.length, hidesUp ? 0 : 1)
    assert.equal(peer.reads.length, hidesUp ? 1 : 0)
    assert.ok(!seen(peer).includes(MARKER))

    peer.contentKeys.length = 0
    const down = await peer.client.downloadFile({ fileID: FILE_ID, secretType })
    assert.equal(down.statusCode, 200)
    assert.match(down.tempFilePath ?? '', /^[0-9a-f]{32}\.png$/)
    assert.equal(Buffer.from(peer.disk.get(down.tempFilePath ?? '') ?? '').toString(), MARKER)
    const hidesDown = secretType === 'response' || secretType === 'both'
    assert.equal(peer.contentKeys.length, hidesDown ? 1 : 0)
    assert.deepEqual(
      peer.prepared.map(({ method, secretType: actual }) => [method, actual ?? 'none']),
      [
        ['prepareUpload', hidesUp ? 'both' : secretType],
        ['prepareDownload', hidesDown ? 'both' : secretType],
      ],
    )
  })

test('bytes go up as data, and the rules seal them where the app says nothing', async () => {
  const peer = await openFilePeer({ rules: { '*': [{ platform: 'mp-weixin', secretType: 'both' }] } })
  const data = randomBytes(150_000)
  for (const given of [Uint8Array.from(data), Uint8Array.from(data).buffer]) {
    await peer.client.uploadFile({ data: given, cloudPath: 'photos/a.png' })
    assert.ok(peer.kept.get(FILE_ID)?.equals(data))
    peer.kept.clear()
  }
  assert.equal(peer.forms.length, 0)
  const plain = await openFilePeer({ platform: 'web' })
  await plain.client.uploadFile({ data: Uint8Array.from(data), cloudPath: 'photos/a.png' })
  assert.ok(plain.kept.get(FILE_ID)?.equals(data))
  assert.match(plain.forms[0]?.spareName ?? '', /^[0-9a-f]{32}\.png$/)
})

test('each sealed upload has a salt and a key of its own, and reads its file once', async () => {
  const peer = await openFilePeer()
  const upload = () =>
    peer.client.uploadFile({ filePath: 'wxfile://tmp_1.png', cloudPath: 'photos/a.png', secret: true })
  for (let turn = 0; turn < 3; turn++) await upload()
  const heads = peer.sent.flatMap(({ url, body }) => (url === FILE_ID ? [Buffer.from(body ?? '').subarray(7, 23)] : []))
  assert.equal(new Set(heads.map((head) => head.toString('hex'))).size, 3)
  assert.equal(new Set(peer.contentKeys.map(({ contentKey }) => Buffer.from(contentKey).toString('hex'))).size, 3)
  assert.equal(peer.reads.length, 3)
})

test('progress is told in uniCloud’s words', async () => {
  const peer = await openFilePeer()
  for (const secret of [true, false]) {
    const told: object[] = []
    const onUploadProgress = (progress: object): unknown => told.push(progress)
    await peer.client.uploadFile({ data: new Uint8Array(9), cloudPath: 'a', secret, onUploadProgress })
    assert.deepEqual(told, [{ loaded: 9, total: 9 }])
  }
})

const big = randomBytes(140_000)
const changes: readonly (readonly [what: string, change: (answer: HostAnswer, peer: FilePeer) => HostAnswer])[] = [
  ['cut in its last chunk', (answer) => ({ ...answer, body: answer.body.subarray(0, -1) })],
  ['cut behind a whole chunk', (answer) => ({ ...answer, body: answer.body.subarray(0, 23 + 65_552) })],
  ['cut to its head', (answer) => ({ ...answer, body: answer.body.subarray(0, 23) })],
  ['changed in its head', (answer) => turned(answer, 10)],
  ['changed at its end', (answer) => turned(answer, answer.body.length - 1)],
  ['longer', (answer) => ({ ...answer, body: Buffer.concat([answer.body, Buffer.alloc(1)]) })],
  ['in clear', (answer) => ({ ...answer, body: big })],
  ['nothing', (answer) => ({ ...answer, body: new Uint8Array(0) })],
  ['an error in clear', () => ({ status: 200, header: {}, body: Buffer.from('{"error":{"code":"FILE_NOT_FOUND"}}') })],
  [
    'of another transfer',
    (answer, { contentKeys: [key] }) => ({
      ...answer,
      body: key ? sealed({ ...key, contentKey: randomBytes(32) }, big) : assert.fail(),
    }),
  ],
  [
    'of the other direction',
    (answer, { contentKeys: [key] }) => ({
      ...answer,
      body: key ? sealed({ ...key, direction: 'upload' }, big) : assert.fail(),
    }),
  ],
]

function turned(answer: HostAnswer, at: number): HostAnswer {
  return { ...answer, body: Uint8Array.from(answer.body, (byte, place) => (place === at ? byte ^ 1 : byte)) }
}

for (const [what, change] of changes)
  test(`a sealed file that comes down ${what} is 10010, and nothing of it is kept`, async () => {
    const peer = await openFilePeer()
    peer.kept.set(FILE_ID, big)
    const paths = [...peer.disk.keys()]
    peer.onTheWay = (answer, { url }) => (url === FILE_ID ? change(answer, peer) : answer)
    await assert.rejects(peer.client.downloadFile({ fileID: FILE_ID, secretType: 'response' }), { errCode: 10010 })
    assert.deepEqual([...peer.disk.keys()], paths)
  })

test('a sealed file whose status is that of a refusal is DOWNLOAD_FAILED with what was said, and is not kept', async () => {
  const peer = await openFilePeer()
  peer.kept.set(FILE_ID, big)
  const paths = [...peer.disk.keys()]
  const said = { error: { code: 'FILE_NOT_FOUND' } }
  for (const [status, body, cause] of [
    [404, undefined, undefined],
    [400, undefined, undefined],
    [403, Buffer.from(JSON.stringify(said)), said.error],
    [500, Buffer.from('<html>'), undefined],
  ] as const) {
    peer.onTheWay = (answer, { url }) => (url === FILE_ID ? { ...answer, status, body: body ?? answer.body } : answer)
    const download = peer.client.downloadFile({ fileID: FILE_ID, secret: true })
    const errMsg = `HTTP status ${status}`
    await assert.rejects(download, { errCode: 'DOWNLOAD_FAILED', errMsg, cause, requestId: 'r-1' })
    assert.deepEqual([...peer.disk.keys()], paths)
  }
})

test('a listener of progress that throws does not make a file that went up one that did not', async () => {
  const peer = await openFilePeer()
  const onUploadProgress = (): void => {
    throw new Error('of the app')
  }
  for (const secret of [true, false]) {
    const asked = { data: new Uint8Array(9), cloudPath: 'photos/a.png', secret, onUploadProgress }
    assert.equal((await peer.client.uploadFile(asked)).success, true)
    await setImmediate()
    assert.throws(peer.timers.get(0) ?? assert.fail('nothing is reported'), { message: 'of the app' })
    peer.timers.clear()
  }
})

test('a sealed upload whose arrival nobody vouches for is 10010', async () => {
  const peer = await openFilePeer()
  const feigned: readonly ((key: FileContentKey) => Uint8Array)[] = [
    () => Buffer.from('{}'),
    () => new Uint8Array(0),
    (key) => sealed({ ...key, direction: 'upload' }, new Uint8Array(0)),
    (key) => sealed({ ...key, contentKey: randomBytes(32), direction: 'download' }, new Uint8Array(0)),
  ]
  for (const feign of feigned) {
    peer.onTheWay = (answer, { url }) =>
      url === FILE_ID ? { ...answer, body: feign(peer.contentKeys.at(-1) ?? assert.fail()) } : answer
    const upload = peer.client.uploadFile({ data: new Uint8Array(9), cloudPath: 'photos/a.png', secret: true })
    await assert.rejects(upload, { errCode: 10010 })
  }
})

test('a transfer for which the server gives no key, or one that does not fit, does not go on in clear', async () => {
  const peer = await openFilePeer()
  peer.kept.set(FILE_ID, big)
  const prepared = { url: FILE_ID, fileID: FILE_ID, name: 'file', formData: { policy: 'p', Signature: 's' } }
  for (const content of [
    undefined,
    { suite: 1, key: 'A'.repeat(43) },
    { suite: 2, key: 'AAAA' },
    { suite: 2, key: '*' },
  ]) {
    peer.result = { ...prepared, content }
    const filePath = 'wxfile://tmp_1.png'
    await assert.rejects(peer.client.uploadFile({ filePath, cloudPath: 'a', secret: true }), { errCode: 10009 })
    await assert.rejects(peer.client.downloadFile({ fileID: FILE_ID, secret: true }), { errCode: 10010 })
  }
  assert.equal(peer.forms.length, 0)
  assert.ok(peer.sent.every(({ url, method }) => url !== FILE_ID || method === 'GET'))
})

test('what the server refuses is thrown: by the object with its code, by the route as what failed', async () => {
  const peer = await openFilePeer({ platform: 'web' })
  peer.result = { errCode: 81010, errSubject: 'drawbridge', errMsg: 'no such file' }
  await assert.rejects(peer.client.downloadFile({ fileID: FILE_ID }), { errCode: 81010, errMsg: 'no such file' })
  peer.result = undefined
  const cause = { code: 'FILE_TOO_LARGE' }
  peer.elsewhere = () => ({ status: 413, header: {}, body: Buffer.from(JSON.stringify({ error: cause })) })
  const upload = { data: new Uint8Array(1), cloudPath: 'a' }
  await assert.rejects(peer.client.uploadFile(upload), { errCode: 'UPLOAD_FAILED', requestId: 'r-1', cause })
  await assert.rejects(peer.client.downloadFile({ fileID: FILE_ID }), { errCode: 'DOWNLOAD_FAILED' })
  assert.equal(peer.disk.size, 1)
  await assert.rejects(peer.client.uploadFile({ filePath: 'wxfile://none', cloudPath: 'a' }), {
    errCode: 'UPLOAD_FAILED',
    errMsg: 'uploadFile:fail no such file',
  })
})

test('a file that cannot be read ends a sealed upload before anything is asked', async () => {
  const peer = await openFilePeer()
  await assert.rejects(peer.client.uploadFile({ filePath: 'wxfile://none', cloudPath: 'a', secret: true }), {
    errCode: 'SYS_ERR',
    errMsg: 'no such file wxfile://none',
  })
  assert.equal(peer.sent.length, 0)
})

test('without user keys sealed transfers are 20000, and nothing is sent', async () => {
  const peer = await openFilePeer({ platform: 'web' })
  await assert.rejects(peer.client.uploadFile({ data: new Uint8Array(1), cloudPath: 'a', secret: true }), {
    errCode: 20000,
  })
  await assert.rejects(peer.client.downloadFile({ fileID: FILE_ID, secretType: 'response' }), { errCode: 20000 })
  assert.equal(peer.sent.length, 0)
})

test('a parameter that is missing is 10002 with its name', async () => {
  const { client, sent } = await openFilePeer()
  const data = new Uint8Array(1)
  const wrong: readonly (readonly [name: string, call: Promise<unknown>])[] = [
    ['cloudPath', client.uploadFile({ data, cloudPath: ' ' })],
    ['cloudPath', client.uploadFile({ data, cloudPath: 1 as unknown as string })],
    ['filePath', client.uploadFile({ cloudPath: 'a' })],
    ['fileID', client.downloadFile({ fileID: '' })],
    ['fileList', client.getTempFileURL({ fileList: [] })],
    ['fileList', client.deleteFile({ fileList: 'x' as unknown as string[] })],
    ['secretType', client.uploadFile({ data, cloudPath: 'a', secretType: 'all' as 'both' })],
  ]
  for (const [name, call] of wrong) await assert.rejects(call, { errCode: 10002, errMsg: `Missing or wrong: ${name}.` })
  assert.equal(sent.length, 0)
})

test('URLs and removals are calls of the object, sealed as the app says', async () => {
  const peer = await openFilePeer()
  const { fileList } = await peer.client.getTempFileURL({ fileList: [FILE_ID, { fileID: FILE_ID, maxAge: 60 }] })
  assert.match(fileList[0]?.tempFileURL ?? '', /signed/)
  assert.equal((await peer.client.deleteFile({ fileList: [FILE_ID], secret: true })).fileList[0]?.code, 'SUCCESS')
  assert.deepEqual(peer.prepared, [
    {
      method: 'getTempFileURL',
      params: { fileList: [FILE_ID, { fileID: FILE_ID, maxAge: 60 }] },
      secretType: undefined,
    },
    { method: 'deleteFile', params: { fileList: [FILE_ID] }, secretType: 'both' },
  ])
})

test('interceptors and callbacks work for files as for functions', async () => {
  const peer = await openFilePeer({ platform: 'web' })
  const told: unknown[] = []
  peer.client.addInterceptor('uploadFile', {
    invoke: (options) => void ((options as { cloudPath: string }).cloudPath = 'photos/a.png'),
    success: (result) => told.push(['intercepted', (result as { fileID: string }).fileID]),
  })
  peer.client.addInterceptor('downloadFile', { fail: (error) => told.push((error as UniCloudError).errCode) })
  const given = { data: new Uint8Array(1), cloudPath: 'x' }
  await peer.client.uploadFile({
    ...given,
    success: ({ fileID }) => told.push(fileID),
    complete: () => told.push('end'),
  })
  await peer.client.downloadFile({ fileID: `${FILE_ID}?`, fail: () => told.push('fail') }).catch(() => undefined)
  assert.deepEqual(told, [['intercepted', FILE_ID], FILE_ID, 'end', 'DOWNLOAD_FAILED', 'fail'])
})
