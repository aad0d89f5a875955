import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { text } from 'node:stream/consumers'
import { startWorkerFixture } from '../../worker/worker-fixture.ts'
import { httpClient } from './http-client.ts'
import { proxyForEip } from './proxy-for-eip.ts'
import type { ProxyReply } from './proxy-for-eip.ts'
import { uniRequest } from './uni-request.ts'

/** Tells what it was asked; `/status/N`, `/text`, `/empty`, `/broken`, `/hang` and `/moved` do as they say. */
const server = createServer((request, response) => {
  const { method, url = '', headers } = request
  if (url === '/hang') return
  void text(request).then((body) => {
    const status = Number(/^\/status\/(\d+)/.exec(url)?.[1] ?? 200)
    if (url === '/moved') response.writeHead(302, { location: '/text' }).end()
    else if (url === '/text') response.writeHead(200, { 'set-cookie': ['a=1', 'b=2'] }).end('plain 文')
    else if (url === '/empty') response.end()
    else if (url === '/broken') response.writeHead(200, { 'content-type': 'application/json' }).end('{"broken')
    else {
      const { 'content-type': type, accept, authorization, 'x-own': own } = headers
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ method, url, body, type, accept, authorization, own }))
    }
  })
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
after(() => {
  server.close()
  server.closeAllConnections()
})

type Options = Parameters<typeof httpClient.request>[1]
type Seen = Readonly<Record<string, unknown>>

const requests: readonly (readonly [what: string, path: string, options: Options, expected: Seen])[] = [
  [
    'data of a GET goes to the query',
    '/a',
    { data: { b: 1, c: '文 &' } },
    { method: 'GET', url: '/a?b=1&c=%E6%96%87%20%26', body: '' },
  ],
  ['and joins one that is there', '/a?x=1', { data: { b: 1 } }, { url: '/a?x=1&b=1' }],
  [
    'data of a POST is a form',
    '/a',
    { method: 'POST', data: { b: [1, 2] } },
    { body: 'b=1&b=2', type: 'application/x-www-form-urlencoded' },
  ],
  [
    'or JSON by contentType',
    '/a',
    { method: 'POST', contentType: 'json', data: { b: { c: 1 } } },
    { body: '{"b":{"c":1}}', type: 'application/json' },
  ],
  [
    'or JSON by header',
    '/a',
    { method: 'post', headers: { 'Content-Type': 'application/json; charset=utf-8' }, data: { b: 1 } },
    { method: 'POST', body: '{"b":1}', type: 'application/json; charset=utf-8' },
  ],
  ['or the query', '/a', { method: 'POST', dataAsQueryString: true, data: { b: 1 } }, { url: '/a?b=1', body: '' }],
  [
    'nested data may be spelled out',
    '/a',
    { nestedQuerystring: true, data: { b: { c: [1] } } },
    { url: '/a?b%5Bc%5D%5B0%5D=1' },
  ],
  ['content is sent as it is', '/a', { method: 'POST', content: '<x/>', data: { b: 1 } }, { body: '<x/>' }],
  ['so is data that is text', '/a', { method: 'POST', data: 'raw' }, { body: 'raw' }],
  ['or bytes', '/a', { method: 'PUT', data: Buffer.from('bytes') }, { method: 'PUT', body: 'bytes' }],
  [
    'headers and auth are sent',
    '/a',
    { headers: { 'X-Own': 7 }, auth: 'u:p' },
    { own: '7', authorization: 'Basic dTpw', accept: 'application/json' },
  ],
]

for (const [what, path, options, expected] of requests)
  test(`httpclient: ${what}`, async () => {
    const { status, headers, data } = await httpClient.request(base + path, { ...options, dataType: 'json' })
    assert.equal(status, 200)
    assert.equal(headers['content-type'], 'application/json')
    for (const [name, value] of Object.entries(expected)) assert.equal((data as Seen)[name], value, name)
  })

test('httpclient gives JSON, text or bytes, and every status as a result', async () => {
  assert.deepEqual((await httpClient.request(`${base}/text`)).data, Buffer.from('plain 文'))
  const { data, headers } = await httpClient.request(`${base}/text`, { dataType: 'text' })
  assert.equal(data, 'plain 文')
  assert.deepEqual(headers['set-cookie'], ['a=1', 'b=2'])
  assert.equal((await httpClient.request(`${base}/empty`, { dataType: 'json' })).data, null)
  assert.equal((await httpClient.request(`${base}/status/404`, { dataType: 'json' })).status, 404)
  await assert.rejects(httpClient.request(`${base}/text`, { dataType: 'json' }), { name: 'JSONResponseFormatError' })
})

