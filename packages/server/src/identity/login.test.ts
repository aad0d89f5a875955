import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { APP_ID, MP_APPID, callObject, openIdentityWorld, tokenIn } from './identity-world-fixture.ts'
import type { Caller, IdentityWorld } from './identity-world-fixture.ts'
import { textOf } from './text-of.ts'

const CODE2SESSION = '/sns/jscode2session'

describe('login by WeChat', () => {
  let world: IdentityWorld
  before(async () => {
    world = await openIdentityWorld()
  })
  after(() => world.close())
  beforeEach(async () => {
    world.simulator.control.failures.clear()
    for (const collection of ['uni-id-users', 'uni-id-roles']) {
      await world.documents.remove(world.space.spaceId, { collection })
    }
  })

  test('a mini program’s first login registers, the second one finds the same user', async () => {
    const first = await world.call('loginByWeixin', { code: world.loginCode() })
    const { uid, newToken, ...rest } = first
    assert.deepEqual(rest, {
      errCode: 0,
      mobileConfirmed: false,
      emailConfirmed: false,
      passwordConfirmed: false,
      type: 'register',
    })
    assert.deepEqual(Object.keys(newToken ?? {}), ['token', 'tokenExpired'])
    const second = await world.call('loginByWeixin', { code: world.loginCode() })
    assert.deepEqual([second['type'], second['uid']], ['login', uid])

    const [user] = await world.users()
    const { openid, unionid } = world.simulator.control.member({ appid: MP_APPID, user: 'alice' })
    assert.deepEqual(user?.['wx_openid'], { mp: openid, [`mp_${APP_ID}`]: openid })
    assert.equal(user['wx_unionid'], unionid)
    assert.deepEqual(user['dcloud_appid'], [APP_ID])
    assert.equal(user['register_date'], world.now())
    assert.equal(user['status'], 0)
    const checked = await world.identity.tokens.check(world.space, clientLike, tokenIn(second))
    assert.equal(checked.uid, uid)
  })

  const ways: readonly (readonly [string, string, Caller])[] = [
    ['an official account’s page', 'wx2222222222222222', { platform: 'h5', userAgent: 'Mozilla MicroMessenger/8' }],
    ['a website', 'wx3333333333333333', { platform: 'web', userAgent: 'Mozilla' }],
    ['an app', 'wx4444444444444444', { platform: 'app-plus' }],
  ]
  for (const [what, appid, caller] of ways) {
    test(`${what} logs in with its own app, and with the profile that WeChat shows`, async () => {
      const { control } = world.simulator
      const scope = appid === 'wx3333333333333333' ? 'snsapi_login' : 'snsapi_userinfo'
      const code = control.codes.oauth({ appid, user: 'bob', scope })
      const result = await world.call('loginByWeixin', { code }, caller)
      assert.equal(result['type'], 'register')
      const { openid } = control.member({ appid, user: 'bob' })
      const [user] = await world.users()
      assert.ok(Object.values(user?.['wx_openid'] ?? {}).every((value) => value === openid))
      assert.equal(user?.['nickname'], 'Bob')
      const app = world.connected.bridge.apps.byAppid(`weixin-${Object.keys(user['wx_openid'] ?? {})[0]}`, appid)
      assert.ok(app)
      assert.ok(await world.connected.bridge.get({ kind: 'user_access_token', app, openid }))
    })
  }

  test('one person is one user in mini program, official account and app, by unionid', async () => {
    const mp = await world.call('loginByWeixin', { code: world.loginCode() })
    const code = world.simulator.control.codes.oauth({ appid: 'wx2222222222222222', user: 'alice' })
    const h5 = await world.call('loginByWeixin', { code }, { platform: 'web', userAgent: 'MicroMessenger' })
    assert.deepEqual([h5['type'], h5['uid']], ['login', mp['uid']])
    const [user] = await world.users()
    assert.deepEqual(Object.keys(user?.['wx_openid'] ?? {}).toSorted(), ['h5', `h5_${APP_ID}`, 'mp', `mp_${APP_ID}`])
  })

  test('fifty first logins of one openid at once, on two replicas, make one user', async () => {
    const other = world.replica()
    const codes = Array.from({ length: 50 }, () => world.loginCode())
    const results = await Promise.all(
      codes.map((code, at) =>
        callObject(at % 2 ? other : world.identity, world.space, 'loginByWeixin', { code }, { ip: `10.0.0.${at}` }),
      ),
    )
    assert.deepEqual(new Set(results.map(({ uid }) => uid)).size, 1)
    assert.equal(results.filter(({ type }) => type === 'register').length, 1)
    assert.equal((await world.users()).length, 1)
  })

  test('two users who own the identities of one person are a conflict, and nobody is logged in', async () => {
    const { openid, unionid = '' } = world.simulator.control.member({ appid: MP_APPID, user: 'alice' })
    await world.documents.insert(world.space.spaceId, 'uni-id-users', [
      { wx_openid: { mp: openid }, dcloud_appid: [APP_ID] },
      { wx_unionid: unionid },
    ])
    const result = await world.call('loginByWeixin', { code: world.loginCode() })
    assert.deepEqual(result, { errCode: 'uni-id-account-conflict', errMsg: '用户账号冲突' })
    assert.equal((await world.users()).length, 2)
  })

  test('a user brought along from uniCloud is found by openid, and one of another app is not', async () => {
    const { openid } = world.simulator.control.member({ appid: MP_APPID, user: 'alice' })
    const [old] = await world.documents.insert(world.space.spaceId, 'uni-id-users', [
      { wx_openid: { mp: openid }, dcloud_appid: [APP_ID] },
      { wx_openid: { mp: openid }, dcloud_appid: ['__UNI__OTHER'] },
    ])
    const result = await world.call('loginByWeixin', { code: world.loginCode() })
    assert.deepEqual([result['type'], result['uid']], ['login', old])
  })

  test('what was changed by hand counts: an identity taken off a user is theirs no more', async () => {
    const first = await world.call('loginByWeixin', { code: world.loginCode() })
    const [user] = await world.users()
    assert.ok(user)
    const mine = { collection: 'uni-id-users', where: { _id: user._id } }
    const { wx_unionid: unionid = null } = user
    await world.documents.update(world.space.spaceId, mine, { $unset: { wx_unionid: '' } })
    await world.documents.insert(world.space.spaceId, 'uni-id-users', [{ wx_unionid: unionid }])
    const conflict = await world.call('loginByWeixin', { code: world.loginCode() })
    assert.equal(conflict['errCode'], 'uni-id-account-conflict')

    await world.documents.update(world.space.spaceId, mine, { $unset: { wx_openid: '' } })
    const second = await world.call('loginByWeixin', { code: world.loginCode() })
    assert.equal(second['type'], 'login')
    assert.notEqual(second['uid'], first['uid'])
  })

  test('an account that may not act is told so in the client’s language', async () => {
    const { uid } = await world.call('loginByWeixin', { code: world.loginCode() })
    const states = [
      [1, 'uni-id-account-banned'],
      [2, 'uni-id-account-auditing'],
      [3, 'uni-id-account-audit-failed'],
      [4, 'uni-id-account-closed'],
      [99, 'uni-id-account-banned'],
    ] as const
    for (const [status, errCode] of states) {
      const where = { _id: textOf(uid) }
      await world.documents.update(world.space.spaceId, { collection: 'uni-id-users', where }, { $set: { status } })
      const code = world.loginCode()
      assert.equal((await world.call('loginByWeixin', { code }, { locale: 'en' }))['errCode'], errCode)
    }
    assert.equal(world.events.at(-1)?.code, 'uni-id-account-banned')
  })

  test('a user whom WeChat does not let in, and a virtual visitor of the snapshot page, are nobody', async () => {
    const { users, codes } = world.simulator.control
    users.add({ id: 'risky', highRisk: true })
    users.add({ id: 'visitor', snapshot: true })
    const refused = { errCode: 'uni-id-get-third-party-account-failed', errMsg: '获取第三方账号失败' }
    assert.deepEqual(await world.call('loginByWeixin', { code: world.loginCode('risky') }), refused)
    assert.equal(world.events.at(-1)?.errcode, 40226)
    const code = codes.oauth({ appid: 'wx2222222222222222', user: 'visitor' })
    assert.deepEqual(
      await world.call('loginByWeixin', { code }, { platform: 'web', userAgent: 'MicroMessenger' }),
      refused,
    )
    assert.deepEqual(await world.users(), [])
  })

  test('while WeChat is away a login is refused, and a code that it has not seen serves once it is back', async () => {
    const code = world.loginCode()
    for (const kind of ['system-busy', 'minute-quota'] as const) {
      world.simulator.control.failures.inject({ kind, path: CODE2SESSION, count: 1 })
      const result = await world.call('loginByWeixin', { code })
      assert.equal(result['errCode'], 'uni-id-get-third-party-account-failed', kind)
    }
    assert.equal((await world.call('loginByWeixin', { code }))['errCode'], 0)
    for (const kind of ['reset-before-headers', 'bad-gateway', 'empty-body', 'truncated-json'] as const) {
      world.simulator.control.failures.inject({ kind, path: CODE2SESSION, count: 1 })
      const result = await world.call('loginByWeixin', { code: world.loginCode() })
      assert.equal(result['errCode'], 'uni-id-get-third-party-account-failed', kind)
      assert.equal(world.events.at(-1)?.outcome, 'refused')
    }
    assert.equal((await world.call('loginByWeixin', { code: world.loginCode() }))['errCode'], 0)
  })

  test('what is missing or of a wrong kind is named, before WeChat is asked', async () => {
    const calls = world.calls(CODE2SESSION)
    const wrong: readonly (readonly [object, Caller, string])[] = [
      [{}, {}, 'uni-id-param-required'],
      [{ code: 7 }, {}, 'uni-id-invalid-param'],
      [{ code: world.loginCode(), inviteCode: {} }, {}, 'uni-id-invalid-param'],
      [{ code: world.loginCode() }, { info: {} }, 'uni-id-invalid-param'],
      [{ code: world.loginCode() }, { info: { appId: APP_ID } }, 'uni-id-invalid-param'],
    ]
    for (const [params, caller, errCode] of wrong) {
      assert.equal((await world.call('loginByWeixin', { ...params }, caller))['errCode'], errCode)
    }
    await assert.rejects(world.call('loginByWeixin', { code: world.loginCode() }, { platform: 'mp-qq' }), {
      code: 'LOGIN_PLATFORM_UNSUPPORTED',
    })
    for (const appId of ['__UNI__NOBODY', 'a.b', '__proto__.x']) {
      const code = world.loginCode()
      await assert.rejects(world.call('loginByWeixin', { code }, { appId }), { code: 'APP_UNKNOWN' })
    }
    assert.equal(world.calls(CODE2SESSION), calls)
  })

  test('methods are own ones only', () => {
    const { methods } = world.identity.uniIdCo
    for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
      assert.equal(methods[name], undefined, name)
    }
  })
})

