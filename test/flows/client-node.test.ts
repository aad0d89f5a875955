import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UniCloudError, createClient } from '@drawbridge/client/node'
import { MARKER, WX_APPID, openClientWorld } from './client-world.ts'

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

  const key = world.simulator.control.userKeys.latest({ appid: WX_APPID, user: 'alice' })
  const weixin = {
    appId: () => WX_APPID,
    login: async () => (await world.phone.wx.login()).code,
    userKey: () => Promise.resolve({ ...key, expireTime: key.expiresAt }),
  }
  const sealed = createClient({ ...world.options, weixin })
  await sealed.initSecureNetworkByWeixin({ openid: world.phone.openid })
  const reply = await sealed.callFunction({ name: 'echo', data, secret: true })
  const { event, secretType } = reply.result as { readonly event: unknown; readonly secretType: string }
  assert.deepEqual([event, secretType], [data, 'both'])
})
