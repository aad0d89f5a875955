import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { CHUNK_BYTES, FILE_HEAD_BYTES, TAG_BYTES } from '@drawbridge/protocol'
import { openFileWorld } from './file-world-fixture.ts'
import type { FileWorld } from './file-world-fixture.ts'
import { callFiles, openedBytes, prepare, sealedBytes, sealedRequest, storeSealed } from './sealed-transfer-fixture.ts'
import type { Prepared } from './sealed-transfer-fixture.ts'

const ticket = (world: FileWorld): Promise<Prepared> => prepare(world, 'prepareUpload', { cloudPath: 'a.png' })

async function send(
  prepared: Pick<Prepared, 'url' | 'formData'>,
  bytes: Uint8Array,
): Promise<readonly [number, string]> {
  return refusal(await fetch(prepared.url, sealedRequest(prepared, new Uint8Array(bytes))))
}

async function refusal(answer: Response): Promise<readonly [number, string]> {
  if (answer.ok) return [answer.status, '']
  const { error } = (await answer.json()) as { readonly error?: { readonly code: string } }
  return [answer.status, error?.code ?? '']
}

test('an upload that was changed, cut, put into another order or sealed for another is refused and leaves nothing', async (t) => {
  const world = await openFileWorld(t)
  const plain = randomBytes(2 * CHUNK_BYTES + 100)
  const chunk = CHUNK_BYTES + TAG_BYTES
  const head = FILE_HEAD_BYTES
  const swapped = (bytes: Buffer): Buffer => {
    const [start, one, two, rest] = [0, head, head + chunk, head + 2 * chunk].map((at, index, all) =>
      bytes.subarray(at, all[index + 1]),
    )
    return Buffer.concat([start, two, one, rest].map((part) => part ?? Buffer.alloc(0)))
  }
  const flipped = (at: number) => (bytes: Buffer) => bytes.map((byte, place) => (place === at ? byte ^ 1 : byte))
  const other = await ticket(world)
  const wrongs: readonly (readonly [string, (bytes: Buffer) => Uint8Array])[] = [
    ...[0, 5, 6, 7, 22, 23, head + chunk + 1].map((at) => [`byte ${at} is another`, flipped(at)] as const),
    ['its last byte is missing', (bytes) => bytes.subarray(0, -1)],
    ['it ends at the border of a chunk', (bytes) => bytes.subarray(0, head + 2 * chunk)],
    ['it ends within its head', (bytes) => bytes.subarray(0, 10)],
    ['it is its head alone', (bytes) => bytes.subarray(0, head)],
    ['it is empty', () => Buffer.alloc(0)],
    ['something follows it', (bytes) => Buffer.concat([bytes, Buffer.alloc(1)])],
    ['two chunks changed places', swapped],
    ['it was sealed for another ticket', () => sealedBytes(other, plain)],
    ['it is not sealed', () => plain],
  ]
  for (const [why, wrong] of wrongs) {
    const prepared = await ticket(world)
    const bytes = sealedBytes(prepared, plain)
    assert.deepEqual(await send(prepared, wrong(bytes)), [400, 'FILE_UPLOAD_BROKEN'], why)
    assert.deepEqual(world.contents(), [], why)
    assert.deepEqual(await send(prepared, bytes), [409, 'FILE_TICKET_SPENT'], why)
  }
})

test('a captured upload that is sent again is refused, also once the file is gone', async (t) => {
  const world = await openFileWorld(t)
  const prepared = await ticket(world)
  const bytes = sealedBytes(prepared, randomBytes(500))
  assert.deepEqual(await send(prepared, bytes), [200, ''])
  assert.deepEqual(await send(prepared, bytes), [409, 'FILE_TICKET_SPENT'])
  await world.files.remove({ spaceId: 'shop', id: prepared.fileID.split('/')[5] ?? '' })
  assert.deepEqual(await send(prepared, bytes), [409, 'FILE_TICKET_SPENT'])
  const fresh = await ticket(world)
  const answers = await Promise.all([1, 2, 3].map(async () => (await send(fresh, sealedBytes(fresh, bytes)))[0]))
  assert.deepEqual(answers.sort(), [200, 409, 409])
})

test('who is refused while he sends is answered when he has ended, and not later', async (t) => {
  const until = (_ms: number, signal: AbortSignal) => wait(10_000_000, undefined, { ref: false, signal })
  const world = await openFileWorld(t, {}, { sleep: until })
  const spent = await ticket(world)
  const bytes = sealedBytes(spent, randomBytes(700_000))
  assert.deepEqual(await send(spent, bytes), [200, ''])
  assert.deepEqual(await send(spent, bytes), [409, 'FILE_TICKET_SPENT'])
  assert.deepEqual(await send(await ticket(world), bytes), [400, 'FILE_UPLOAD_BROKEN'])
})

