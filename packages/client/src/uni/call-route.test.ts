import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openPeer } from '../peer-fixture.ts'
import type { RouteRequest } from './call-route.ts'

const bytes = Uint8Array.of(0, 255, 128)

const rows: readonly (readonly [request: RouteRequest, target: string, data: object])[] = [
  [{ url: '/a/b' }, 'h:GET /a/b', { header: {} }],
  [{ url: '/a?x=1&y=?', data: { z: '文 &' } }, 'h:GET /a', { header: {}, query: 'x=1&y=?&z=%E6%96%87%20%26' }],
  [
    { url: '/a#top', method: 'post', data: { b: 1 } },
    'h:POST /a',
    { header: { 'content-type': 'application/json' }, body: '{"b":1}' },
  ],
  [
    { url: '/a', method: 'POST', data: { b: '&' }, header: { 'Content-Type': 'application/x-www-form-urlencoded' } },
    'h:POST /a',
    { header: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: 'b=%26' },
  ],
  [{ url: '/a', method: 'PUT', data: 'as is', header: { h: '1' } }, 'h:PUT /a', { header: { h: '1' }, body: 'as is' }],
  [{ url: '/a', method: 'POST', data: bytes }, 'h:POST /a', { header: {}, body: 'AP-A', encoding: 'base64url' }],
  [{ url: '/a', method: 'POST', data: bytes.buffer }, 'h:POST /a', { header: {}, body: 'AP-A', encoding: 'base64url' }],
  [{ url: '/a', method: 'DELETE' }, 'h:DELETE /a', { header: {} }],
]

for (const [request, target, data] of rows)
  test(`${request.method ?? 'GET'} ${request.url} goes out as ${target} with ${JSON.stringify(data)}`, async () => {
    const peer = await openPeer()
    peer.handler = () => ({ status: 404, header: { 'content-type': 'application/json' }, body: '{"no":1}' })
    assert.deepEqual(await peer.client.request(request), {
      statusCode: 404,
      header: { 'content-type': 'application/json' },
      data: { no: 1 },
      errMsg: 'request:ok',
      requestId: 'r-1',
    })
    const { header } = peer.opened[0]?.request ?? assert.fail('nothing came')
    assert.deepEqual([header.target, header.secretType], [target, 'both'])
    assert.deepEqual(peer.opened[0]?.body['data'], data)
  })

test('a body comes back as text, JSON or bytes, as asked', async () => {
  const peer = await openPeer({ platform: 'web' })
  const ask = async (answer: object, how: object = {}): Promise<unknown> => {
    peer.handler = () => answer
    return (await peer.client.request({ url: '/a', ...how })).data
  }
  const text = { status: 200, header: {}, body: '{"a":1}' }
  const binary = { status: 200, header: {}, body: 'AP-A', encoding: 'base64url' }
  assert.deepEqual(await ask(text), { a: 1 })
  assert.equal(await ask(text, { dataType: 'text' }), '{"a":1}')
  assert.equal(await ask({ ...text, body: 'plain' }), 'plain')
  assert.deepEqual(await ask(binary, { responseType: 'arraybuffer' }), bytes.buffer)
  assert.deepEqual(await ask(text, { responseType: 'arraybuffer' }), new TextEncoder().encode('{"a":1}').buffer)
  assert.equal(await ask({ ...binary, body: Buffer.from('文').toString('base64url') }), '文')
})

test('a path that is none, and an answer that is none, are refused', async () => {
  const peer = await openPeer()
  await assert.rejects(peer.client.request({ url: 'https://elsewhere.example/' }), { errCode: 10002 })
  for (const result of [null, 'x', { status: '200' }]) {
    peer.handler = () => result
    await assert.rejects(peer.client.request({ url: '/a', secretType: 'both' }), { errCode: 10010 })
  }
})

test('rules guard routes by their target', async () => {
  const peer = await openPeer({ rules: { 'h:GET /open': [], 'h:POST /pay': [{ platform: 'mp-weixin' }] } })
  const secretType = 'none'
  await assert.rejects(peer.client.request({ url: '/open?x=1', secretType }), { errCode: 20101 })
  peer.handler = () => ({ status: 200 })
  assert.equal((await peer.client.request({ url: '/pay', method: 'POST', secretType })).data, '')
  assert.equal(peer.opened[0]?.request.header.secretType, 'none')
})
