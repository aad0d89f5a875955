import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { JsonObject } from '@drawbridge/runtime'
import { APP_ID, TOKEN_SECRET, callObject, identityApp, openIdentityWorld, tokenIn } from '../identity-world-fixture.ts'
import type { IdentityWorld } from '../identity-world-fixture.ts'
import { textOf } from '../text-of.ts'
import { encodeToken } from './encode-token.ts'

const DAY = 24 * 3_600_000
const users = 'uni-id-users'

describe('tokens', () => {
  let world: IdentityWorld
  let uid = ''
  let token = ''
  before(async () => {
    world = await openIdentityWorld()
  })
  after(() => world.close())
  beforeEach(async () => {
    await world.documents.remove(world.space.spaceId, { collection: users, limit: 1000 })
    const result = await login()
    uid = textOf(result['uid'])
    token = tokenIn(result)
  })

  const login = (): Promise<JsonObject> => world.call('loginByWeixin', { code: world.loginCode() })
  const check = async (text = token): Promise<unknown> => (await world.ask('checkToken', { token: text }))['errCode']
  const setUser = (change: JsonObject): Promise<number> =>
    world.documents.update(world.space.spaceId, { collection: users, where: { _id: uid } }, { $set: change })

  test('a good token says who it is, with roles and permissions, and nothing that is only ours', async () => {
    assert.deepEqual(await world.ask('checkToken', { token }), {
      code: 0,
      errCode: 0,
      uid,
      role: [],
      permission: [],
      iat: world.now() / 1000,
      exp: world.now() / 1000 + 259_200,
    })
  })

  test('after logout the token is worth nothing, on every replica at once, and another login goes on', async () => {
    const other = tokenIn(await login())
    assert.deepEqual(await world.call('logout', {}, { token }), { errCode: 0 })
    assert.equal(await check(), 'uni-id-check-token-failed')
    const answer = await callObject(world.replica(), world.space, 'refreshToken', {}, { token })
    assert.equal(answer['errCode'], 'uni-id-check-token-failed')
    assert.equal(await check(other), 0)
  })

  test('a ban, a removal and valid_token_date end all of a user’s tokens at once', async () => {
    await setUser({ status: 1 })
    assert.deepEqual(await world.ask('checkToken', { token }), {
      errCode: 'uni-id-account-banned',
      errMsg: '此账号已封禁',
    })
    await setUser({ status: 0 })
    assert.equal(await check(), 0)
    await setUser({ valid_token_date: world.now() + 1 })
    assert.equal(await check(), 'uni-id-token-expired')
    await world.documents.remove(world.space.spaceId, { collection: users, where: { _id: uid } })
    assert.equal(await check(), 'uni-id-account-not-exists')
  })

  test('ten logins at once all give good tokens, and with the eleventh the oldest goes', async () => {
    const ten = await Promise.all(Array.from({ length: 10 }, login))
    for (const result of ten) assert.equal(await check(tokenIn(result)), 0)
    assert.equal(await check(), 'uni-id-check-token-failed')
    world.advance(1000)
    await login()
    const left = await Promise.all(ten.map((result) => check(tokenIn(result))))
    assert.equal(left.filter((code) => code === 0).length, 9)
  })

  test('a token with little life left is replaced on check, and only once for all who come meanwhile', async () => {
    world.advance(2 * DAY + 1000)
    const results = await Promise.all(Array.from({ length: 8 }, () => world.ask('checkToken', { token })))
    const [next] = new Set(results.map((result) => textOf(result['token'])))
    assert.equal(new Set(results.map((result) => result['token'])).size, 1)
    assert.ok(next !== undefined && next !== token)
    assert.equal(results[0]?.['tokenExpired'], Math.floor(world.now() / 1000) * 1000 + 3 * DAY)
    assert.equal((await world.ask('checkToken', { token, autoRefresh: false }))['token'], undefined)
    assert.equal(await check(next), 0)
  })

  test('the old token serves a minute more once the new one was seen, and as long as it would when it was not', async () => {
    const next = tokenIn(await world.call('refreshToken', {}, { token }))
    world.advance(5 * 60_000)
    assert.equal(await check(), 0)
    assert.equal(tokenIn(await world.call('refreshToken', {}, { token })), next)
    assert.equal(await check(next), 0)
    world.advance(59_000)
    assert.equal(await check(), 0)
    world.advance(2_000)
    assert.equal(await check(), 'uni-id-token-expired')
    assert.equal(await check(next), 0)
  })

  test('logging out ends every token of the login, the refreshed ones too', async () => {
    const next = tokenIn(await world.call('refreshToken', {}, { token }))
    await world.call('logout', {}, { token })
    assert.equal(await check(next), 'uni-id-check-token-failed')
    assert.equal((await world.call('refreshToken', {}, { token: next }))['errCode'], 'uni-id-check-token-failed')
  })

  test('refreshing and logging out at once never leave a good token behind', async () => {
    for (let round = 0; round < 10; round++) {
      const mine = tokenIn(await login())
      const [refreshed] = await Promise.all([
        world.call('refreshToken', {}, { token: mine }),
        world.call('logout', {}, { token: mine }),
      ])
      const next = refreshed['errCode'] === 0 ? tokenIn(refreshed) : mine
      assert.equal(await check(next), 'uni-id-check-token-failed')
    }
  })

  test('roles that changed count from the next check on, and the client gets a token that says so', async () => {
    await world.documents.insert(world.space.spaceId, 'uni-id-roles', [
      { role_id: 'editor', permission: ['write', 'read'] },
      { role_id: 'reader', permission: ['read'] },
    ])
    await setUser({ role: ['editor', 'reader'] })
    const { role, permission, token: next } = await world.ask('checkToken', { token })
    assert.deepEqual(
      [role, permission],
      [
        ['editor', 'reader'],
        ['write', 'read'],
      ],
    )
    await setUser({ role: [] })
    assert.deepEqual((await world.ask('checkToken', { token: textOf(next) }))['role'], [])
    await setUser({ role: ['admin', 'editor'] })
    const admin = await world.ask('createToken', { uid })
    assert.deepEqual((await world.ask('checkToken', { token: textOf(admin['token']) }))['permission'], [])
  })

  test('functions make tokens for users there are, with rights of their own choice', async () => {
    const made = await world.ask('createToken', { uid, role: ['guest'], permission: ['look'] })
    assert.deepEqual(Object.keys(made), ['errCode', 'token', 'tokenExpired'])
    const { role, permission } = await world.ask('checkToken', { token: textOf(made['token']) })
    assert.deepEqual([role, permission], [['guest'], ['look']])
    assert.equal((await world.ask('createToken', { uid: 'nobody' }))['errCode'], 'uni-id-account-not-exists')
    assert.deepEqual(await world.ask('createToken', {}), { errCode: 'uni-id-param-required', errMsg: '缺少参数: uid' })
  })

  test('the service knows its three methods and no more', async () => {
    for (const method of ['constructor', '__proto__', 'toString', 'end', '']) {
      await assert.rejects(world.ask(method, {}), { code: 'REQUEST_INVALID' }, method)
    }
  })

  test('a token that uni-id-common itself put into the user’s record is taken, renewed and logged out', async () => {
    const iat = Math.floor(world.now() / 1000)
    const claims = { uid, role: [], permission: [], uniIdVersion: '1.0.17', iat, exp: iat + 7200 }
    const theirs = encodeToken(claims, createSecretKey(TOKEN_SECRET, 'utf8'))
    assert.equal(await check(theirs), 'uni-id-check-token-failed')
    await setUser({ token: [theirs] })
    assert.equal(await check(theirs), 0)
    const next = tokenIn(await world.call('refreshToken', {}, { token: theirs }))
    assert.equal(await check(next), 0)
    await world.call('logout', {}, { token: theirs })
    assert.equal(await check(theirs), 'uni-id-check-token-failed')
  })

  test('a token signed with the right secret that was never handed out is refused', async () => {
    const iat = Math.floor(world.now() / 1000)
    const forged = encodeToken({ uid, role: ['admin'], iat, exp: iat + 7200 }, createSecretKey(TOKEN_SECRET, 'utf8'))
    assert.equal(await check(forged), 'uni-id-check-token-failed')
  })

  test('an ended token says so with the code that old clients know', async () => {
    world.advance(3 * DAY)
    assert.deepEqual(await world.ask('checkToken', { token, clientInfo: { locale: 'en-US' } }), {
      errCode: 'uni-id-token-expired',
      errMsg: 'The login has expired.',
      code: 30203,
    })
    assert.equal((await world.call('logout', {}, { token: '' }))['errCode'], 'uni-id-param-required')
  })

  test('a client that logs in anew keeps its old token for a minute, for what is under way', async () => {
    await world.call('loginByWeixin', { code: world.loginCode() }, { token })
    assert.equal(await check(), 0)
    world.advance(61_000)
    assert.equal(await check(), 'uni-id-token-expired')
  })
})

