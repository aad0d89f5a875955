import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { miniProgram, openHttpWorld } from './http-world.ts'
import type { HttpWorld } from './http-world.ts'

const APP = `/v1/apps/weixin-mp/${miniProgram.appid}`
const SESSION = `${APP}/users/o1/session-key`

/** Bytes over a bare socket; what comes back until the other end closes. */
function raw({ endpoint }: HttpWorld, bytes: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(endpoint)
    let answer = ''
    const socket = connect(Number(port), hostname, () => socket.write(bytes))
    socket.setEncoding('utf8')
    socket.on('data', (text) => (answer += String(text)))
    socket.on('error', reject)
    socket.on('close', () => resolve(answer))
  })
}

test('a body that is too large is refused whole, with a length and without one', async (t) => {
  const world = await openHttpWorld(t, { bodyMaxBytes: 100_000 })
  const token = await world.token()
  const body = JSON.stringify({ value: { session_key: 'x'.repeat(10_000_000) } })
  const { status, json } = await world.call('PUT', SESSION, { token, body })
  const { code, details } = json as { readonly code: string; readonly details: object }
  assert.deepEqual([status, code, details], [413, 'BODY_TOO_LARGE', { limit: 100_000 }])
  const chunk = `${(60_000).toString(16)}\r\n${'x'.repeat(60_000)}\r\n`
  const chunked = await raw(
    world,
    `PUT ${SESSION} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${token}\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n${chunk}${chunk}0\r\n\r\n`,
  )
  assert.match(chunked, /^HTTP\/1\.1 413 /)
  assert.match(chunked, /BODY_TOO_LARGE/)
  assert.deepEqual(await world.server.replica.bridge.list({ limit: 10 }), [])
})

test('bytes that are no HTTP, headers without end and two lengths get an answer and the connection ends', async (t) => {
  const world = await openHttpWorld(t)
  const token = await world.token()
  const rows: readonly (readonly [string, RegExp])[] = [
    ['hello\r\n\r\n', /^HTTP\/1\.1 400 /],
    [
      `GET /healthz HTTP/1.1\r\nhost: x\r\nx-big: ${'a'.repeat(40_000)}\r\n\r\n`,
      /^HTTP\/1\.1 400 [^]*headers are too large/,
    ],
    ['GET /healthz HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n', /^HTTP\/1\.1 400 /],
    [
      'POST /healthz HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n',
      /^HTTP\/1\.1 400 /,
    ],
    // Which of two tokens counts is a question that nobody should have to answer.
    [
      `GET ${APP}/access-token HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer ${token}\r\nauthorization: Bearer x\r\n\r\n`,
      /^HTTP\/1\.1 401 /,
    ],
    [
      `GET ${APP}/access-token HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${'x-a: 1\r\n'.repeat(500)}authorization: Bearer ${token}\r\n\r\n`,
      /^HTTP\/1\.1 200 /,
    ],
  ]
  for (const [bytes, expected] of rows) {
    const answer = await raw(world, bytes)
    assert.match(answer, expected, bytes.slice(0, 60))
    assert.match(answer, /x-request-id: /)
  }
  assert.equal((await world.call('GET', '/healthz')).status, 200)
})
