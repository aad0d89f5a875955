import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openPeer } from '../peer-fixture.ts'

const nobody = { uid: null, role: [], permission: [], tokenExpired: 0 }

test('the token tells of its user, with characters that the stock client breaks on', async () => {
  const peer = await openPeer({ platform: 'web' })
  assert.deepEqual(peer.client.getCurrentUserInfo(), nobody)
  const claims = {
    uid: 'u1',
    role: ['管理员', '??>>~~'],
    permission: ['ÿÿÿ'],
    nickname: '文😀',
    iat: 1,
    exp: 1_900_000_000,
  }
  const payload = Buffer.from(JSON.stringify(claims)).toString('base64url')
  assert.match(payload, /[-_]/)
  peer.storage.set('uniIdToken', `h.${payload}.s`)
  const { iat: _iat, exp: _exp, ...said } = claims
  const expected = { ...said, tokenExpired: 1_900_000_000_000 }
  assert.deepEqual(peer.client.getCurrentUserInfo(), expected)
  peer.storage.set('uni_id_token', `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}==.s`)
  assert.deepEqual(peer.client.getCurrentUserInfo(), expected)
})

test('what is no token is nobody', async () => {
  const peer = await openPeer({ platform: 'web' })
  for (const token of ['', 'x', 'a.b', 'a.b.c.d', 'a.!!.c', 'a.bm90IGpzb24.c', 7, null]) {
    peer.storage.set('uni_id_token', token)
    assert.deepEqual(peer.client.getCurrentUserInfo(), nobody, String(token))
  }
})