test('each platform has its own lifetimes, and each DCloud app its own secret', async () => {
  const second = identityApp({ dcloudAppid: '__UNI__TWO', tokenSecrets: ['another-secret-for-two'] })
  const first = identityApp({
    dcloudAppid: APP_ID,
    platformLifetimes: { 'mp-weixin': { expiresIn: 600, threshold: 60 } },
  })
  const world = await openIdentityWorld({ config: { apps: [first, second] } })
  try {
    const result = await world.call('loginByWeixin', { code: world.loginCode() })
    const { uid, newToken } = result
    assert.equal((newToken as JsonObject | undefined)?.['tokenExpired'], world.now() + 600_000)
    const clientInfo = { appId: APP_ID, uniPlatform: 'app' }
    const app = await world.ask('createToken', { uid: uid ?? '', clientInfo })
    assert.equal(app['tokenExpired'], world.now() + 259_200_000)
    const asTwo = { appId: '__UNI__TWO', uniPlatform: 'app' }
    const refused = await world.ask('checkToken', { token: tokenIn(result), clientInfo: asTwo })
    assert.equal(refused['errCode'], 'uni-id-check-token-failed')
    await assert.rejects(world.ask('checkToken', { token: tokenIn(result) }), { code: 'LOGIN_OFF' })
  } finally {
    await world.close()
  }
})