test('httpclient follows redirects when told to', async () => {
  assert.equal((await httpClient.request(`${base}/moved`)).status, 302)
  const followed = await httpClient.request(`${base}/moved`, { followRedirect: true, dataType: 'text' })
  assert.deepEqual([followed.status, followed.data], [200, 'plain 文'])
})

test('what does not answer or is not there rejects, and no query is told', async () => {
  await assert.rejects(httpClient.request(`${base}/hang`, { timeout: 50 }), { name: 'ResponseTimeoutError' })
  await assert.rejects(httpClient.request('http://127.0.0.1:9/a?token=secret'), (error: Error & { code?: string }) => {
    assert.ok(!error.message.includes('secret'))
    return error.name === 'RequestError'
  })
  await assert.rejects(httpClient.request(undefined), { code: 'UNICLOUD_ARGUMENT_INVALID' })
  await assert.rejects(httpClient.request(base, { files: [] }), { code: 'UNICLOUD_NOT_SUPPORTED' })
})

test('request answers in uni.request’s shape', async () => {
  const { statusCode, data, header } = await uniRequest({ url: `${base}/status/201`, method: 'POST', data: { a: 1 } })
  assert.equal(statusCode, 201)
  assert.equal(header['content-type'], 'application/json')
  assert.deepEqual([(data as Seen)['body'], (data as Seen)['type']], ['{"a":1}', 'application/json'])
  const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
  const formed = await uniRequest({ url: `${base}/a`, method: 'POST', header: form, data: { a: '文' } })
  assert.equal((formed.data as Seen)['body'], 'a=%E6%96%87')
  assert.equal(((await uniRequest({ url: `${base}/a`, data: { b: 2 } })).data as Seen)['url'], '/a?b=2')
  const plain = await uniRequest({ url: `${base}/text` })
  assert.deepEqual([plain.data, plain.cookies], ['plain 文', ['a=1', 'b=2']])
})

test('httpProxyForEip resolves to JSON text, with the parsed body of a reply that is JSON', async () => {
  const seen = async (reply: Promise<string>): Promise<unknown[]> => {
    const { statusCode, statusCodeValue, headers, body } = JSON.parse(await reply) as ProxyReply
    assert.equal(headers['Content-Type'], 'application/json')
    const told = body as Seen
    return [statusCode, statusCodeValue, told['method'], told['url'], told['body'], told['type'], told['own']]
  }
  const form = 'application/x-www-form-urlencoded'
  const own = { 'X-Own': true }
  const get = ['OK', 200, 'GET', '/a?b=1', '', undefined, undefined]
  assert.deepEqual(await seen(proxyForEip.get(`${base}/a`, { b: 1 })), get)
  assert.deepEqual(await seen(proxyForEip.get(`${base}/a`, { b: 1 }, own)), get.with(6, 'true'))
  const post = (body: string, type: string): unknown[] => ['OK', 200, 'POST', '/a', body, type, 'true']
  assert.deepEqual(await seen(proxyForEip.postForm(`${base}/a`, { b: 1 }, own)), post('b=1', form))
  assert.deepEqual(await seen(proxyForEip.postJson(`${base}/a`, { b: 1 }, own)), post('{"b":1}', 'application/json'))
  assert.deepEqual(await seen(proxyForEip.post(`${base}/a`, 'raw', own)), post('raw', 'text/plain'))
  const typed = proxyForEip.post(`${base}/a`, '<a/>', { ...own, 'Content-Type': 'text/xml' })
  assert.deepEqual(await seen(typed), post('<a/>', 'text/xml'))
})

test('httpProxyForEip gives any other body as text, and every status as a result', async () => {
  const plain = JSON.parse(await proxyForEip.get(`${base}/text`)) as ProxyReply
  assert.deepEqual([plain.body, plain.headers['Set-Cookie']], ['plain 文', ['a=1', 'b=2']])
  const broken = JSON.parse(await proxyForEip.get(`${base}/broken`)) as ProxyReply
  assert.deepEqual([broken.body, broken.statusCode], ['{"broken', 'OK'])
  const absent = JSON.parse(await proxyForEip.get(`${base}/status/404`)) as ProxyReply
  assert.deepEqual([absent.statusCode, absent.statusCodeValue], ['NOT_FOUND', 404])
})

test('functions reach the network through uniCloud, and leave nothing behind by it', async () => {
  await using worker = await startWorkerFixture({
    'f/index.js': `exports.main = async ({ base }) => {
      const { data } = await uniCloud.httpclient.request(base + '/a', { dataType: 'json' })
      const { statusCode } = await uniCloud.request({ url: base + '/a' })
      return [data.url, statusCode, JSON.parse(await uniCloud.httpProxyForEip.get(base + '/a')).statusCodeValue]
    }`,
  })
  const { value, leftover } = await worker.call('f', { base })
  assert.deepEqual(value, ['/a', 200, 200])
  assert.equal(leftover, false)
})
