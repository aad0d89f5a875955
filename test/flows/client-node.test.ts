import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { UniCloudError, createClient } from '@drawbridge/client/node'
import { MARKER, WX_APPID, openClientWorld } from './client-world.ts'
import type { ClientWorld } from './client-world.ts'
import { startSocketBackend } from './socket-world.ts'

/** The phone's user, as a program may know him. */
function weixinOf({ simulator, phone }: ClientWorld) {
  const key = simulator.control.userKeys.latest({ appid: WX_APPID, user: 'alice' })
  return {
    appId: () => WX_APPID,
    login: async () => (await phone.wx.login()).code,
    userKey: () => Promise.resolve({ ...key, expireTime: key.expiresAt }),
  }
}

test('a program in Node calls plain, and sealed with suite 1 where it is given a user key', async (t) => {
  const world = await openClientWorld(t)
  await world.openSession()
  const plain = createClient(world.options)
  const data = { text: MARKER }
  const { result, requestId } = await plain.callFunction({ name: 'echo', data })
  assert.deepEqual((result as { readonly event: unknown }).event, data)
  assert.match(String(requestId), /./)
  await assert.rejects(plain.callFunction({ name: 'echo', secret: true }), { errCode: 20000 })
  await assert.rejects(plain.callFunction({ name: 'missing' }), (error) => error instanceof UniCloudError)

  const sealed = createClient({ ...world.options, weixin: weixinOf(world) })
  await sealed.initSecureNetworkByWeixin({ openid: world.phone.openid })
  const reply = await sealed.callFunction({ name: 'echo', data, secret: true })
  const { event, secretType } = reply.result as { readonly event: unknown; readonly secretType: string }
  assert.deepEqual([event, secretType], [data, 'both'])
})

test('a program in Node sends and gets files, from its disk and from memory, plain and sealed', async (t) => {
  const world = await openClientWorld(t, {}, { files: {} })
  await world.openSession()
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-node-files-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const filePath = join(folder, 'a.txt')
  const bytes = Buffer.concat([Buffer.from(MARKER), Buffer.alloc(100_000, 7)])
  writeFileSync(filePath, bytes)
  const client = createClient({ ...world.options, weixin: weixinOf(world) })
  await client.initSecureNetworkByWeixin({ openid: world.phone.openid })
  for (const secret of [true, false])
    for (const source of [{ filePath }, { data: Uint8Array.from(bytes) }, { filePath: new Blob([bytes]) }]) {
      const { fileID } = await client.uploadFile({ ...source, cloudPath: 'a.txt', secret })
      const { data, tempFilePath, statusCode } = await client.downloadFile({ fileID, secret })
      assert.deepEqual([Buffer.from(data ?? []).equals(bytes), tempFilePath, statusCode], [true, undefined, 200])
    }
  const none = { filePath: join(folder, 'none'), cloudPath: 'a' }
  await assert.rejects(client.uploadFile({ ...none, secret: true }), { errCode: 'SYS_ERR', errMsg: /ENOENT/ })
  await assert.rejects(client.uploadFile(none), { errCode: 'UPLOAD_FAILED', errMsg: /ENOENT/ })
})

test('a program in Node talks with a backend over a socket', async (t) => {
  const backend = await startSocketBackend(t)
  const route = { name: 'orders', path: '/orders/*', upstream: backend.origin, stripPrefix: '', webSocket: true }
  const routes = [{ ...route, plain: 'refuse' as const, responseHeaders: [], bodyMaxBytes: 1000, timeoutMs: 30_000 }]
  const signingKey = 'the-signing-key-of-these-tests-0123456789'
  const world = await openClientWorld(t, {}, { gateway: { signingKey, routes } })
  await world.openSession()
  const client = createClient({ ...world.options, weixin: weixinOf(world) })
  await client.initSecureNetworkByWeixin({ openid: world.phone.openid })
  const told: unknown[] = []
  const reported = t.mock.method(console, 'error', () => undefined)
  const task = client.connectSocket({ url: '/orders/live', query: { a: 1 } })
  task.onMessage(() => {
    throw new Error('of the program')
  })
  task.onOpen(() => task.send({ data: MARKER }))
  task.onMessage(({ data }) => {
    told.push(data)
    task.close({ code: 3000, reason: 'done' })
  })
  await new Promise<void>((resolve) => task.onClose(({ code, reason }) => resolve(void told.push(code, reason))))
  assert.deepEqual(told, [MARKER, 3000, 'done'])
  assert.deepEqual(
    reported.mock.calls.map(({ arguments: [error] }) => (error as Error).message),
    ['of the program'],
  )
  assert.equal(backend.sockets[0]?.request.url, '/orders/live?a=1')
  assert.deepEqual(await backend.sockets[0].closed, [3000, 'done'])
})
