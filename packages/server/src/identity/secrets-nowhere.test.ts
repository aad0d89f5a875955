import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { MP_APPID, TOKEN_SECRET, openIdentityWorld, tokenIn } from './identity-world-fixture.ts'

test('session keys, app secrets, token secrets, tokens and codes are on no disk, in no result, event or error', async () => {
  const world = await openIdentityWorld()
  try {
    const { control } = world.simulator
    const said: unknown[] = []
    const say = async (work: Promise<unknown>): Promise<void> => {
      said.push(await work.catch((error: unknown) => error))
    }
    const code = world.loginCode()
    const login = await world.call('secureNetworkHandshakeByWeixin', { code, callLoginByWeixin: true })
    const token = tokenIn(login)
    const next = tokenIn(await world.call('refreshToken', {}, { token }))
    const h5Code = control.codes.oauth({ appid: 'wx2222222222222222', user: 'bob' })
    await say(world.call('loginByWeixin', { code: h5Code }, { platform: 'web', userAgent: 'MicroMessenger' }))
    await say(world.call('loginByWeixin', { code }))
    await say(world.call('bindMobileByMpWeixin', { encryptedData: 'AAAA', iv: 'AAAA' }, { token: next }))
    await say(world.ask('checkToken', { token: next }))
    control.failures.inject({ kind: 'secret-wrong' })
    for (const kind of ['reset-before-headers', 'bad-gateway'] as const) {
      control.failures.inject({ kind, path: '/sns/jscode2session', count: 1 })
      await say(world.call('loginByWeixin', { code: world.loginCode() }))
    }

    const { bridge } = world.connected
    const { openid } = control.member({ appid: 'wx2222222222222222', user: 'bob' })
    const app = bridge.apps.resolve(undefined, 'weixin-h5')
    const grant = await bridge.get({ kind: 'user_access_token', app, openid })
    const { access_token: access, refresh_token: refresh } = (grant?.value ?? {}) as Record<string, unknown>
    const { key } = control.sessions.get({ appid: MP_APPID, user: 'alice' }) ?? { key: '' }
    const userSecrets = [access, refresh, key].map(String)
    assert.ok(userSecrets.every((secret) => secret.length > 20))
    const secrets = [...userSecrets, TOKEN_SECRET, '1'.repeat(32), '2'.repeat(32)]
    const disk = world.onDisk()
    for (const secret of [...secrets, token, next, code, h5Code]) assert.equal(disk.includes(secret), false, secret)
    assert.ok(disk.includes(createHash('sha256').update(token).digest('hex')))

    const text = inspect([login, said, world.events], { depth: 12, showHidden: true, maxStringLength: null })
    for (const secret of [...secrets, code, h5Code]) assert.equal(text.includes(secret), false, secret)
  } finally {
    await world.close()
  }
})
