import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { skipLoudly } from '@drawbridge/bridge/testing'
import { chromium } from 'playwright-core'
import { openStockWorld } from './stock-client-world.ts'

const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'
const source = readFileSync(createRequire(import.meta.url).resolve('@dcloudio/uni-cloud'), 'utf8')

/** What an H5 build puts around the client: its constants, and `uni.request` on the browser's own XMLHttpRequest. */
const page = `<!doctype html><meta charset="utf-8"><script>
window.start = (env) => {
  const exports = {}
  const uni = {
    getStorageSync: (name) => localStorage.getItem(name) ?? '',
    setStorageSync: (name, value) => localStorage.setItem(name, value),
    getSystemInfoSync: () => ({ appId: '__UNI__H5', uniPlatform: 'web', deviceId: 'd1', osName: 'linux' }),
    getLocale: () => 'zh-Hans',
    addInterceptor() {},
    request({ url, method, data, header, timeout, success, fail, complete }) {
      const asking = new XMLHttpRequest()
      asking.open(method, url)
      asking.timeout = timeout ?? 60000
      for (const [name, value] of Object.entries(header)) asking.setRequestHeader(name, value)
      const end = (say, value) => { say?.(value); complete?.(value) }
      asking.onload = () => {
        let body = asking.responseText
        try { body = JSON.parse(body) } catch {}
        const seen = { 'request-id': asking.getResponseHeader('request-id') }
        end(success, { statusCode: asking.status, data: body, header: seen, errMsg: 'request:ok' })
      }
      asking.onerror = () => end(fail, { errMsg: 'request:fail' })
      asking.ontimeout = () => end(fail, { errMsg: 'request:fail timeout' })
      asking.send(JSON.stringify(data))
      return { abort: () => asking.abort() }
    },
  }
  ;((exports, process, uni) => {\n/*client*/\n})(exports, { env }, uni)
  return exports.uniCloud
}
</script>`.replace('/*client*/', () => source.replaceAll('</script', '<\\/script'))

/** A web server for the page; the browser knows it under two origins. */
async function openPages(t: TestContext): Promise<{ readonly admitted: string; readonly foreign: string }> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end(page)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { admitted: `http://127.0.0.1:${port}`, foreign: `http://localhost:${port}` }
}

test('a real browser lets the admitted page call, and no other', async (t) => {
  if (!existsSync(CHROMIUM)) {
    skipLoudly(t, 'Chromium')
    return
  }
  const { admitted, foreign } = await openPages(t)
  const world = await openStockWorld(t, {}, [admitted])
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  t.after(() => browser.close())
  const { spaceId, clientSecret } = world.space

  /** Calls from a page of this origin; what came of it, told in words. */
  const callFrom = async (origin: string, provider: string): Promise<readonly unknown[]> => {
    const tab = await browser.newPage()
    await tab.goto(origin)
    const env = {
      NODE_ENV: 'production',
      UNI_PLATFORM: 'h5',
      UNI_CLOUD_PROVIDER: JSON.stringify([
        { provider, spaceName: 's', spaceId, clientSecret, endpoint: world.endpoint },
      ]),
    }
    const outcome = await tab.evaluate(async (constants) => {
      const { start } = globalThis as unknown as { start(env: object): BrowserClient }
      const uniCloud = start(constants)
      const told = (error: unknown): unknown => ({ code: (error as { code?: unknown }).code })
      const todo = uniCloud.importObject('todo', { customUI: true })
      return [
        await uniCloud.callFunction({ name: 'hello', data: { a: 1 } }).catch(told),
        await (todo['add']?.('milk', 2) ?? Promise.resolve()).catch(told),
        await uniCloud.callFunction({ name: 'fails', data: {} }).catch(told),
      ]
    }, env)
    await tab.close()
    return outcome
  }

  for (const provider of ['aliyun', 'dcloud']) {
    const [hello, milk, fails] = await callFrom(admitted, provider)
    const { result, requestId } = hello as { result: { event: unknown; appId: string }; requestId: string }
    assert.deepEqual([result.event, result.appId], [{ a: 1 }, '__UNI__H5'])
    assert.match(requestId, /^[\da-f]+-\w+$/)
    assert.deepEqual(milk, { title: 'milk', count: 2 })
    assert.deepEqual(fails, { code: 'FunctionBizError' })
    assert.deepEqual(await callFrom(foreign, provider), [{ code: 'SYS_ERR' }, { code: 'SYS_ERR' }, { code: 'SYS_ERR' }])
  }
})

interface BrowserClient {
  callFunction(options: object): Promise<unknown>
  importObject(name: string, options: object): Readonly<Record<string, (...params: unknown[]) => Promise<unknown>>>
}
