import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { WebSocketServer } from 'ws'
import { APPIDS } from '../../simulator-under-test-fixture.ts'
import type { WxError } from '../wx-error.ts'
import { echo, scene } from './scene-fixture.ts'

describe('wx.connectSocket', () => {
  async function socketServer(t: TestContext): Promise<string> {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    await new Promise((resolve) => server.on('listening', resolve))
    server.on('connection', (peer, request) => {
      peer.send(JSON.stringify([request.url, request.headers['referer'], request.headers['x-mine']]))
      peer.on('message', (data, isBinary) => peer.send(data, { binary: isBinary }))
    })
    t.after(() => {
      for (const client of server.clients) client.terminate()
      server.close()
    })
    return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  test('opens, sends text and bytes, and closes with code and reason', async (t) => {
    const { phone } = await scene(t)
    const url = await socketServer(t)
    const messages: unknown[] = []
    const closed = await new Promise<unknown>((resolve) => {
      const task = phone.wx.connectSocket({ url: `${url}/path`, header: { 'x-mine': '1' } })
      assert.equal('then' in task, false)
      task.onOpen(() => {
        task.send({ data: 'text' })
        task.send({ data: Uint8Array.from([1, 2]).buffer })
      })
      task.onMessage(({ data }) => {
        messages.push(typeof data === 'string' ? data : [...new Uint8Array(data)])
        if (messages.length === 3) task.close({ code: 4001, reason: 'enough' })
      })
      task.onClose(resolve)
    })
    const referer = `https://servicewechat.com/${APPIDS.mp}/1.0.0/page-frame.html`
    assert.deepEqual(messages, [JSON.stringify(['/path', referer, '1']), 'text', [1, 2]])
    assert.deepEqual(closed, { code: 4001, reason: 'enough' })
  })

  test('five at once, the sixth is refused', async (t) => {
    const { phone } = await scene(t)
    const url = await socketServer(t)
    const tasks = Array.from({ length: 5 }, () => phone.wx.connectSocket({ url }))
    await Promise.all(tasks.map((task) => new Promise((resolve) => task.onOpen(() => resolve(undefined)))))
    const sixth = await new Promise<WxError>((resolve) => phone.wx.connectSocket({ url, fail: resolve }))
    assert.equal(sixth.errno, 600007)
    await new Promise((resolve) => {
      tasks[0]?.onClose(resolve)
      tasks[0]?.close()
    })
    await new Promise((resolve) => phone.wx.connectSocket({ url }).onOpen(resolve))
  })

  test('a dead server is an error event, and sending before the connection fails', async (t) => {
    const { phone, server } = await scene(t)
    await server.close()
    const task = phone.wx.connectSocket({ url: server.url.replace('http', 'ws') })
    const early = new Promise<WxError>((resolve) => task.send({ data: 'x', fail: resolve }))
    const error = await new Promise<{ errMsg: string }>((resolve) => task.onError(resolve))
    assert.match(error.errMsg, /^connectSocket:fail errcode:-102/)
    assert.match((await early).errMsg, /^sendSocketMessage:fail/)
  })

  test('needs wss and a listed domain on a real phone; any port of it will do', async (t) => {
    const { simulator } = await scene(t, echo, { switches: { skipDomainCheck: false } })
    const url = await socketServer(t)
    simulator.control.apps.change(APPIDS.mp, {
      domains: { request: [], uploadFile: [], downloadFile: [], socket: ['wss://socket.example.com'] },
    })
    const open = (named: string): Promise<unknown> => {
      const { protocol, host } = new URL(named)
      const { wx } = simulator.phone({ appid: APPIDS.mp, hosts: { [`${protocol}//${host}`]: url } })
      return new Promise((resolve) =>
        wx.connectSocket({ url: named, fail: ({ errno }) => resolve(errno) }).onOpen(() => resolve('open')),
      )
    }
    assert.equal(await open('wss://socket.example.com'), 'open')
    assert.equal(await open('wss://socket.example.com:9000'), 'open')
    assert.equal(await open('ws://socket.example.com'), 600002)
    assert.equal(await open('wss://other.example.com'), 600002)
    assert.equal(await open(url), 600002)
  })
})
