import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { chooseLanguage } from './language.ts'

describe('the language for people', () => {
  it('is what was asked for, else what the environment speaks, else English', () => {
    assert.equal(chooseLanguage('zh', { LANG: 'en_US.UTF-8' }), 'zh')
    assert.equal(chooseLanguage('en', { LANG: 'zh_CN.UTF-8' }), 'en')
    assert.equal(chooseLanguage(undefined, { DRAWBRIDGE_LANG: 'zh-CN', LANG: 'C' }), 'zh')
    assert.equal(chooseLanguage(undefined, { LC_ALL: '', LANG: 'zh_CN.UTF-8' }), 'zh')
    assert.equal(chooseLanguage(undefined, {}), 'en')
  })
})
