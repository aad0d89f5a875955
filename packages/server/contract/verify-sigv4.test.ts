import assert from 'node:assert/strict'
import { test } from 'node:test'
import { verifySigv4 } from './verify-sigv4.ts'

const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
const AT = Date.parse('2013-05-24T00:00:00Z')
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
const host = 'examplebucket.s3.amazonaws.com'

test('the signatures of Amazon’s own examples are right, and of their alterations wrong', () => {
  const inHeader = {
    method: 'GET',
    target: '/test.txt',
    headers: {
      host,
      range: 'bytes=0-9',
      'x-amz-content-sha256': EMPTY,
      'x-amz-date': '20130524T000000Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,' +
        'SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,' +
        'Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    },
  }
  const inQuery = {
    method: 'GET',
    target:
      '/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2F' +
      'aws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host' +
      '&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
    headers: { host },
  }
  for (const request of [inHeader, inQuery]) {
    assert.equal(verifySigv4(request, SECRET, AT), true)
    assert.equal(verifySigv4({ ...request, method: 'PUT' }, SECRET, AT), false)
    assert.equal(verifySigv4({ ...request, target: request.target.replace('test', 'best') }, SECRET, AT), false)
    assert.equal(verifySigv4({ ...request, headers: { ...request.headers, host: 'other' } }, SECRET, AT), false)
    assert.equal(verifySigv4(request, 'another secret', AT), false)
  }
  assert.equal(verifySigv4(inQuery, SECRET, AT + 86_400_001), false)
  assert.equal(verifySigv4({ method: 'GET', target: '/test.txt', headers: { host } }, SECRET, AT), false)
})
