import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { redisLine } from './redis-line.ts'

describe('lines for redis-cli', () => {
  it('leaves plain words bare and quotes the rest as redis-cli reads it', () => {
    const key = 'uni-id:weixin-mp:wx1:access-token'
    assert.equal(redisLine(['SET', key, '{"a":"b\\n"}', 'EX', '60']), `SET ${key} "{\\"a\\":\\"b\\\\n\\"}" EX 60\n`)
    assert.equal(redisLine(['SET', 'a b', '微信\n\u007f']), 'SET "a b" "微信\\x0a\\x7f"\n')
    assert.equal(redisLine(['SET', 'k', '']), 'SET k ""\n')
  })
})
