import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { countCallers } from './count-callers.ts'

const none = { allowList: [], signing: [] }

describe('counting those who may call', () => {
  it('counts neither 0.0.0.0 nor tokens that have ended or were revoked', () => {
    assert.equal(countCallers({ callers: { ...none, allowList: ['0.0.0.0', '::'] } }, [], 0), 0)
    const tokens = [
      { expiresAt: 10, revokedAt: null },
      { expiresAt: 30, revokedAt: 5 },
    ]
    assert.equal(countCallers({ callers: none }, tokens, 20), 0)
    assert.equal(countCallers({ callers: none }, tokens, 5), 1)
  })

  it('counts addresses, keys and uni-cloud-s2s', () => {
    const s2s = { type: 'connectCode', connectCode: 'x' } as const
    const key = { keyId: 'k', algorithm: 'hmac-sha256', key: '', scopes: [] } as const
    assert.equal(countCallers({ callers: { allowList: ['10.0.0.1'], signing: [key], s2s } }, [], 0), 3)
  })
})
