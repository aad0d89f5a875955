import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { skipLoudly } from '@drawbridge/bridge/testing'
import type { Client } from '@drawbridge/client'
import { bundle, bundleTable } from '@drawbridge/client/testing'
import { chromium } from 'playwright-core'
import type { Page } from 'playwright-core'
import { APP_ID, MARKER, WX_APPID, equalBlocks, openClientWorld } from './client-world.ts'
import { startSocketBackend } from './socket-world.ts'

const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'

/** A web server with the build and a page that loads it; the browser knows it under two origins. */
async function openPages(t: TestContext): Promise<{ readonly admitted: string; readonly foreign: string }> {
  const row = bundleTable.find(({ file }) => file.startsWith('browser/')) ?? assert.fail('no such bundle')
  const code = await bundle(row)
  const page = `<!doctype html><meta charset="utf-8"><script type="module">
    window.drawbridge = await import('/index.js')
  </script>`
  const server = createServer(({ url }, response) => {
    const isCode = url === '/index.js'
    response.writeHead(200, { 'content-type': isCode ? 'text/javascript' : 'text/html' }).end(isCode ? code : page)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { admitted: `http://127.0.0.1:${port}`, foreign: `http://localhost:${port}` }
}

/** What is done in the page: calls of each kind, and what came of them. */
async function callInPage(tab: Page, task: object): Promise<readonly Readonly<Record<string, unknown>>[]> {
  await tab.waitForFunction(() => 'drawbridge' in globalThis)
  return tab.evaluate(
    async ({
      options,
      user,
      marker,
    }: {
      options: object
      user?: { appId: string; openid: string; key: object }
      marker: string
    }) => {
      const { drawbridge } = globalThis as unknown as { drawbridge: { createClient(options: object): PageClient } }
      const weixin = user && {
        appId: () => user.appId,
        login: () => Promise.reject(new Error('no login here')),
        userKey: () => Promise.resolve(user.key),
      }
      const client = drawbridge.createClient({ ...options, weixin })
      const told = (error: unknown): object => ({ errCode: (error as { errCode?: unknown }).errCode })
      if (user) await client.initSecureNetworkByWeixin({ openid: user.openid })
      const outcomes: object[] = []
      for (const secretType of ['none', 'response', 'both', 'both'])
        outcomes.push(await client.callFunction({ name: 'echo', data: { marker, 中: '文😀' }, secretType }).catch(told))
      return outcomes as Readonly<Record<string, unknown>>[]
    },
    { marker: MARKER, ...task } as { options: object; marker: string },
  )
}

interface PageClient extends Pick<Client, 'connectSocket' | 'downloadFile' | 'uploadFile'> {
  callFunction(call: object): Promise<object>
  initSecureNetworkByWeixin(options: object): Promise<object>
}

/** What is done in the page with files and a socket: each way to name a file, and what came down again. */
async function moveInPage(tab: Page, task: object): Promise<{ readonly files: unknown[]; readonly socket: unknown[] }> {
  await tab.waitForFunction(() => 'drawbridge' in globalThis)
  return tab.evaluate(
    async ({
      options,
      user,
      marker,
    }: {
      options: object
      user: { appId: string; openid: string; key: object }
      marker: string
    }) => {
      const { drawbridge } = globalThis as unknown as { drawbridge: { createClient(options: object): PageClient } }
      const weixin = {
        appId: () => user.appId,
        login: () => Promise.reject(new Error('no login here')),
        userKey: () => Promise.resolve(user.key),
      }
      const client = drawbridge.createClient({ ...options, weixin })
      await client.initSecureNetworkByWeixin({ openid: user.openid })
      const text = marker + 'x'.repeat(100_000)
      const files: unknown[] = []
      const blob = new Blob([text], { type: 'text/plain' })
      for (const secret of [true, false])
        for (const filePath of [new File([blob], 'a.txt'), blob, URL.createObjectURL(blob)]) {
          const { fileID } = await client.uploadFile({ filePath, cloudPath: 'a.txt', secret })
          const { tempFilePath = '' } = await client.downloadFile({ fileID, secret })
          files.push(tempFilePath.startsWith('blob:') && (await (await fetch(tempFilePath)).text()) === text)
        }
      const socket: unknown[] = []
      const connection = client.connectSocket({ url: '/orders/live', protocols: ['chat'] })
      connection.onOpen(({ protocol }) => {
        socket.push(protocol)
        connection.send({ data: marker })
        connection.send({ data: Uint8Array.of(1, 2) })
      })
      connection.onMessage(({ data }) => {
        socket.push(typeof data === 'string' ? data : [...new Uint8Array(data)])
        if (socket.length === 3) connection.close({ code: 3000, reason: 'done' })
      })
      await new Promise<void>((resolve) =>
        connection.onClose(({ code, reason }) => {
          socket.push(code, reason)
          resolve()
        }),
      )
      return { files, socket }
    },
    { marker: MARKER, ...task } as {
      options: object
      user: { appId: string; openid: string; key: object }
      marker: string
    },
  )
}

test('a page in a real browser calls plain, and sealed where its app gives it a user key', async (t) => {
  if (!existsSync(CHROMIUM)) {
    skipLoudly(t, 'Chromium')
    return
  }
  const { admitted, foreign } = await openPages(t)
  const world = await openClientWorld(t, {}, {}, [admitted])
  await world.openSession()
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  t.after(() => browser.close())
  const bodies: Buffer[] = []
  const open = async (origin: string): Promise<Page> => {
    const tab = await browser.newPage()
    tab.on('request', (request) => {
      const body = request.postDataBuffer()
      if (body && request.url().endsWith('/v1/call')) bodies.push(body)
    })
    await tab.goto(origin)
    return tab
  }
  const event = { marker: MARKER, 中: '文😀' }
  const eventOf = ({ result }: Readonly<Record<string, unknown>>): unknown => (result as { event: unknown }).event

  const [plain, ...withoutKeys] = await callInPage(await open(admitted), { options: world.options })
  assert.deepEqual(eventOf(plain ?? {}), event)
  assert.deepEqual(withoutKeys, Array(3).fill({ errCode: 20000 }))
  const refused = await callInPage(await open(foreign), { options: world.options })
  assert.deepEqual(refused[0], { errCode: 'SYS_ERR' })

  bodies.length = 0
  const key = world.simulator.control.userKeys.latest({ appid: WX_APPID, user: 'alice' })
  const user = { appId: WX_APPID, openid: world.phone.openid, key: { ...key, expireTime: key.expiresAt } }
  const outcomes = await callInPage(await open(admitted), { options: world.options, user })
  for (const outcome of outcomes) {
    assert.deepEqual(eventOf(outcome), event)
    assert.match(String(outcome['requestId']), /./)
    assert.equal((outcome['result'] as { appId: unknown }).appId, APP_ID)
  }
  const sent = bodies.map((body) => body.toString('latin1'))
  assert.deepEqual(
    sent.map((body) => body.includes(MARKER)),
    [true, true, false, false],
  )
  assert.deepEqual(equalBlocks(sent.slice(2)), [])
})

test('a page in a real browser moves files and talks over a socket, sealed', async (t) => {
  if (!existsSync(CHROMIUM)) {
    skipLoudly(t, 'Chromium')
    return
  }
  const { admitted } = await openPages(t)
  const backend = await startSocketBackend(t)
  const route = { name: 'orders', path: '/orders/*', upstream: backend.origin, stripPrefix: '', webSocket: true }
  const routes = [{ ...route, plain: 'refuse' as const, responseHeaders: [], bodyMaxBytes: 1000, timeoutMs: 30_000 }]
  const signingKey = 'the-signing-key-of-these-tests-0123456789'
  const world = await openClientWorld(t, {}, { files: {}, gateway: { signingKey, routes } }, [admitted])
  await world.openSession()
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  t.after(() => browser.close())
  const tab = await browser.newPage()
  const bodies: string[] = []
  const frames: string[] = []
  tab.on('request', (request) => {
    if (request.headers()['content-type'] === 'application/vnd.usn1')
      bodies.push(request.postDataBuffer()?.toString('latin1') ?? '')
  })
  tab.on('websocket', (socket) => {
    const note = ({ payload }: { readonly payload: Buffer | string }): unknown =>
      frames.push(payload.toString('latin1'))
    socket.on('framesent', note)
    socket.on('framereceived', note)
  })
  await tab.goto(admitted)
  const key = world.simulator.control.userKeys.latest({ appid: WX_APPID, user: 'alice' })
  const user = { appId: WX_APPID, openid: world.phone.openid, key: { ...key, expireTime: key.expiresAt } }
  const { files, socket } = await moveInPage(tab, { options: world.options, user })
  assert.deepEqual(files, Array(6).fill(true))
  assert.deepEqual(socket, ['chat', MARKER, [1, 2], 3000, 'done'])
  assert.ok(bodies.some((body) => body.startsWith('USN1F') && body.length > 100_000))
  assert.ok(frames.length >= 7)
  assert.ok([...bodies, ...frames].every((bytes) => !bytes.includes(MARKER)))
})
