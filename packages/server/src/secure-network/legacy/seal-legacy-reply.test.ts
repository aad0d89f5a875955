import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { DrawbridgeError } from '@drawbridge/protocol'
import { openLegacy } from './open-legacy.ts'
import { sealLegacyReply } from './seal-legacy-reply.ts'

const key = { key: randomBytes(16), iv: randomBytes(16) }
const deps = { key, random: (length: number) => randomBytes(length) }

test('a reply in clear holds its value in content, a falsy one bare, and beside a signature all is bare', () => {
  for (const result of ['null', 'false', '0', '""']) {
    assert.equal(sealLegacyReply('request', { result }, deps), result)
    assert.equal(sealLegacyReply('signature', { result }, deps), result)
  }
  for (const result of ['1', '"0"', '[]', '{"errCode":7}'])
    assert.equal(sealLegacyReply('request', { result }, deps), `{"content":${result}}`)
})

test('an encrypted reply begins with 64 characters of white space, each time others', () => {
  const seen = new Set<string>()
  for (const mode of ['response', 'both', 'both'] as const) {
    const { content } = JSON.parse(sealLegacyReply(mode, { result: '{"a":1}' }, deps)) as { readonly content: string }
    const { text, isSound } = openLegacy(key, content)
    assert.ok(isSound && /^[ \t\n\r]{64}\{"a":1\}$/.test(text))
    seen.add(text)
  }
  assert.equal(seen.size, 3)
})

test('what a function threw is not told beside an encrypted call; our own codes are', () => {
  const thrown = new DrawbridgeError('FUNCTION_FAILED', { message: 'the shelf is empty' })
  for (const mode of ['request', 'response', 'both'] as const) {
    assert.throws(() => sealLegacyReply(mode, { error: thrown }, deps), { code: 'FUNCTION_FAILED', detail: {} })
    const busy = new DrawbridgeError('FUNCTION_BUSY')
    assert.throws(
      () => sealLegacyReply(mode, { error: busy }, deps),
      (error) => error === busy,
    )
  }
  assert.throws(
    () => sealLegacyReply('signature', { error: thrown }, deps),
    (error) => error === thrown,
  )
})
