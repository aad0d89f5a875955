import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { APPIDS } from '../../simulator-under-test-fixture.ts'
import type { WxError } from '../wx-error.ts'
import type { RequestOptions, RequestResult } from './request.ts'
import { ask, echo, scene, until } from './scene-fixture.ts'

describe('wx.request', () => {
  test('GET data goes into the query, POST data into JSON, forms into query encoding', async (t) => {
    const { phone, server } = await scene(t)
    const seen = async (options: Omit<RequestOptions, 'url'>): Promise<unknown> => {
      const { method, url, type, body } = (await ask(phone, { url: `${server.url}/path?q=1`, ...options }))
        .data as Record<string, string>
      return [method, url, type, body]
    }
    const data = { a: '中 文', b: [1] }
    const query = 'a=%E4%B8%AD%20%E6%96%87&b=%5B1%5D'
    assert.deepEqual(await seen({ data }), ['GET', `/path?q=1&${query}`, 'application/json', ''])
    assert.deepEqual(await seen({ data, method: 'post' }), [
      'POST',
      '/path?q=1',
      'application/json',
      JSON.stringify(data),
    ])
    const header = { 'Content-Type': 'application/x-www-form-urlencoded' }
    assert.deepEqual(await seen({ data, method: 'POST', header }), ['POST', '/path?q=1', header['Content-Type'], query])
    assert.deepEqual(await seen({ data: 'raw', method: 'PUT' }), ['PUT', '/path?q=1', 'application/json', 'raw'])
    const buffer = Uint8Array.from([65, 66]).buffer
    assert.deepEqual(await seen({ data: buffer, method: 'POST' }), ['POST', '/path?q=1', 'application/json', 'AB'])
  })

  test('every HTTP status is a success, with headers, cookies and errMsg', async (t) => {
    const { phone, server } = await scene(t, (request) => ({ ...(echo(request) as object), status: 500 }))
    const result = await ask(phone, { url: server.url })
    assert.deepEqual([result.statusCode, result.errMsg], [500, 'request:ok'])
    assert.deepEqual(result.cookies, ['a=1', 'b=2'])
    assert.equal(result.header['Content-Type'], 'application/json')
    assert.equal(result.header['Set-Cookie'], 'a=1,b=2')
  })

  test('JSON is parsed unless told otherwise, and what cannot be parsed stays text', async (t) => {
    const { phone, server } = await scene(t, ({ url }) => (url === '/json' ? '{"a":1}' : 'not json'))
    assert.deepEqual((await ask(phone, { url: `${server.url}/json` })).data, { a: 1 })
    assert.equal((await ask(phone, { url: `${server.url}/json`, dataType: 'text' })).data, '{"a":1}')
    assert.equal((await ask(phone, { url: `${server.url}/text` })).data, 'not json')
    const bytes = (await ask(phone, { url: `${server.url}/json`, responseType: 'arraybuffer' })).data as ArrayBuffer
    assert.equal(Buffer.from(bytes).toString(), '{"a":1}')
  })

  test("the Referer is WeChat's own, whatever the code sets", async (t) => {
    const { phone, server, simulator } = await scene(t)
    const referer = async (on = phone): Promise<unknown> =>
      ((await ask(on, { url: server.url, header: { Referer: 'https://mine' } })).data as Record<string, unknown>)[
        'referer'
      ]
    const page = (version: string): string => `https://servicewechat.com/${APPIDS.mp}/${version}/page-frame.html`
    assert.equal(await referer(), page('1.0.0'))
    simulator.control.apps.change(APPIDS.mp, { envVersion: 'develop' })
    assert.equal(await referer(), page('0'))
    assert.equal(await referer(simulator.phone({ appid: APPIDS.mp, platform: 'devtools' })), page('devtools'))
  })

  test('redirects are followed, or handed over when told so, and end somewhere', async (t) => {
    const { phone, server } = await scene(t, (request) => {
      if (request.url === '/end') return echo(request)
      const status = request.url === '/keep' ? 307 : 302
      return { status, headers: { location: request.url === '/loop' ? '/loop' : '/end' } }
    })
    const followed = (await ask(phone, { url: `${server.url}/start`, method: 'POST', data: { a: 1 } })).data as Record<
      string,
      unknown
    >
    assert.deepEqual([followed['method'], followed['body']], ['GET', ''])
    const kept = (await ask(phone, { url: `${server.url}/keep`, method: 'POST', data: { a: 1 } })).data as Record<
      string,
      unknown
    >
    assert.deepEqual([kept['method'], kept['body']], ['POST', '{"a":1}'])
    assert.equal((await ask(phone, { url: `${server.url}/start`, redirect: 'manual' })).statusCode, 302)
    await assert.rejects(ask(phone, { url: `${server.url}/loop` }), { errno: 600008 })
  })

  test('a task tells of headers and chunks as they come, and never is a Promise', async (t) => {
    const { phone } = await scene(t)
    const server = createServer((_, response) => {
      response.writeHead(200, { 'x-a': '1' })
      response.write('one')
      setTimeout(() => response.end('two'), 20)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    t.after(() => server.close())
    const events: string[] = []
    const result = await new Promise<RequestResult>((resolve, reject) => {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      const task = phone.wx.request({ url, enableChunked: true, success: resolve, fail: reject })
      assert.equal('then' in task, false)
      const ignored = (): void => void events.push('must not be heard')
      task.onHeadersReceived(ignored)
      task.offHeadersReceived(ignored)
      task.onHeadersReceived(({ statusCode, header }) => events.push(`headers ${statusCode} ${header['X-A'] ?? ''}`))
      task.onChunkReceived(({ data }) => events.push(Buffer.from(data).toString()))
    })
    assert.deepEqual([events[0], events.slice(1).join('')], ['headers 200 1', 'onetwo'])
    assert.equal(result.data, '')
  })

  test('abort, timeout and a dead server each fail in their own words', async (t) => {
    const { phone, server, simulator } = await scene(t, () => undefined)
    const aborted = new Promise<WxError>((resolve) => {
      const task = phone.wx.request({ url: server.url, fail: resolve })
      setTimeout(() => task.abort(), 20)
    })
    assert.equal((await aborted).errMsg, 'request:fail abort')
    const slow = ask(phone, { url: server.url })
    slow.catch(() => undefined)
    await until(() => server.received.length === 2)
    simulator.control.clock.advance(59_999)
    const quick = ask(phone, { url: server.url, timeout: 10 })
    quick.catch(() => undefined)
    await until(() => server.received.length === 3)
    simulator.control.clock.advance(10)
    await assert.rejects(slow, { errMsg: 'request:fail timeout', errno: 5 })
    await assert.rejects(quick, { errno: 5 })
    await server.close()
    await assert.rejects(ask(phone, { url: server.url }), { errno: 600001, errMsg: /net::ERR_CONNECTION_REFUSED/ })
  })

  test('what makes no sense is refused', async (t) => {
    const { phone, server } = await scene(t)
    await assert.rejects(ask(phone, { url: 'nonsense' }), { errno: 600009 })
    await assert.rejects(ask(phone, { url: 'ftp://a.example' }), { errno: 600009 })
    await assert.rejects(ask(phone, { url: server.url, method: 'PATCH' }), { errno: 600005 })
    await assert.rejects(ask(phone, { url: server.url, method: 'POST', data: 1 }), { errno: 600010 })
    assert.equal(server.received.length, 0)
  })

  test('ten at once, the eleventh fails with errno 600007, and a free place is used again', async (t) => {
    let open = false
    const { phone, server } = await scene(t, (request) => (open ? echo(request) : undefined))
    const tasks = Array.from({ length: 10 }, () => phone.wx.request({ url: server.url }))
    await until(() => server.received.length === 10)
    await assert.rejects(ask(phone, { url: server.url }), { errno: 600007 })
    tasks[0]?.abort()
    open = true
    await new Promise((resolve) => setTimeout(resolve, 20))
    assert.equal((await ask(phone, { url: server.url })).statusCode, 200)
    for (const task of tasks) task.abort()
  })

  test('with queueing the eleventh waits for a place', async (t) => {
    let open = false
    const { phone, server } = await scene(t, (request) => (open ? echo(request) : undefined), {
      switches: { networkExcess: 'queue' },
    })
    const tasks = Array.from({ length: 10 }, () => phone.wx.request({ url: server.url }))
    await until(() => server.received.length === 10)
    const eleventh = ask(phone, { url: server.url })
    open = true
    tasks[0]?.abort()
    assert.equal((await eleventh).statusCode, 200)
    for (const task of tasks) task.abort()
  })
})

describe('the background', () => {
  test('unfinished requests are interrupted after five seconds, and none starts until the return', async (t) => {
    let open = false
    const { phone, server, simulator } = await scene(t, (request) => (open ? echo(request) : undefined))
    const unfinished = ask(phone, { url: server.url })
    unfinished.catch(() => undefined)
    await until(() => server.received.length === 1)
    phone.background()
    simulator.control.clock.advance(4_999)
    phone.foreground()
    phone.background()
    simulator.control.clock.advance(4_999)
    open = true
    assert.equal((await ask(phone, { url: server.url })).statusCode, 200)
    simulator.control.clock.advance(1)
    await assert.rejects(unfinished, { errMsg: 'request:fail interrupted', errno: 600003 })
    await assert.rejects(ask(phone, { url: server.url }), { errno: 600003 })
    phone.foreground()
    assert.equal((await ask(phone, { url: server.url })).statusCode, 200)
  })
})
