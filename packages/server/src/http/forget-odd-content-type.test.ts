import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forgetOddContentType } from './forget-odd-content-type.ts'

test('a media type stays, with its parameters; what is none goes', () => {
  const after = (type: string): string | undefined => {
    const headers = { 'content-type': type }
    forgetOddContentType(headers)
    return headers['content-type']
  }
  for (const type of [
    'application/json',
    'application/json; charset=utf-8',
    'multipart/form-data; boundary="a b"',
    'x/y;z=1 ; w=2',
  ]) {
    assert.equal(after(type), type)
  }
  for (const type of ['', 'json', 'not a type', '/', 'application/json;', ';', 'a/b; c', 'a/b/c'])
    assert.equal(after(type), undefined, type)
})
