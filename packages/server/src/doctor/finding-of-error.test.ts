import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DrawbridgeError } from '@drawbridge/protocol'
import { findingOfError } from './finding-of-error.ts'

describe('failures as findings', () => {
  it('explains the platform’s errcode rather than our own code, and shows what the platform said', () => {
    const detail = { errcode: 40164, errmsg: 'invalid ip 1.2.3.4, not in whitelist' }
    const finding = findingOfError('whitelist', 'weixin-h5 wx1', new DrawbridgeError('UPSTREAM_FAILED', detail))
    assert.match(finding.en, /^40164: .*white list.*1\.2\.3\.4/)
    assert.match(finding.remedyZh ?? '', /白名单/)
    assert.equal(finding.errcode, 40164)
  })

  it('falls back to our own sentence, and to a bare system error for what is not ours', () => {
    assert.match(findingOfError('store', 'x', new DrawbridgeError('STORE_UNAVAILABLE')).en, /No store/)
    const foreign = findingOfError('store', 'x', new TypeError('secret-in-a-message'))
    assert.doesNotMatch(JSON.stringify(foreign), /secret-in-a-message/)
  })
})
