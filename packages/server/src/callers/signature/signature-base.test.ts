import assert from 'node:assert/strict'
import { test } from 'node:test'
import { algorithmTable } from './algorithm-table.ts'
import { signatureBase } from './signature-base.ts'
import type { SignableRequest } from './signature-base.ts'

/** The request of RFC 9421, appendix B.2. */
const headers: Readonly<Record<string, string>> = {
  date: 'Tue, 20 Apr 2021 02:07:55 GMT',
  'content-type': 'application/json',
  'content-digest':
    'sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:',
  'content-length': '18',
}
const request: SignableRequest = {
  method: 'POST',
  target: '/foo?param=Value&Pet=dog',
  scheme: 'https',
  authority: 'Example.COM:443',
  header: (name) => headers[name],
}

/** B.1.5: the shared secret. */
const sharedSecret = 'uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ=='
/** B.1.4: the test-key-ed25519 pair. */
const privateKey = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF
-----END PRIVATE KEY-----
`
const publicKey = `-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=
-----END PUBLIC KEY-----
`

test('the hmac-sha256 example of RFC 9421 (B.2.5) is signed as printed there', () => {
  const params = '("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"'
  const base = signatureBase(request, ['date', '@authority', 'content-type'], params)
  assert.equal(
    base,
    `"date": Tue, 20 Apr 2021 02:07:55 GMT\n"@authority": example.com\n"content-type": application/json\n"@signature-params": ${params}`,
  )
  const signature = 'pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8='
  assert.equal(algorithmTable['hmac-sha256'].signer(sharedSecret)(base).toString('base64'), signature)
  const verify = algorithmTable['hmac-sha256'].verifier(sharedSecret)
  assert.equal(verify(base, Buffer.from(signature, 'base64')), true)
  assert.equal(verify(`${base} `, Buffer.from(signature, 'base64')), false)
})

test('the ed25519 example of RFC 9421 (B.2.6) is signed as printed there', () => {
  const components = ['date', '@method', '@path', '@authority', 'content-type', 'content-length']
  const list = components.map((name) => `"${name}"`).join(' ')
  const base = signatureBase(request, components, `(${list});created=1618884473;keyid="test-key-ed25519"`)
  const signature = 'wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=='
  assert.equal(algorithmTable.ed25519.signer(privateKey)(base).toString('base64'), signature)
  assert.equal(algorithmTable.ed25519.verifier(publicKey)(base, Buffer.from(signature, 'base64')), true)
  assert.equal(algorithmTable.ed25519.verifier(publicKey)(`${base} `, Buffer.from(signature, 'base64')), false)
})

test('the derived components have the values that RFC 9421 §2.2 gives', () => {
  const value = (name: string, change: Partial<SignableRequest> = {}): string =>
    signatureBase({ ...request, ...change }, [name], '').split('\n')[0] ?? ''
  assert.equal(value('@method'), '"@method": POST')
  assert.equal(value('@target-uri'), '"@target-uri": https://example.com/foo?param=Value&Pet=dog')
  assert.equal(value('@authority', { scheme: 'http', authority: 'example.com:8080' }), '"@authority": example.com:8080')
  assert.equal(value('@authority', { scheme: 'http', authority: 'example.com:80' }), '"@authority": example.com')
  assert.equal(value('@scheme'), '"@scheme": https')
  assert.equal(value('@request-target'), '"@request-target": /foo?param=Value&Pet=dog')
  assert.equal(value('@path'), '"@path": /foo')
  assert.equal(value('@query'), '"@query": ?param=Value&Pet=dog')
  assert.equal(value('@query', { target: '/foo' }), '"@query": ?')
  assert.equal(value('@query', { target: '/foo?' }), '"@query": ?')
})

test('a component that is not there, or that nobody knows, is named in the refusal', () => {
  for (const name of ['x-missing', '@status', '@query-param', '@constructor', '']) {
    assert.throws(() => signatureBase(request, [name], ''), { code: 'SIGNATURE_INVALID' }, name)
  }
})

test('a key that cannot be one is refused without being shown', () => {
  const refusals = [
    () => algorithmTable['hmac-sha256'].verifier('c2hvcnQ='),
    () => algorithmTable.ed25519.verifier('-----BEGIN PUBLIC KEY-----\nSECRETMARKER\n-----END PUBLIC KEY-----'),
    () => algorithmTable.ed25519.signer(publicKey),
  ]
  for (const refusal of refusals) {
    assert.throws(refusal, (error: Error & { code?: string; detail?: object }) => {
      assert.equal(error.code, 'CONFIG_INVALID')
      assert.doesNotMatch(JSON.stringify([error.message, error.detail, error.cause]), /SECRETMARKER|c2hvcnQ/)
      return true
    })
  }
})
