import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { MP_APPID, callObject, openIdentityWorld } from './identity-world-fixture.ts'
import type { IdentityWorld } from './identity-world-fixture.ts'
import { identitySpace } from './identity-space.ts'

const DAY = 24 * 3_600_000

describe('the handshake of the secure network', () => {
  let world: IdentityWorld
  before(async () => {
    world = await openIdentityWorld()
  })
  after(() => world.close())

  const handshake = 'secureNetworkHandshakeByWeixin'

  test('a code names its user from then on, and its answer tells no openid', async () => {
    const code = world.loginCode()
    assert.deepEqual(await world.call(handshake, { code }), { errCode: 0 })
    const { openid, unionid } = world.simulator.control.member({ appid: MP_APPID, user: 'alice' })
    assert.deepEqual(await world.identity.codeHandles.find(world.space, MP_APPID, code), { openid, unionid })
    assert.deepEqual(await world.replica().codeHandles.find(world.space, MP_APPID, code), { openid, unionid })
    const app = world.connected.bridge.apps.resolve(undefined, 'weixin-mp')
    const session = await world.connected.bridge.get({ kind: 'session_key', app, openid })
    const { key } = world.simulator.control.sessions.get({ appid: MP_APPID, user: 'alice' }) ?? { key: undefined }
    assert.ok(key !== undefined)
    assert.deepEqual(session?.value, { session_key: key })
    assert.equal(session.expiresAt, world.now() + 30 * DAY)
    assert.deepEqual(await world.users(), [])
  })

  test('a code is nobody’s in another space, for another app, or when it was never exchanged', async () => {
    const code = world.loginCode()
    await world.call(handshake, { code })
    const { codeHandles } = world.identity
    assert.equal(await codeHandles.find({ ...world.space, spaceId: 'other' }, MP_APPID, code), undefined)
    assert.equal(await codeHandles.find(world.space, 'wx9999999999999999', code), undefined)
    for (const other of [world.loginCode(), '', '__proto__', 'x'.repeat(5000)]) {
      assert.equal(await codeHandles.find(world.space, MP_APPID, other), undefined)
    }
  })

  test('a handle ends three days after its last use', async () => {
    const code = world.loginCode()
    await world.call(handshake, { code })
    const { codeHandles } = world.identity
    const find = () => codeHandles.find(world.space, MP_APPID, code)
    const use = () => codeHandles.lengthen(world.space, MP_APPID, code)
    world.advance(2 * DAY)
    assert.equal((await find())?.isAging, true)
    await use()
    assert.equal((await find())?.isAging, undefined)
    world.advance(3 * DAY - 1)
    // To be found is no use.
    assert.ok(await find())
    world.advance(1)
    assert.equal(await find(), undefined)
    await use()
    assert.equal(await find(), undefined)
    world.advance(2 * DAY)
    await world.call(handshake, { code: world.loginCode() })
    const place = identitySpace(world.space.spaceId)
    assert.equal((await world.documents.find(place, { collection: 'code-handles' })).length, 1)
  })

  test('with callLoginByWeixin the handshake is a login as well', async () => {
    const code = world.loginCode()
    const result = await world.call(handshake, { code, callLoginByWeixin: true })
    assert.deepEqual([result['errCode'], result['type']], [0, 'register'])
    assert.ok(await world.identity.codeHandles.find(world.space, MP_APPID, code))
  })

  test('a second use of the code is refused, and so is any other platform', async () => {
    const code = world.loginCode()
    await world.call(handshake, { code })
    const refused = await world.call(handshake, { code })
    assert.equal(refused['errCode'], 'uni-id-get-third-party-account-failed')
    await assert.rejects(world.call(handshake, { code: world.loginCode() }, { platform: 'app' }), {
      code: 'LOGIN_PLATFORM_UNSUPPORTED',
    })
  })

  test('the same code at two replicas at once is accepted once', async () => {
    const code = world.loginCode()
    const other = world.replica()
    const results = await Promise.all([
      world.call(handshake, { code }),
      callObject(other, world.space, handshake, { code }),
    ])
    assert.deepEqual(results.map(({ errCode }) => errCode === 0).toSorted(), [false, true])
  })
})
