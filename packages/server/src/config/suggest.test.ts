import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { suggest } from './suggest.ts'

describe('did you mean', () => {
  const known = ['weixin-mp', 'weixin-h5', 'qq-mp', 'accessToken', 'port']

  it('finds what was probably meant behind case, dashes, order, swapped and missing letters', () => {
    assert.equal(suggest('h5-Weixin', known), 'weixin-h5')
    assert.equal(suggest('weixin_mp', known), 'weixin-mp')
    assert.equal(suggest('access_token', known), 'accessToken')
    assert.equal(suggest('acessToken', known), 'accessToken')
    assert.equal(suggest('prot', known), 'port')
  })

  it('stays silent when nothing is near', () => {
    assert.equal(suggest('alipay', known), undefined)
    assert.equal(suggest('', known), undefined)
    assert.equal(suggest('x'.repeat(100_000), known), undefined)
  })
})
