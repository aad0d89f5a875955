import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { openFileWorld } from './file-world-fixture.ts'
import type { DcloudTicket, FileWorld } from './file-world-fixture.ts'

async function ticketOf(world: FileWorld, cloudPath: string, spaceId = 'shop'): Promise<DcloudTicket> {
  return (await world.methods.signDcloudUpload(world.call(spaceId), { cloudPath })) as unknown as DcloudTicket
}

async function refusal(answer: Response): Promise<readonly [number, string]> {
  const { error } = (await answer.json()) as { readonly error: { readonly code: string } }
  return [answer.status, error.code]
}

async function contentAt(world: FileWorld, fileID: string): Promise<string> {
  return (await fetch(await world.urlOf(fileID))).text()
}

/** A multipart body by hand, for forms that no client would send. */
function part(name: string, value: string, more = ''): string {
  return `--B\r\ncontent-disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`
}
const fieldsOf = ({ formData }: DcloudTicket): string =>
  Object.entries(formData)
    .map(([name, value]) => part(name, value))
    .join('')
const filePart = (content: string): string => part('file', content, '; filename="x.png"')

function send(url: string, body: string): Promise<Response> {
  return fetch(url, { method: 'POST', body, headers: { 'content-type': 'multipart/form-data; boundary=B' } })
}

/** Bytes over a bare socket; what comes back until the other end closes. */
function raw(url: string, head: string, body: string, cut: boolean): Promise<string> {
  return new Promise((resolve) => {
    const { hostname, port, pathname } = new URL(url)
    let answer = ''
    const socket = connect(Number(port), hostname, () => {
      socket.write(`POST ${pathname} HTTP/1.1\r\nhost: ${hostname}:${port}\r\n`)
      socket.write(`content-type: multipart/form-data; boundary=B\r\n${head}\r\n\r\n${body}`)
      if (cut) socket.end()
    })
    socket.setEncoding('utf8')
    socket.on('data', (text) => (answer += String(text)))
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(answer))
  })
}

test('no path leads out of the store, whatever it is called', async (t) => {
  const world = await openFileWorld(t)
  for (const cloudPath of ['../../etc/passwd', '/../a', 'a/../../b', '..\\a', 'a\0b', 'con', 'https://x/a', '\ud800'])
    await assert.rejects(ticketOf(world, cloudPath), { code: 'FILE_PATH_INVALID' })
  await world.store('deep/er/.ssh/authorized_keys', 'x', 'text/plain')
  assert.deepEqual(
    world.contents().map((name) => name.replace(/[0-9a-f]{32}$/, 'ID').replace(/\/[0-9a-f]{2}\//, '/XX/')),
    ['shop/XX/ID'],
  )
  const id = '0'.repeat(32)
  for (const target of [
    `/files/shop/${id}/..%2f..%2fetc`,
    '/files/shop/..%2f..%2f/x',
    '/files/..%2f/x/y',
    '/files/shop',
  ])
    assert.ok([403, 404].includes((await fetch(world.endpoint + target)).status), target)
})

test('a second upload to the same path is a file of its own', async (t) => {
  const world = await openFileWorld(t)
  const mine = await world.store('avatar.png', 'mine')
  const theirs = await world.store('avatar.png', 'theirs')
  assert.notEqual(mine, theirs)
  assert.deepEqual([await contentAt(world, mine), await contentAt(world, theirs)], ['mine', 'theirs'])
})

test('a ticket is good for one file: not twice, not at once, not after the file is gone', async (t) => {
  const world = await openFileWorld(t)
  const ticket = await ticketOf(world, 'a.png')
  const answers = await Promise.all(['first', 'second', 'third'].map((content) => world.upload({ ...ticket, content })))
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409, 409])
  assert.equal(world.contents().length, 1)
  const before = await contentAt(world, ticket.fileUrl)
  assert.deepEqual(await refusal(await world.upload({ ...ticket, content: 'again' })), [409, 'FILE_TICKET_SPENT'])
  assert.equal(await contentAt(world, ticket.fileUrl), before)
  await world.service({ space: world.space, name: 'f', facts: world.call().facts, depth: 0 }, 'deleteFile', {
    fileList: [ticket.fileUrl],
  })
  assert.deepEqual(await refusal(await world.upload({ ...ticket, content: 'again' })), [409, 'FILE_TICKET_SPENT'])
  await world.files.sweep()
  assert.equal((await world.upload({ ...ticket, content: 'again' })).status, 409)
})

