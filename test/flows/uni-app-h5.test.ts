import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, dirname, extname, join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { skipLoudly } from '@drawbridge/bridge/testing'
import { chromium } from 'playwright-core'
import type { Page } from 'playwright-core'
import { startDrawbridge } from './drawbridge-process.ts'

const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'
const examples = fileURLToPath(new URL('../../examples/', import.meta.url))
const app = join(examples, 'uni-app-h5')
const functions = join(examples, 'unicloud-project', 'uniCloud-aliyun', 'cloudfunctions')
const space = { spaceId: 'h5-space', clientSecret: 'h5-client-secret' }
/** Installing and building come to half a minute on an idle machine. */
const LONG_MS = 400_000
/** A registry that is away is to be told of soon. */
const INSTALL = ['ci', '--no-audit', '--no-fund', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=5000']

const mediaTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
}

const run = promisify(execFile)

/** The environment of a build: this Node first, and nothing of the test runner's or of an outer npm's. */
function buildEnvironment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const foreign = /^(NODE_ENV|NODE_OPTIONS|NODE_TEST_.*|UNI_.*|VITE_.*|npm_(package|lifecycle|config_local)_.*)$/
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name))
  const path = [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter)
  return { ...Object.fromEntries(kept), PATH: path, ...more }
}

/** Installs what the app is built with, where its lockfile has changed since; false: npm could not. */
async function install(): Promise<boolean> {
  const installed = join(app, 'node_modules', '.package-lock.json')
  const isFresh =
    existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(app, 'package-lock.json')).mtimeMs
  if (isFresh) return true
  try {
    await run('npm', INSTALL, { cwd: app, env: buildEnvironment(), timeout: LONG_MS / 2 })
    return true
  } catch (error) {
    process.stderr.write(`npm ci in examples/uni-app-h5: ${String(error)}\n`)
    return false
  }
}

/** Builds the app as it is for a server, into a folder. */
async function build(endpoint: string, folder: string): Promise<void> {
  const uni = join(app, 'node_modules', '@dcloudio', 'vite-plugin-uni', 'bin', 'uni.js')
  const spaces = JSON.stringify([{ provider: 'aliyun', spaceName: space.spaceId, ...space, endpoint }])
  const env = buildEnvironment({ UNI_CLOUD_PROVIDER: spaces, UNI_OUTPUT_DIR: folder })
  await run(process.execPath, [uni, 'build'], { cwd: app, env, timeout: LONG_MS / 2 })
}

/** A web server for a folder; the browser knows it under two origins. */
async function openPages(
  t: TestContext,
  folder: string,
): Promise<{ readonly admitted: string; readonly foreign: string }> {
  const server = createServer(({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://localhost')
    const path = join(folder, pathname === '/' ? 'index.html' : pathname)
    readFile(path).then(
      (content) => response.writeHead(200, { 'content-type': mediaTypes[extname(path)] ?? 'text/plain' }).end(content),
      () => response.writeHead(404).end(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { admitted: `http://127.0.0.1:${port}`, foreign: `http://localhost:${port}` }
}

const places = ['greeting', 'entries', 'refusal']

/** Opens the app and waits until each of its three calls has ended; what it shows, in the order of `places`. */
async function shownBy(page: Page, origin: string): Promise<readonly string[]> {
  await page.goto(origin)
  const texts = places.map(async (id) => {
    const place = page.locator(`#${id}`).filter({ hasNotText: '…' })
    await place.waitFor({ timeout: 60_000 })
    return place.innerText()
  })
  return Promise.all(texts)
}

/** The share of a picture that is dark: what a reader sees as writing. */
async function inkIn(page: Page, picture: Buffer): Promise<number> {
  return page.evaluate<number>(`(async () => {
    const answer = await fetch('data:image/png;base64,${picture.toString('base64')}')
    const bitmap = await createImageBitmap(await answer.blob())
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')
    context.drawImage(bitmap, 0, 0)
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height)
    let dark = 0
    for (let at = 0; at < data.length; at += 4) if (data[at] + data[at + 1] + data[at + 2] < 300) dark += 1
    return dark / (data.length / 4)
  })()`)
}

test('a uni-app built by npm shows what a function and a cloud object answer', { timeout: LONG_MS }, async (t) => {
  if (!existsSync(CHROMIUM)) return skipLoudly(t, 'Chromium')
  if (!(await install())) return skipLoudly(t, 'What examples/uni-app-h5 is built with')

  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-h5-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const built = join(folder, 'h5')
  mkdirSync(built)
  const { admitted, foreign } = await openPages(t, built)
  const spaces = [{ ...space, origins: [admitted], functions }]
  writeFileSync(join(folder, 'drawbridge.config.json'), JSON.stringify({ spaces }))
  const server = await startDrawbridge({ cwd: folder })
  t.after(() => server.stop())
  await build(server.endpoint, built)

  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  t.after(() => browser.close())
  const page = await browser.newPage({ viewport: { width: 375, height: 667 } })
  const faults: unknown[] = []
  page.on('pageerror', (error) => faults.push(error))

  await t.test('to a page of an origin on the list', async () => {
    assert.deepEqual(await shownBy(page, admitted), [
      'Good morning, Ada!',
      'buy milk',
      'todo-title-empty: A title is needed.',
    ])
    assert.deepEqual(faults, [])
  })

  await t.test('where a user can see it', async () => {
    const whole = await page.screenshot()
    const ink = await inkIn(page, whole)
    assert.ok(ink > 0.002 && ink < 0.2, `the page has ${ink} of it dark`)
    for (const id of places) {
      const line = await inkIn(page, await page.locator(`#${id}`).screenshot())
      assert.ok(line > 0.01 && line < 0.5, `${id} has ${line} of it dark`)
    }
  })

  await t.test('and neither shows nor does anything for a page of another origin', async () => {
    const refused = 'SYS_ERR: request:fail'
    assert.deepEqual(await shownBy(page, foreign), [refused, refused, refused])
    const [, entries] = await shownBy(page, admitted)
    assert.equal(entries, 'buy milk, buy milk')
  })
})
