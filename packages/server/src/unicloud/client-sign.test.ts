import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import type { ClientRequest } from './client-request.ts'
import { readClientRequest } from './client-request.ts'
import { clientSign, isSignedBy, signedText } from './client-sign.ts'

interface Vector {
  readonly body: string
  readonly canonical: string
  readonly 'x-serverless-sign'?: string
  readonly headers?: { readonly 'x-serverless-sign': string }
}

const vectors = JSON.parse(
  readFileSync(new URL('../../../../test/vectors/unicloud.json', import.meta.url), 'utf8'),
) as Readonly<Record<'anonymousAuthorize' | 'invoke' | 'dcloudInvoke', Vector>> & {
  readonly inputs: { readonly clientSecret: string; readonly timestamp: number }
}

for (const name of ['anonymousAuthorize', 'invoke', 'dcloudInvoke'] as const) {
  test(`the signature of the real client's ${name} is recomputed`, () => {
    const { clientSecret, timestamp } = vectors.inputs
    const vector = vectors[name]
    const sign = vector['x-serverless-sign'] ?? vector.headers?.['x-serverless-sign']
    const request = readClientRequest(Buffer.from(vector.body), timestamp)
    assert.equal(signedText(request), vector.canonical)
    assert.equal(clientSign(request, clientSecret), sign)
    assert.equal(isSignedBy(clientSecret, request, sign), true)
    assert.equal(isSignedBy(`${clientSecret}x`, request, sign), false)
    assert.equal(isSignedBy(clientSecret, request, sign?.toUpperCase()), false)
    assert.equal(isSignedBy(clientSecret, request, undefined), false)
  })
}

test('no two requests that are read sign the same text', () => {
  const at = 1_700_000_000_000
  // Texts made of what could be taken for another key.
  const piece = fc.constantFrom(
    'method=',
    '&params=',
    '{}',
    '&spaceId=',
    'a',
    '&timestamp=',
    String(at),
    '&token=',
    'b.c',
  )
  const text = fc.array(piece, { maxLength: 6 }).map((parts) => parts.join(''))
  const body = fc.record(
    { method: text, params: text, spaceId: text, timestamp: fc.constantFrom(at, at + 1), token: text },
    { requiredKeys: ['method', 'params', 'spaceId', 'timestamp'] },
  )
  const good: fc.Arbitrary<ClientRequest> = fc.record(
    {
      method: fc.constantFrom('b.c', 'serverless.x'),
      params: text.filter(({ length }) => length > 1),
      spaceId: fc.constantFrom('a', 'aa'),
      timestamp: fc.constantFrom(at, at + 1),
      token: fc.constantFrom('b.c', 'a'),
    },
    { requiredKeys: ['method', 'params', 'spaceId', 'timestamp'] },
  )
  const read = (value: unknown): ClientRequest | undefined => {
    try {
      return readClientRequest(Buffer.from(JSON.stringify(value)), at)
    } catch {
      return undefined
    }
  }
  fc.assert(
    fc.property(good, fc.oneof(body, good), (one, other) => {
      const first = read(one)
      const second = read(other)
      if (!first || !second || signedText(first) !== signedText(second)) return
      assert.deepEqual(first, second)
    }),
    { numRuns: 2000 },
  )
})

test('a token that swallows the timestamp of a shorter body is not read', () => {
  const at = 1_700_000_000_000
  const swallowing = { method: 'a.b', params: '{}', spaceId: 's', timestamp: at, token: `x&timestamp=${at}` }
  assert.throws(() => readClientRequest(Buffer.from(JSON.stringify(swallowing)), at), { code: 'REQUEST_INVALID' })
})
