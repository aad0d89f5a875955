import assert from 'node:assert/strict'
import { test } from 'node:test'
import { APPIDS, START, simulatorUnderTest } from './simulator-under-test-fixture.ts'
import { createSimulator } from './simulator.ts'

test('one seed gives one world: tokens, codes and keys are the same again', async (t) => {
  const worlds: unknown[] = []
  for (const seed of [1, '1', 2]) {
    const caller = await simulatorUnderTest(t, { seed })
    const { codes, userKeys } = caller.simulator.control
    worlds.push([
      await caller.token(),
      await caller.login(),
      codes.phone({ appid: APPIDS.mp }),
      userKeys.latest({ appid: APPIDS.mp }),
    ])
  }
  assert.deepEqual(worlds[0], worlds[1])
  assert.notDeepEqual(worlds[0], worlds[2])
})

test('without a seed every simulator is another world, and tells its seed', async () => {
  const [a, b] = [createSimulator(), createSimulator()]
  assert.notEqual(a.seed, b.seed)
  const again = createSimulator({ seed: a.seed })
  assert.equal(again.control.member({ appid: APPIDS.mp }).openid, a.control.member({ appid: APPIDS.mp }).openid)
})

test('on real time a token ages by itself', async (t) => {
  let real = START
  const { simulator, post } = await simulatorUnderTest(t, { clock: {}, realNow: () => real })
  const ask = async (): Promise<unknown> => {
    const body = { grant_type: 'client_credential', appid: APPIDS.mp, secret: '1'.repeat(32) }
    return (await post('/cgi-bin/stable_token', {}, body)).body['expires_in']
  }
  assert.equal(await ask(), 7200)
  real += 100_500
  assert.equal(await ask(), 7099)
  assert.equal(simulator.control.clock.now(), real)
})

test('apps and users can be given, and an openid can be fixed', () => {
  const { control } = createSimulator({
    apps: [{ appid: 'my-app', secret: 's', type: 'mp' }],
    users: [{ id: 'zoe', openids: { 'my-app': 'oMyOwnOpenid' } }],
  })
  assert.deepEqual(
    control.apps.list().map((app) => app.appid),
    ['my-app'],
  )
  assert.equal(control.member({ appid: 'my-app' }).openid, 'oMyOwnOpenid')
  assert.equal(control.member({ appid: 'my-app', openid: 'oMyOwnOpenid' }).userId, 'zoe')
  const stranger = control.member({ appid: 'my-app', openid: 'oNewcomer' })
  assert.equal(control.member({ appid: 'my-app', user: stranger.userId }).openid, 'oNewcomer')
  assert.equal(control.member({ appid: 'my-app', user: 'zoe', openid: 'oSecondOpenid' }).userId, 'zoe')
  assert.throws(() => control.codes.login({ appid: 'nothing' }), { code: 'APP_UNKNOWN' })
  assert.throws(() => createSimulator({ apps: [{ appid: '' }] }), { code: 'APP_INVALID' })
})

test('many dead tokens are forgotten, live ones never', async (t) => {
  const { simulator, get, token } = await simulatorUnderTest(t, { switches: { accessTokenLength: 64 } })
  const kept = await token(APPIDS.oa)
  const { createTokenRegistry } = await import('./state/token-registry.ts')
  let made = 0
  const registry = createTokenRegistry(simulator.control.clock.now, () => `token-${(made += 1)}`)
  const live = registry.issue({ appid: 'a', family: 'stable', lifetimeMs: 1000 })
  for (let n = 0; n < 30_000; n += 1)
    registry.endAt(registry.issue({ appid: 'a', family: 'legacy', lifetimeMs: 1000 }).value, 0)
  assert.equal(registry.isLive(live.value), true)
  assert.equal(registry.find('token-2'), undefined)
  assert.equal((await get('/cgi-bin/ticket/getticket', { access_token: kept, type: 'jsapi' })).body['errcode'], 0)
})
