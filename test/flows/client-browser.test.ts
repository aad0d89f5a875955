import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { skipLoudly } from '@drawbridge/bridge/testing'
import { bundle, bundleTable } from '@drawbridge/client/testing'
import { chromium } from 'playwright-core'
import type { Page } from 'playwright-core'
import { APP_ID, MARKER, WX_APPID, equalBlocks, openClientWorld } from './client-world.ts'

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

interface PageClient {
  callFunction(call: object): Promise<object>
  initSecureNetworkByWeixin(options: object): Promise<object>
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
