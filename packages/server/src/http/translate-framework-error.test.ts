import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DrawbridgeError } from '@drawbridge/protocol'
import { translateFrameworkError } from './translate-framework-error.ts'

test('the framework’s refusals have our codes, our own errors stay, and what is not known stays what it is', () => {
  const coded = (code: string): Error => Object.assign(new Error('x'), { code })
  const large = translateFrameworkError(coded('FST_ERR_CTP_BODY_TOO_LARGE'), 10)
  assert.ok(large instanceof DrawbridgeError)
  assert.deepEqual([large.code, large.detail], ['BODY_TOO_LARGE', { limit: 10 }])
  const own = new DrawbridgeError('APP_UNKNOWN')
  assert.equal(translateFrameworkError(own), own)
  for (const other of [coded('constructor'), coded('FST_ERR_OTHER'), 'text', undefined]) {
    assert.equal(translateFrameworkError(other), other)
  }
})
