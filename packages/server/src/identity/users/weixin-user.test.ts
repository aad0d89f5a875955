import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { DocumentStore } from '../../documents/document-store.ts'
import { APP_ID, MP_APPID, identityApp, openIdentityWorld } from '../identity-world-fixture.ts'
import { findOrRegister } from './weixin-user.ts'

test('who loses the race for an identity in the store finds the winner’s user; who loses it for ever is told', async () => {
  const world = await openIdentityWorld()
  try {
    let lost = 0
    /** A store in which another process claims the identity first, so many times. */
    const contested = (times: number): DocumentStore => ({
      ...world.documents,
      transaction(work) {
        if (lost++ < times) return Promise.reject(new DrawbridgeError('DOCUMENT_EXISTS'))
        return world.documents.transaction(work)
      },
    })
    const app = world.connected.bridge.apps.resolve(APP_ID, 'weixin-mp')
    const { openid } = world.simulator.control.member({ appid: MP_APPID, user: 'alice' })
    const client = { appId: APP_ID, platform: 'mp-weixin', locale: '', ip: '', userAgent: '', info: {} }
    const visit = {
      spaceId: world.space.spaceId,
      client,
      account: { app, platform: 'mp' as const, openid },
      inviteCode: undefined,
    }
    const config = { apps: [identityApp()], refusedCodesPerMinute: 1, weixinCallsPerMinute: 1 }
    const meet = (documents: DocumentStore): ReturnType<typeof findOrRegister> =>
      findOrRegister({ documents, config, now: world.now, randomBytes }, visit)

    assert.equal((await meet(contested(2))).type, 'register')
    lost = 0
    await assert.rejects(meet(contested(99)), { code: 'DOCUMENT_EXISTS' })
    assert.equal(lost, 3)
    assert.equal((await world.users()).length, 1)
  } finally {
    await world.close()
  }
})