test('a ticket that was altered, is another’s, is too old or is missing keeps no byte', async (t) => {
  const world = await openFileWorld(t)
  const ticket = await ticketOf(world, 'a.png')
  const other = await ticketOf(world, 'a.png', 'other')
  const { policy = '', Signature = '' } = ticket.formData
  const claims = JSON.parse(Buffer.from(policy, 'base64url').toString()) as object
  const greedy = Buffer.from(JSON.stringify({ ...claims, maxBytes: 1e12 })).toString('base64url')
  const forms: readonly Readonly<Record<string, string>>[] = [
    {},
    { policy },
    { Signature },
    { policy: '', Signature: '' },
    { policy: greedy, Signature },
    { policy, Signature: other.formData['Signature'] ?? '' },
    { policy, Signature: Signature.slice(0, -1) },
    { policy: `${policy} `, Signature },
    { ...other.formData },
    { policy: '%%%', Signature: '%%%' },
  ]
  for (const formData of forms)
    assert.deepEqual(await refusal(await world.upload({ url: ticket.url, formData, content: 'x' })), [
      403,
      'FILE_SIGNATURE_INVALID',
    ])
  const readUrl = new URL(await world.urlOf(await world.store('b.png', 'x')))
  const borrowed = { policy, Signature: readUrl.searchParams.get('signature') ?? '' }
  assert.equal((await world.upload({ url: ticket.url, formData: borrowed, content: 'x' })).status, 403)
  world.advance(11 * 60_000)
  assert.equal((await world.upload({ ...ticket, content: 'x' })).status, 403)
  assert.equal(world.contents().length, 1)
})

