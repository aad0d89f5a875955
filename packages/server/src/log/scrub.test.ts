import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scrub } from './scrub.ts'

test('tokens, keys and quoted input go, words and names stay', () => {
  assert.equal(scrub('connect ECONNREFUSED 127.0.0.1:6379'), 'connect ECONNREFUSED 127.0.0.1:6379')
  assert.equal(scrub('ERR_INVALID_ARGUMENT_TYPE_VALUE'), 'ERR_INVALID_ARGUMENT_TYPE_VALUE')
  assert.equal(scrub(`Unexpected token 'x', "secret" is not valid JSON`), `Unexpected token 'x', "…" is not valid JSON`)
  assert.doesNotMatch(scrub('GET /x?access_token=92_AbCdEfGh0123456789&x=1'), /AbCd/)
  assert.doesNotMatch(scrub('key VI6BpyrK9XH4i4AIGe86tg== failed'), /VI6B/)
  assert.doesNotMatch(scrub('digest 47935a0283e141644aa5045cdfa51d83'), /4793/)
  assert.ok(scrub('word '.repeat(1000)).length <= 300)
})
