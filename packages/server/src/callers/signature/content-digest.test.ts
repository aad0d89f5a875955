import assert from 'node:assert/strict'
import { test } from 'node:test'
import { contentDigest, contentDigestMatches } from './content-digest.ts'

// RFC 9530, appendix B.1 and D: the body of the examples, with its line feed.
const body = Buffer.from('{"hello": "world"}\n')
const sha256 = 'sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:'
const sha512 = 'sha-512=:YMAam51Jz/jOATT6/zvHrLVgOYTGFy1d6GJiOHTohq4yP+pgk4vf2aCsyRZOtw8MjkM7iw7yZ/WkppmM44T3qg==:'

test('the digests of RFC 9530 are those of its body', () => {
  assert.equal(contentDigest(body), sha256)
  assert.equal(contentDigestMatches(sha256, body), true)
  assert.equal(contentDigestMatches(sha512, body), true)
  assert.equal(contentDigestMatches(`${sha256}, ${sha512}`, body), true)
})

test('every digest that is known must fit, and one that is not known counts for nothing', () => {
  const wrong = contentDigest('other')
  assert.equal(contentDigestMatches(wrong, body), false)
  assert.equal(contentDigestMatches(`${wrong}, ${sha512}`, body), false)
  assert.equal(contentDigestMatches(`${sha256}, md5=:aaaa:`, body), true)
  assert.equal(contentDigestMatches('md5=:aaaa:', body), false)
})

test('what is no digest fits no body', () => {
  for (const header of [
    '',
    'sha-256',
    'sha-256=1',
    'sha-256="x"',
    'sha-256=:AAAA:',
    '"',
    'constructor=:AAAA:',
    sha256.slice(0, -1),
  ]) {
    assert.equal(contentDigestMatches(header, body), false, header)
  }
})
