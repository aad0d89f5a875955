import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fuzzEnvelope } from './fuzz-envelope.ts'

test('an envelope changed at random is refused, and nothing is thrown', () => {
  const outcome = fuzzEnvelope({ count: 20_000, seconds: 60, seed: 7, now: () => performance.now() })
  const { opened, threw, hung, refused, unread } = outcome
  assert.deepEqual({ opened, threw, hung }, { opened: 0, threw: 0, hung: 0 })
  assert.ok(refused > 500 && unread > 500, JSON.stringify(outcome))
})
