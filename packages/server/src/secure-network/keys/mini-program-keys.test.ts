import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MP_APPID } from '../../identity/identity-world-fixture.ts'
import { openEnvelopeWorld } from '../usn1/envelope-world-fixture.ts'

test('users whose names run together with their apps’ have keys of their own', async (t) => {
  const { world, open } = await openEnvelopeWorld(t)
  const { bridge } = world.connected
  const app = bridge.apps.resolve(undefined, 'weixin-mp')
  const { version, iv } = world.simulator.control.userKeys.latest({ appid: MP_APPID, user: 'alice' })
  for (const [appId, openid, text] of [
    ['app', `x ${MP_APPID}:y`, 'key-of-the-first'],
    [`app ${MP_APPID}:x`, 'y', 'key-of-the-other'],
  ] as const) {
    const key = Buffer.from(text)
    await bridge.set({ kind: 'session_key', app, openid }, { session_key: 'AAAAAAAAAAAAAAAAAAAAAA==' })
    const value = { encrypt_key: key.toString('base64'), iv }
    await bridge.set({ kind: 'encrypt_key', app, openid, version }, value, 600)
    const outcome = await open({ appId, subject: `${MP_APPID}:${openid}`, key })
    assert.ok('call' in outcome, JSON.stringify(outcome))
    assert.equal(outcome.authentic.proof.openid, openid)
  }
})
