import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { errcodeActions, errcodes, explainErrcode } from './errcodes.ts'

describe('the errcodes, explained', () => {
  it('explains each code once, in both languages, with what to do', () => {
    assert.equal(new Set(errcodes.map(({ code }) => code)).size, errcodes.length)
    for (const { code, en, zh, remedyEn, remedyZh, action } of errcodes) {
      assert.match(en, /^[A-Z].*\.$/, String(code))
      assert.match(remedyEn, /^[A-Z].*\.$/, String(code))
      assert.match(zh, /[\u4e00-\u9fff].*。$/, String(code))
      assert.match(remedyZh, /[\u4e00-\u9fff].*。$/, String(code))
      assert.ok(errcodeActions.includes(action))
    }
  })

  it('knows every code that the platform’s documents name for tokens, sessions and API security', () => {
    const needed = [
      -1, 0, 40001, 40002, 40003, 40013, 40014, 40029, 40030, 40097, 40125, 40163, 40164, 40226, 40243, 41001, 41002,
      41004, 41008, 42001, 42002, 42007, 43001, 43002, 44002, 45009, 45011, 47001, 48001, 48006, 50002, 50004, 50007,
      61003, 61007, 76001, 76002, 76003, 76004, 76021, 76022, 87007, 87008, 87009, 89501, 89503, 89506, 89507, 40230,
      40231, 40232, 40233, 40234, 40235, 40236, 40237, 40238, 40239, 40240,
    ]
    assert.deepEqual(
      needed.filter((code) => explainErrcode(code) === undefined),
      [],
    )
  })

  it('asks nobody to try a dead secret again, and sends a white list to the operator', () => {
    assert.equal(explainErrcode(40125)?.action, 'configuration')
    assert.equal(explainErrcode(40164)?.action, 'operator')
    assert.equal(explainErrcode(42001)?.action, 'refresh')
    assert.equal(explainErrcode(45009)?.action, 'wait')
    assert.equal(explainErrcode(12345), undefined)
  })
})
