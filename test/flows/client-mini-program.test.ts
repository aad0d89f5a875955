import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { promisify } from 'node:util'
import { compileFunction } from 'node:vm'
import type { Client, ClientOptions } from '@drawbridge/client'
import { bundle, bundleTable } from '@drawbridge/client/testing'
import { MARKER, openClientWorld } from './client-world.ts'
import { startSocketBackend } from './socket-world.ts'

const row = bundleTable.find(({ file }) => file.startsWith('miniprogram/')) ?? assert.fail('no such bundle')
const code = await bundle(row)

function written(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-bundle-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'index.js')
  writeFileSync(file, code)
  return file
}

test('the build calls from an engine without JIT that has the language of 2017, wx, and nothing else', async (t) => {
  const world = await openClientWorld(t, {}, { files: {} })
  await world.openSession()
  const userKey = world.simulator.control.userKeys.latest({ appid: world.phone.appid, user: 'alice' })
  const task = {
    file: written(t),
    options: world.options,
    userKey: { ...userKey, expireTime: userKey.expiresAt },
    openid: world.phone.openid,
    marker: MARKER,
  }
  const script = join(import.meta.dirname, 'client-bare-phone.cjs')
  const { stdout } = await promisify(execFile)(process.execPath, ['--jitless', script, JSON.stringify(task)], {
    timeout: 60_000,
  })
  const { results, ...rest } = JSON.parse(stdout) as { readonly results: readonly Readonly<Record<string, unknown>>[] }
  assert.deepEqual(
    results.map(({ secretType, event }) => [secretType, event]),
    ['request', 'response', 'both'].map((secretType) => [secretType, { marker: MARKER, 中: '文😀' }]),
  )
  assert.deepEqual(rest, { refused: 'todo-full', isOwnError: true, isSameFile: true, isCutFile: 10010 })
})

test('the build takes wx for its host, as a mini program gives it', async (t) => {
  const backend = await startSocketBackend(t)
  const route = { name: 'orders', path: '/orders/*', upstream: backend.origin, stripPrefix: '', webSocket: true }
  const routes = [{ ...route, plain: 'refuse' as const, responseHeaders: [], bodyMaxBytes: 1000, timeoutMs: 30_000 }]
  const signingKey = 'the-signing-key-of-these-tests-0123456789'
  const world = await openClientWorld(t, {}, { files: {}, gateway: { signingKey, routes } })
  await world.openSession()
  const exports: { createClient?: (options: ClientOptions) => Client } = {}
  Reflect.apply(compileFunction(code, ['exports', 'wx']), undefined, [exports, world.phone.wx])
  const client = exports.createClient?.(world.options) ?? assert.fail('no createClient')
  await client.initSecureNetworkByWeixin({ openid: world.phone.openid })
  const { result } = await client.callFunction({ name: 'echo', data: { a: 1 }, secret: true })
  assert.deepEqual((result as { readonly event: unknown }).event, { a: 1 })
  const filePath = world.phone.files.writeTemporary(Buffer.from(MARKER), '.txt')
  for (const secret of [true, false]) {
    const { fileID } = await client.uploadFile({ filePath, cloudPath: 'a.txt', secret })
    const { tempFilePath = '' } = await client.downloadFile({ fileID, secret })
    assert.equal(world.phone.files.read(tempFilePath)?.toString(), MARKER)
  }
  const task = client.connectSocket({ url: '/orders/live' })
  const heard = await new Promise((resolve) => {
    task.onMessage(({ data }) => resolve(data))
    task.onOpen(() => task.send({ data: MARKER }))
  })
  assert.equal(heard, MARKER)
  const closed = new Promise((resolve) => task.onClose(({ code }) => resolve(code)))
  task.close()
  assert.equal(await closed, 1000)
})