test('a ticket for sealed content takes no plain one, and the other way round', async (t) => {
  const world = await openFileWorld(t)
  const sealed = await ticket(world)
  assert.deepEqual(await refusal(await world.upload({ ...sealed, content: 'plain' })), [400, 'FILE_CONTENT_MISMATCHED'])
  const clear = { proof: { secretType: 'none' } } as const
  const plain = await prepare(world, 'prepareUpload', { cloudPath: 'a.png', secret: false }, clear)
  assert.deepEqual(await send(plain, sealedBytes(sealed, randomBytes(9))), [400, 'FILE_CONTENT_MISMATCHED'])
  assert.deepEqual(world.contents(), [])
  // Neither has cost the ticket.
  assert.deepEqual(await send(sealed, sealedBytes(sealed, randomBytes(9))), [200, ''])
  assert.equal((await world.upload({ ...plain, content: 'plain' })).status, 200)
})

test('a ticket that was altered, is of another space or has expired is refused before anything is opened', async (t) => {
  const world = await openFileWorld(t)
  const prepared = await ticket(world)
  const bytes = sealedBytes(prepared, randomBytes(9))
  const { policy = '', Signature = '' } = prepared.formData
  const open = await prepare(world, 'prepareUpload', { cloudPath: 'a.png', secret: false }, { proof: undefined })
  const changed = `${policy.slice(0, 40)}${policy[40] === 'A' ? 'B' : 'A'}${policy.slice(41)}`
  const other = await prepare(world, 'prepareUpload', { cloudPath: 'a.png' }, { space: 'other' })
  for (const formData of [
    {},
    { policy },
    { policy: changed, Signature },
    { policy: policy.slice(1), Signature },
    { policy: open.formData['policy'] ?? '', Signature },
    other.formData,
  ])
    assert.deepEqual(await send({ ...prepared, formData }, bytes), [403, 'FILE_SIGNATURE_INVALID'])
  world.advance(11 * 60_000)
  assert.deepEqual(await send(prepared, bytes), [403, 'FILE_SIGNATURE_INVALID'])
  assert.deepEqual(world.contents(), [])
})

test('bounds count what is inside: by the length that is said, and without one as it comes', async (t) => {
  const world = await openFileWorld(t, { maxBytes: 100_000 })
  const full = await ticket(world)
  assert.deepEqual(await send(full, sealedBytes(full, randomBytes(100_000))), [200, ''])
  const over = await ticket(world)
  assert.deepEqual(await send(over, sealedBytes(over, randomBytes(100_001))), [413, 'FILE_TOO_LARGE'])
  const bytes = sealedBytes(over, randomBytes(170_000))
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new Uint8Array(bytes))
      controller.close()
    },
  })
  const request = { ...sealedRequest(over, new Uint8Array()), body: stream, duplex: 'half' } as RequestInit
  assert.deepEqual(await refusal(await fetch(over.url, request)), [413, 'FILE_TOO_LARGE'])
  assert.equal(world.contents().length, 1)
})

test('a sealed upload whose connection is cut leaves nothing, and its room is free again', async (t) => {
  const world = await openFileWorld(t, { quotaBytes: 300_000 })
  const prepared = await ticket(world)
  const { hostname, port, pathname } = new URL(prepared.url)
  const { policy = '', Signature = '' } = prepared.formData
  const bytes = sealedBytes(prepared, randomBytes(200_000))
  await new Promise<void>((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(`POST ${pathname} HTTP/1.1\r\nhost: x\r\ncontent-type: application/vnd.usn1\r\n`)
      socket.write(`x-drawbridge-policy: ${policy}\r\nx-drawbridge-signature: ${Signature}\r\n`)
      socket.write(`content-length: ${bytes.length}\r\n\r\n`)
      socket.write(bytes.subarray(0, 150_000), () => setImmediate(() => socket.destroy()))
    })
    socket.on('error', () => undefined)
    socket.on('close', () => resolve())
  })
  for (;;) {
    const next = await ticket(world)
    const [status] = await send(next, sealedBytes(next, randomBytes(290_000)))
    if (status === 200) break
    assert.equal(status, 507)
    await wait(5)
  }
  while (world.contents().length > 1) await wait(5)
  assert.equal(await world.files.find({ spaceId: 'shop', id: prepared.fileID.split('/')[5] ?? '' }), undefined)
})

