import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { ENVELOPE_CONTENT_TYPE, openResponse, readSealedError } from '@drawbridge/protocol'
import { gatewayTo, startBackend } from './gateway-backend.ts'
import { sealChunks } from './gateway-chunks.ts'
import type { SealedChunks } from './gateway-chunks.ts'
import { openSecureWorld } from './secure-call-world.ts'
import type { SecureWorld } from './secure-call-world.ts'

const LARGE = 10_000_000
const noRules = { guards: 'rules', rules: {} } as const

interface StreamReply {
  /** HTTP's. */
  readonly status: number
  /** Undefined: no valid seal. */
  readonly opened: ReturnType<typeof openResponse>
  readonly bytes: Uint8Array
}

async function send({ server, spaceId }: SecureWorld, { schedule, sent, bytes }: SealedChunks): Promise<StreamReply> {
  const response = await fetch(`${server.endpoint}/v1/stream`, {
    method: 'POST',
    headers: { 'content-type': ENVELOPE_CONTENT_TYPE, 'x-drawbridge-space': spaceId },
    body: new Uint8Array(bytes),
  })
  const answer = new Uint8Array(await response.arrayBuffer())
  return { status: response.status, opened: openResponse(schedule, sent, answer), bytes: answer }
}

function resultOf({ opened, bytes }: StreamReply): { readonly status: number; readonly body: Buffer } {
  assert.ok(opened?.header.status === 0, Buffer.from(opened?.body ?? bytes).toString())
  const { status, body, encoding } = JSON.parse(Buffer.from(opened.body).toString()) as Record<string, unknown>
  assert.equal(encoding, 'base64url')
  return { status: Number(status), body: Buffer.from(String(body), 'base64url') }
}

function codeOf({ opened, bytes }: StreamReply): string {
  if (!opened) return `plain ${String((JSON.parse(Buffer.from(bytes).toString()) as { errCode: unknown }).errCode)}`
  return `sealed ${String(readSealedError(opened.body)?.errCode)}`
}

async function openWorld(t: TestContext) {
  const backend = await startBackend(t, ({ url, body }, response) => {
    if (url !== '/orders/broken') response.end(body)
    else {
      response.writeHead(200, { 'content-length': '1000000' })
      response.write(Buffer.alloc(500_000), () => response.destroy())
    }
  })
  return { backend, world: await openSecureWorld(t, noRules, gatewayTo(backend.origin, { bodyMaxBytes: LARGE })) }
}

test('bodies of many megabytes go through in chunks, both ways, and arrive as they were', async (t) => {
  const { backend, world } = await openWorld(t)
  for (const size of [LARGE, 65_536, 1, 0]) {
    const body = randomBytes(size)
    const data = { query: 'a=1', body: body.toString('base64url'), encoding: 'base64url' }
    const reply = await send(world, await sealChunks(world, 'h:POST /orders/1', data))
    assert.ok(reply.opened?.header.chunked)
    const { status, body: received } = resultOf(reply)
    assert.equal(status, 200)
    assert.ok(received.equals(body), String(size))
    const { signed, url } = backend.seen.at(-1) ?? {}
    assert.ok(signed)
    assert.equal(url, '/orders/1?a=1')
  }
})

test('a backend that closes in the middle leaves the client with nothing', async (t) => {
  const { world } = await openWorld(t)
  const stream = await sealChunks(world, 'h:GET /orders/broken', {})
  await assert.rejects(send(world, stream), TypeError)
})

test('a stream without its end, or with a bit changed, reaches no backend', async (t) => {
  const { backend, world } = await openWorld(t)
  const data = { body: 'x'.repeat(200_000) }
  const stream = await sealChunks(world, 'h:POST /orders/1', data)
  const headBytes = 2 + stream.bytes.readUInt16BE(0)
  const chunkBytes = 65_536 + 16
  const flipped = Buffer.from(stream.bytes)
  flipped[headBytes + 70_000] = (flipped[headBytes + 70_000] ?? 0) ^ 1
  const [first, second] = [headBytes, headBytes + chunkBytes]
  const swapped = Buffer.concat([
    stream.bytes.subarray(0, first),
    stream.bytes.subarray(second, second + chunkBytes),
    stream.bytes.subarray(first, second),
    stream.bytes.subarray(second + chunkBytes),
  ])
  for (const [what, bytes] of [
    ['cut off', stream.bytes.subarray(0, -1)],
    ['cut off between chunks', stream.bytes.subarray(0, second)],
    ['one bit changed', flipped],
    ['two chunks swapped', swapped],
    ['more behind it', Buffer.concat([stream.bytes, Buffer.alloc(16)])],
    ['the head alone', stream.bytes.subarray(0, headBytes)],
    ['half a head', stream.bytes.subarray(0, 20)],
  ] as const)
    assert.equal(codeOf(await send(world, { ...stream, bytes })), 'plain 70004', what)
  assert.equal(backend.seen.length, 0)
  resultOf(await send(world, stream))
  assert.equal(codeOf(await send(world, stream)), 'sealed 70004')
  assert.equal(backend.seen.length, 1)
})

test('what is refused after it was opened is one sealed error', async (t) => {
  const { backend, world } = await openWorld(t)
  for (const [target, data, code] of [
    ['h:GET /admin', {}, 'sealed 81201'],
    ['h:GET /orders/../x', {}, 'sealed 81203'],
    ['h:GET /orders/1', { body: 'x' }, 'sealed 81203'],
    ['f:echo', {}, 'sealed 81201'],
  ] as const)
    assert.equal(codeOf(await send(world, await sealChunks(world, target, data))), code, target)
  assert.equal(backend.seen.length, 0)
})

test('more than the route takes is not read to its end', async (t) => {
  const { backend, world } = await openWorld(t)
  const stream = await sealChunks(world, 'h:GET /admin', { body: 'x'.repeat(200_000) })
  assert.equal(codeOf(await send(world, stream)), 'plain 80502')
  assert.equal(backend.seen.length, 0)
})

test('an envelope in one piece, JSON, and other content types are no streams', async (t) => {
  const { world } = await openWorld(t)
  const { client, spaceId, server } = world
  const whole = client.seal({ target: 'h:GET /orders/1', key: await world.key() })
  for (const [type, body] of [
    [ENVELOPE_CONTENT_TYPE, whole.bytes],
    ['application/json', Buffer.from('{"usn":1}')],
    [ENVELOPE_CONTENT_TYPE, Buffer.alloc(0)],
  ] as const) {
    const headers = { 'content-type': type, 'x-drawbridge-space': spaceId }
    const answer = await fetch(`${server.endpoint}/v1/stream`, { method: 'POST', headers, body: new Uint8Array(body) })
    assert.equal(((await answer.json()) as { errCode: unknown }).errCode, 70004)
  }
  const answer = await fetch(`${server.endpoint}/v1/stream`, { method: 'POST', body: 'x' })
  assert.equal(answer.status, 404)
})
