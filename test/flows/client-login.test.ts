import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createClient, createMiniProgramHost } from '@drawbridge/client'
import type { Client } from '@drawbridge/client'
import { APP_ID, WX_APPID, openStockSecureWorld } from './stock-secure-world.ts'
import type { StockSecureWorld } from './stock-secure-world.ts'

const network = {
  mode: 'enforce',
  apps: [{ appId: APP_ID, platform: 'mp-weixin', release: [WX_APPID] }],
  rules: { pay: [{ appId: APP_ID, platform: 'mp-weixin', secretType: 'both' }] },
}

function app(world: StockSecureWorld): Client {
  const phone = world.simulator.phone({ appid: WX_APPID })
  const host = createMiniProgramHost(phone.wx, world.now)
  return createClient(host, { endpoint: world.endpoint, spaceId: world.space.spaceId, appId: APP_ID })
}

test('a client that logs in by the handshake alone makes sealed calls, and is never told its openid', async (t) => {
  const world = await openStockSecureWorld(t, network)
  const client = app(world)
  const told = await client.initSecureNetworkByWeixin()
  assert.equal(JSON.stringify(told).includes(world.openid()), false)
  for (const amount of [3, 4]) {
    const { result } = await client.callFunction({ name: 'pay', data: { amount }, secretType: 'both' })
    assert.deepEqual(result, { paid: amount === 3 ? 3 : 7 })
  }
  assert.equal(world.keysAsked(), 1)
})

test('the handshake with a login gives the user a token, and calls go on being sealed', async (t) => {
  const world = await openStockSecureWorld(t, network)
  const client = app(world)
  await client.initSecureNetworkByWeixin({ callLoginByWeixin: true })
  assert.equal(typeof client.getCurrentUserInfo().uid, 'string')
  const { result } = await client.callFunction({ name: 'echo', data: { a: 1 }, secretType: 'both' })
  const { event, secretType } = result as { readonly event: object; readonly secretType: string }
  assert.deepEqual([secretType, (event as { readonly a: number }).a], ['both', 1])
})

test('a handle whose time is up leads to one new login, and the call succeeds', async (t) => {
  const world = await openStockSecureWorld(t, network)
  const client = app(world)
  await client.initSecureNetworkByWeixin()
  await client.callFunction({ name: 'pay', data: { amount: 1 }, secretType: 'both' })
  world.advance(4 * 86_400_000)
  await world.restart()
  const { result } = await client.callFunction({ name: 'pay', data: { amount: 1 }, secretType: 'both' })
  assert.deepEqual(result, { paid: 1 })
})