test('an upload that is too large is refused by its length, and without one as soon as it is', async (t) => {
  const world = await openFileWorld(t, { maxBytes: 1000 })
  const declared = await world.upload({ ...(await ticketOf(world, 'a.png')), content: 'x'.repeat(200_000) })
  assert.deepEqual(await refusal(declared), [413, 'FILE_TOO_LARGE'])
  const little = await world.upload({ ...(await ticketOf(world, 'a.png')), content: 'x'.repeat(1001) })
  assert.deepEqual(await refusal(little), [413, 'FILE_TOO_LARGE'])
  const ticket = await ticketOf(world, 'a.png')
  const body = fieldsOf(ticket) + filePart('x'.repeat(60_000)) + '--B--\r\n'
  const chunked = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`
  assert.match(await raw(ticket.url, 'transfer-encoding: chunked', chunked, false), /^HTTP\/1\.1 413 /)
  assert.deepEqual(world.contents(), [])
  assert.equal((await world.upload({ ...(await ticketOf(world, 'a.png')), content: 'x'.repeat(1000) })).status, 200)
})

test('the room of a space is bounded: in bytes, in files, and for uploads at once', async (t) => {
  const world = await openFileWorld(t, { quotaBytes: 4096 * 3 })
  const first = await world.store('a.png', 'x')
  const answers = await Promise.all(
    [1, 2, 3, 4].map(async () => (await world.upload({ ...(await ticketOf(world, 'b.png')), content: 'x' })).status),
  )
  assert.deepEqual(answers.sort(), [200, 200, 507, 507])
  assert.equal(world.contents().length, 3)
  await world.service({ space: world.space, name: 'f', facts: world.call().facts, depth: 0 }, 'deleteFile', {
    fileList: [first],
  })
  await world.store('c.png', 'x')
  assert.equal((await world.upload({ ...(await ticketOf(world, 'd.png')), content: 'x' })).status, 507)
})

test('asking for tickets writes nothing, and one address gets so many a minute', async (t) => {
  const world = await openFileWorld(t, { uploadsPerMinute: 3 })
  for (let count = 0; count < 3; count++) await ticketOf(world, 'a.png')
  await assert.rejects(ticketOf(world, 'a.png'), { code: 'RATE_LIMITED' })
  await world.methods.signDcloudUpload(world.call('shop', '10.0.0.2'), { cloudPath: 'a.png' })
  await world.methods.signDcloudUpload(world.call('other'), { cloudPath: 'a.png' })
  assert.deepEqual(world.contents(), [])
})

test('what the space does not take is refused by ending and by declared type', async (t) => {
  const world = await openFileWorld(t, { accept: ['image/*', '.PDF'], refuse: ['image/svg+xml', '.svg', '.exe'] })
  await assert.rejects(ticketOf(world, 'a.EXE'), { code: 'FILE_TYPE_REFUSED' })
  const rows: readonly (readonly [string, string, number])[] = [
    ['a.png', 'image/png', 200],
    ['a.png', '', 200],
    ['a.pdf', 'application/pdf', 200],
    ['a.png', 'text/html', 415],
    ['a.png', 'image/svg+xml', 415],
    ['a.html', 'text/html', 415],
    ['a', 'application/octet-stream', 415],
  ]
  for (const [path, type, status] of rows)
    assert.equal((await world.upload({ ...(await ticketOf(world, path)), content: 'x', type })).status, status, path)
  assert.equal(world.contents().length, 3)
})

test('a form that is not whole, not in order or no form leaves nothing behind', async (t) => {
  const world = await openFileWorld(t)
  const url = `${world.endpoint}/files/shop/upload`
  const forms: readonly ((fields: string) => string)[] = [
    (fields) => fields + '--B--\r\n',
    (fields) => filePart('x') + fields + '--B--\r\n',
    (fields) => fields + filePart('x') + part('key', 'late') + '--B--\r\n',
    (fields) => fields + filePart('x') + filePart('y') + '--B--\r\n',
    (fields) => fields + fields + filePart('x') + '--B--\r\n',
    (fields) => fields + part('x', 'y'.repeat(5000)) + filePart('x') + '--B--\r\n',
    (fields) =>
      fields +
      part('p', 'q').repeat(1) +
      Array.from({ length: 30 }, (_, at) => part(`f${at}`, '')).join('') +
      filePart('x') +
      '--B--\r\n',
    (fields) => fields + filePart('x'.repeat(100_000)).slice(0, -2),
    (fields) => fields + filePart('x') + '--B',
    (fields) => fields.slice(0, -20),
    () => '',
    () => 'no form at all',
  ]
  for (const form of forms) {
    const answer = await send(url, form(fieldsOf(await ticketOf(world, 'a.png'))))
    assert.ok([400, 403].includes(answer.status), form.toString())
  }
  for (const type of ['application/json', 'multipart/form-data', 'multipart/form-data; boundary=', 'text/plain', '?'])
    assert.equal(
      (await fetch(url, { method: 'POST', body: '{}', headers: { 'content-type': type } })).status,
      400,
      type,
    )
  assert.equal((await fetch(url, { method: 'POST' })).status, 400)
  assert.deepEqual(world.contents(), [])
  await world.store('a.png', 'x')
})

test('a connection is free for the next request as soon as an upload is answered', async (t) => {
  const world = await openFileWorld(t)
  const content = 'x'.repeat(300_000)
  for (const epilogue of ['', '\r\n', '\r\nan epilogue that nobody needs'.repeat(1000)]) {
    const ticket = await ticketOf(world, 'a.png')
    const body = `${fieldsOf(ticket)}${filePart(content)}--B--${epilogue}`
    const next = `GET /files/shop/x/y HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`
    const answers = await raw(ticket.url, `content-length: ${body.length}`, body + next, false)
    assert.match(answers, /^HTTP\/1\.1 200 [^]*HTTP\/1\.1 404 /)
  }
})

test('a connection that is cut in the middle leaves nothing behind, and its room is free again', async (t) => {
  const world = await openFileWorld(t, { quotaBytes: 100_000 })
  const ticket = await ticketOf(world, 'a.png')
  const body = fieldsOf(ticket) + filePart('x'.repeat(20_000)).slice(0, -2)
  await raw(ticket.url, 'content-length: 90000', body, true)
  // The server may still be tidying up when its end of the connection closes.
  while (world.contents().length > 0) await wait(5)
  for (;;) {
    const { status } = await world.upload({ ...(await ticketOf(world, 'b.png')), content: 'x'.repeat(95_000) })
    if (status === 200) break
    assert.equal(status, 507)
    await wait(5)
  }
  assert.equal(await world.files.find({ spaceId: 'shop', id: ticket.fileUrl.split('/')[5] ?? '' }), undefined)
})

test('an upload that stands still is ended', async (t) => {
  const world = await openFileWorld(
    t,
    {},
    {
      sleep: (ms, signal) => wait(ms / 100, undefined, { ref: false, signal }),
    },
  )
  const ticket = await ticketOf(world, 'a.png')
  const body = fieldsOf(ticket) + filePart('x'.repeat(1000)).slice(0, -2)
  const answer = await raw(ticket.url, 'content-length: 90000', body, false)
  assert.match(answer, /^HTTP\/1\.1 400 [^]*FILE_UPLOAD_BROKEN[^]*too slow/)
  assert.deepEqual(world.contents(), [])
})

test('a space that takes no uploads of clients gives no tickets', async (t) => {
  const world = await openFileWorld(t, { clientUpload: false })
  await assert.rejects(ticketOf(world, 'a.png'), { code: 'FILE_OPERATION_REFUSED' })
})

test('no signature and no key is written to the log', async (t) => {
  const world = await openFileWorld(t)
  const ticket = await ticketOf(world, 'a.png')
  await world.upload({ ...ticket, content: 'x' })
  await world.upload({ ...ticket, content: 'x' })
  const url = await world.urlOf(ticket.fileUrl)
  await fetch(`${url}x`)
  const log = world.lines.join('')
  for (const secret of [ticket.formData['Signature'], new URL(url).searchParams.get('signature')])
    assert.ok(secret && !log.includes(secret))
})