test('the URL of a sealed download is good as it is, for its time and nothing else', async (t) => {
  const world = await openFileWorld(t)
  const fileID = await storeSealed(world, 'a.png', randomBytes(100))
  const prepared = await prepare(world, 'prepareDownload', { fileID })
  const { origin, pathname, searchParams } = new URL(prepared.url)
  const sealed = searchParams.get('sealed') ?? ''
  const place = `${origin}${pathname}`
  const [, , , , , id = ''] = fileID.split('/')
  const rows: readonly (readonly [string, number])[] = [
    [prepared.url, 200],
    [place, 403],
    [`${place}?sealed=`, 403],
    [`${place}?sealed=${sealed.slice(0, -1)}`, 403],
    [`${place}?sealed=${sealed[0] === 'A' ? 'B' : 'A'}${sealed.slice(1)}`, 403],
    [`${place}?sealed=${id}`, 403],
    [`${origin}/files/shop/${id}/a.png?sealed=${sealed}`, 403],
    [prepared.url.replace('/shop/', '/other/'), 403],
  ]
  for (const [url, status] of rows) assert.equal((await fetch(url)).status, status, url)
  world.advance(7201_000)
  assert.equal((await fetch(prepared.url)).status, 403)
})

test('no key of one transfer opens another: not of the same file, nor of the other direction', async (t) => {
  const world = await openFileWorld(t)
  const up = await ticket(world)
  await send(up, sealedBytes(up, randomBytes(50)))
  const one = await prepare(world, 'prepareDownload', { fileID: up.fileID })
  const two = await prepare(world, 'prepareDownload', { fileID: up.fileID })
  const sealed = new Uint8Array(await (await fetch(one.url)).arrayBuffer())
  assert.equal(openedBytes(one, sealed)?.length, 50)
  for (const prepared of [two, up]) assert.equal(openedBytes(prepared, sealed), undefined)
  assert.equal(new Set([one, two, up].map(({ content }) => content?.key)).size, 3)
})

test('a key is given only where the answer is sealed', async (t) => {
  const world = await openFileWorld(t)
  const fileID = await world.store('a.png', 'x')
  const poor = [undefined, { secretType: 'none' }, { secretType: 'request' }, { how: 'legacy-content' }] as const
  for (const shown of [...poor, { suite: undefined }] as readonly ((typeof poor)[number] | object)[]) {
    const change = { proof: shown }
    await assert.rejects(prepare(world, 'prepareUpload', { cloudPath: 'a.png' }, change), { code: 'ENVELOPE_REQUIRED' })
    await assert.rejects(prepare(world, 'prepareDownload', { fileID }, change), { code: 'ENVELOPE_REQUIRED' })
  }
  for (const secretType of ['response', 'both'] as const)
    assert.ok((await prepare(world, 'prepareDownload', { fileID }, { proof: { secretType } })).content)
})

test('the object is for clients, takes what it knows, and gives nothing of another space', async (t) => {
  const world = await openFileWorld(t)
  const fileID = await world.store('a.png', 'x')
  for (const method of ['prepareUpload', 'prepareDownload', 'getTempFileURL', 'deleteFile'])
    await assert.rejects(callFiles(world, method, {}, { source: 'function' }), { code: 'FUNCTION_NOT_FOUND' })
  const wrongs: readonly (readonly [string, Parameters<typeof callFiles>[2]])[] = [
    ['prepareUpload', null],
    ['prepareUpload', {}],
    ['prepareUpload', { cloudPath: 'a', secret: 'yes' }],
    ['prepareUpload', { cloudPath: 'a', content: { suite: 2 } }],
    ['prepareDownload', { fileID: ['x'] }],
    ['getTempFileURL', { fileList: [] }],
    ['getTempFileURL', { fileList: Array<string>(51).fill('x') }],
    ['getTempFileURL', { fileList: [{ fileID, maxAge: 0 }] }],
    ['deleteFile', { fileList: [{ fileID }] }],
  ]
  for (const [method, params] of wrongs)
    await assert.rejects(callFiles(world, method, params), { code: 'REQUEST_INVALID' }, JSON.stringify(params))
  const theirs = { space: 'other' }
  for (const tried of [fileID, fileID.replace('/shop/', '/other/'), 'nonsense'])
    await assert.rejects(prepare(world, 'prepareDownload', { fileID: tried }, theirs), { code: 'FILE_NOT_FOUND' })
  await assert.rejects(callFiles(world, 'deleteFile', { fileList: [fileID] }), { code: 'FILE_OPERATION_REFUSED' })
})

test('one address gets so many tickets and so many reads a minute', async (t) => {
  const world = await openFileWorld(t, { uploadsPerMinute: 3 })
  const fileID = await world.store('a.png', 'x')
  for (let count = 0; count < 2; count++) await ticket(world)
  await assert.rejects(ticket(world), { code: 'RATE_LIMITED' })
  for (let count = 0; count < 3; count++) await prepare(world, 'prepareDownload', { fileID })
  await assert.rejects(prepare(world, 'prepareDownload', { fileID }), { code: 'RATE_LIMITED' })
  const closed = await openFileWorld(t, { clientUpload: false })
  await assert.rejects(ticket(closed), { code: 'FILE_OPERATION_REFUSED' })
})
