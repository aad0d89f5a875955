import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DrawbridgeError } from '@drawbridge/protocol'
import { formatRemaining, parseLifetime } from './lifetime.ts'

describe('lifetimes on the command line', () => {
  it('reads seconds, minutes, hours and days', () => {
    assert.deepEqual(['7200', '7200s', '120m', '2h', '90d'].map(parseLifetime), [7200, 7200, 7200, 7200, 7_776_000])
  })

  it('refuses what is no lifetime', () => {
    for (const text of ['', '0', '-1', '1.5h', '2w', '1h30m', 'soon']) {
      assert.throws(
        () => parseLifetime(text),
        (error) => error instanceof DrawbridgeError && error.code === 'DURATION_INVALID',
      )
    }
  })

  it('shows what is left in two units at most, and - for what never ends', () => {
    const left = (seconds: number) => formatRemaining(seconds * 1000, 0)
    assert.deepEqual(
      [left(0), left(59), left(200), left(7140), left(90 * 86_400)],
      ['0s', '59s', '3m20s', '1h59m', '90d'],
    )
    assert.equal(formatRemaining(null, 0), '-')
    assert.equal(formatRemaining(5, 10), '0s')
  })
})
