import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { App, CredentialKey, CredentialKind } from './credential.ts'
import { parseStorageKey, storageKey } from './storage-key.ts'

const app: App = {
  platform: 'weixin-mp',
  appid: 'wx0123456789abcdef',
  secret: 's',
  dcloudAppid: '__UNI__A',
  tokenEndpoint: 'stable',
}

test('records are named as uni-open-bridge-common 1.2.1 names them', () => {
  assert.equal(storageKey({ kind: 'access_token', app }), 'uni-id:weixin-mp:wx0123456789abcdef:access-token')
  assert.equal(
    storageKey({ kind: 'session_key', app, openid: 'o1' }),
    'uni-id:weixin-mp:wx0123456789abcdef:o1:session-key',
  )
  assert.equal(storageKey({ kind: 'ticket', app }), 'uni-id:weixin-mp:wx0123456789abcdef:ticket')
})

test('a user-level key without a usable openid is refused and names the field', () => {
  for (const openid of [undefined, '', ' o1', 'o1 ', 'o\ud800', 'x'.repeat(129)]) {
    const key = { kind: 'session_key', app, ...(openid === undefined ? {} : { openid }) } as const
    assert.throws(() => storageKey(key), { code: 'CREDENTIAL_KEY_INVALID', detail: { field: 'openid' } })
  }
})

test('no two keys share a name, whatever stands in the openid', () => {
  const kind = fc.constantFrom<CredentialKind>(
    'user_access_token',
    'session_key',
    'encrypt_key',
    'access_token',
    'ticket',
  )
  const openid = fc.stringMatching(/^[a-z:-]{1,40}$/)
  fc.assert(
    fc.property(kind, openid, (kind, openid) => {
      const key: CredentialKey = { kind, app, openid }
      const parts = parseStorageKey(storageKey(key))
      assert.equal(parts?.kind, kind)
      if (kind !== 'access_token' && kind !== 'ticket') assert.equal(parts.openid, openid)
    }),
  )
})

test('names that are none of ours are not read as keys', () => {
  for (const name of ['', 'note:uni-id:weixin-mp:wx:ticket', 'uni-id:nowhere:wx:ticket', 'uni-id:weixin-mp:wx:other']) {
    assert.equal(parseStorageKey(name), undefined)
  }
})
