import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { JsonObject } from '@drawbridge/runtime'
import { MP_APPID, openIdentityWorld, tokenIn } from './identity-world-fixture.ts'
import type { IdentityWorld } from './identity-world-fixture.ts'

const bind = 'bindMobileByMpWeixin'

describe('phone numbers', () => {
  let world: IdentityWorld
  let alice = ''
  let bob = ''
  before(async () => {
    world = await openIdentityWorld()
    alice = tokenIn(await world.call('loginByWeixin', { code: world.loginCode('alice') }))
    bob = tokenIn(await world.call('loginByWeixin', { code: world.loginCode('bob') }))
  })
  after(() => world.close())

  const phoneCode = (user: string): string => world.simulator.control.codes.phone({ appid: MP_APPID, user })
  const mobileOf = async (token: string): Promise<unknown> => {
    const { uid } = await world.ask('checkToken', { token })
    return (await world.users()).find(({ _id }) => _id === uid)?.['mobile']
  }

  test('a number by the button’s code becomes the user’s, and is not told to the client', async () => {
    const result = await world.call(bind, { code: phoneCode('alice') }, { token: alice })
    assert.deepEqual(result, { errCode: 0 })
    assert.equal(await mobileOf(alice), '13800000001')
    assert.deepEqual(await world.call(bind, { code: phoneCode('alice') }, { token: alice }), { errCode: 0 })
    const again = await world.call('loginByWeixin', { code: world.loginCode('alice') })
    assert.equal(again['mobileConfirmed'], true)
  })

  test('another user’s code binds nobody', async () => {
    const result = await world.call(bind, { code: phoneCode('alice') }, { token: bob })
    assert.equal(result['errCode'], 'uni-id-get-third-party-account-failed')
    assert.equal(await mobileOf(bob), undefined)
  })

  test('a number that is another user’s is a conflict', async () => {
    await world.documents.insert(world.space.spaceId, 'uni-id-users', [{ mobile: '13800000002', mobile_confirmed: 1 }])
    const taken = await world.call(bind, { code: phoneCode('bob') }, { token: bob })
    assert.equal(taken['errCode'], 'uni-id-bind-conflict')
    await world.documents.remove(world.space.spaceId, { collection: 'uni-id-users', where: { mobile: '13800000002' } })
  })

  test('a number in data under the session key becomes the user’s; data of another, or old, does not', async () => {
    const data = (user: string): JsonObject => {
      const { encryptedData, iv } = world.simulator.control.codes.encryptedPhone({ appid: MP_APPID, user })
      return { encryptedData, iv }
    }
    await assert.rejects(world.call(bind, data('alice'), { token: bob }), { code: 'OPEN_DATA_INVALID' })
    const old = data('bob')
    world.advance(11 * 60_000)
    await assert.rejects(world.call(bind, old, { token: bob }), { code: 'OPEN_DATA_INVALID' })
    assert.deepEqual(await world.call(bind, data('bob'), { token: bob }), { errCode: 0 })
    assert.equal(await mobileOf(bob), '13800000002')
  })

  test('nobody binds without a login, and what is missing is named', async () => {
    const calls = world.calls('/wxa/business/getuserphonenumber')
    assert.equal((await world.call(bind, { code: phoneCode('bob') }))['errCode'], 'uni-id-param-required')
    const forged = await world.call(bind, { code: phoneCode('bob') }, { token: `${bob}x` })
    assert.equal(forged['errCode'], 'uni-id-check-token-failed')
    assert.equal((await world.call(bind, {}, { token: bob }))['errCode'], 'uni-id-param-required')
    const malformed = await world.call(bind, { code: 'no code' }, { token: bob })
    assert.equal(malformed['errCode'], 'uni-id-get-third-party-account-failed')
    assert.equal(world.calls('/wxa/business/getuserphonenumber'), calls)
  })

  test('a dead access token is reported and the number comes all the same', async () => {
    world.simulator.control.tokens.revoke({ appid: MP_APPID })
    assert.deepEqual(await world.call(bind, { code: phoneCode('bob') }, { token: bob }), { errCode: 0 })
  })
})

test('pages of an official account are signed as WeChat’s own servers check it', async () => {
  const world = await openIdentityWorld()
  try {
    const app = world.connected.bridge.apps.resolve(undefined, 'weixin-h5')
    const url = 'https://shop.example.com/list?page=1&q=%E4%B8%AD'
    const config = await world.identity.jsapiConfig(app, `${url}#/detail`)
    assert.equal(config.appId, app.appid)
    const page = { ...config, appid: app.appid, url }
    assert.equal(world.simulator.control.jssdk.checkConfig(page), 'config:ok')
    await world.identity.jsapiConfig(app, url)
    assert.equal(world.calls('/cgi-bin/ticket/getticket'), 1)
    for (const wrong of ['', 'shop.example.com', 'javascript:alert(1)', `https://x/${'y'.repeat(2048)}`]) {
      await assert.rejects(world.identity.jsapiConfig(app, wrong), { code: 'PAGE_URL_INVALID' }, wrong)
    }
  } finally {
    await world.close()
  }
})
