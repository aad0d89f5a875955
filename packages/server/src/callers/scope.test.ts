import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allows, everyCredential, formatScope, parseScope } from './scope.ts'

const app = { appid: 'wx1', dcloudAppid: '__UNI__A' }

test('a scope gives its own app, kind and verb and nothing beside them', () => {
  const scopes = [parseScope('wx1:access_token:read')]
  assert.equal(allows(scopes, app, 'access_token', 'read'), true)
  assert.equal(allows(scopes, app, 'ticket', 'read'), false)
  assert.equal(allows(scopes, app, 'access_token', 'write'), false)
  assert.equal(allows(scopes, { appid: 'wx2', dcloudAppid: '__UNI__A' }, 'access_token', 'read'), false)
})

test('an app may be named by its dcloudAppid, and a star is every one', () => {
  assert.equal(allows([parseScope('__UNI__A:*:*')], app, 'session_key', 'refresh'), true)
  assert.equal(allows([parseScope('*:*:*')], app, 'session_key', 'admin'), true)
  assert.equal(allows([parseScope('__UNI__B:*:*')], app, 'session_key', 'refresh'), false)
})

test('rights are not put together from the parts of two scopes', () => {
  const scopes = [parseScope('wx1:ticket:read'), parseScope('wx2:access_token:read')]
  assert.equal(allows(scopes, app, 'access_token', 'read'), false)
})

test('what a shared code or an address may do leaves administration out', () => {
  const verbs = (['read', 'write', 'refresh', 'list', 'admin'] as const).filter((verb) =>
    allows(everyCredential, app, 'session_key', verb),
  )
  assert.deepEqual(verbs, ['read', 'write', 'refresh', 'list'])
})

test('a scope reads back as it was written', () => {
  assert.equal(formatScope(parseScope('wx1:encrypt_key:refresh')), 'wx1:encrypt_key:refresh')
})

test('a scope with a part missing, unknown or too many is refused by the name of the part', () => {
  const partOf: readonly (readonly [string, string])[] = [
    ['', 'app'],
    ['wx 1:*:read', 'app'],
    ['wx1', 'kind'],
    ['wx1:secret:read', 'kind'],
    ['wx1:constructor:read', 'kind'],
    ['wx1:*', 'verb'],
    ['wx1:*:delete', 'verb'],
    ['wx1:*:read:more', 'verb'],
  ]
  for (const [text, part] of partOf) {
    assert.throws(
      () => parseScope(text),
      (error: { code?: string; detail?: { field?: string; reason?: string } }) =>
        error.code === 'REQUEST_INVALID' &&
        error.detail?.field === 'scope' &&
        error.detail.reason?.includes(`"${part}"`),
      text,
    )
  }
})