const clientLike = { appId: APP_ID, platform: 'mp-weixin', locale: '', ip: '', userAgent: '', info: {} }

test('a WeChat app that serves any DCloud app has one user for one openid, whatever app the client names', async () => {
  const world = await openIdentityWorld({ dcloudAppid: '*' })
  try {
    const uids = new Set()
    for (const appId of ['__UNI__A', '__UNI__B']) {
      uids.add((await world.call('loginByWeixin', { code: world.loginCode() }, { appId }))['uid'])
    }
    assert.equal(uids.size, 1)
  } finally {
    await world.close()
  }
})

test('without a token secret login is off, and no code is spent', async () => {
  const world = await openIdentityWorld({ config: { apps: [] } })
  try {
    await assert.rejects(world.call('loginByWeixin', { code: world.loginCode() }), { code: 'LOGIN_OFF' })
    assert.equal(world.calls(CODE2SESSION), 0)
    assert.deepEqual(await world.call('secureNetworkHandshakeByWeixin', { code: world.loginCode() }), { errCode: 0 })
  } finally {
    await world.close()
  }
})

test('a space serves the users of its own apps only', async () => {
  const world = await openIdentityWorld({ space: { dcloudAppids: ['__UNI__OTHER'] } })
  try {
    await assert.rejects(world.call('loginByWeixin', { code: world.loginCode() }), { code: 'APP_UNKNOWN' })
  } finally {
    await world.close()
  }
})

test('invite codes: forced, made for each new user, and remembered up the line', async () => {
  const world = await openIdentityWorld({ app: { forceInviteCode: true, autoSetInviteCode: true } })
  try {
    const login = (user: string, inviteCode?: string): ReturnType<IdentityWorld['call']> =>
      world.call('loginByWeixin', { code: world.loginCode(user), ...(inviteCode !== undefined && { inviteCode }) })
    assert.equal((await login('alice'))['errCode'], 'uni-id-invalid-invite-code')
    assert.equal((await login('alice', 'NOBODY'))['errCode'], 'uni-id-invalid-invite-code')
    const [root = ''] = await world.documents.insert(world.space.spaceId, 'uni-id-users', [
      { my_invite_code: 'ROOT22', inviter_uid: ['older'] },
    ])
    assert.equal((await login('alice', 'ROOT22'))['type'], 'register')
    const alice = (await world.users()).find(({ wx_openid: openids }) => openids !== undefined)
    assert.deepEqual(alice?.['inviter_uid'], [root, 'older'])
    assert.match(textOf(alice['my_invite_code']), /^[2-9A-Z]{6}$/)
    assert.equal((await login('alice'))['type'], 'login')
  } finally {
    await world.close()
  }
})
