import assert from 'node:assert/strict'
import { createHmac, generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import type { SigningCaller } from '../../config/server-config.ts'
import { contentDigest } from './content-digest.ts'
import { createRequestSigner } from './create-request-signer.ts'
import { createReplayMemory } from './replay-memory.ts'
import { createSignatureVerifier } from './signature-verifier.ts'
import type { SignedRequest } from './signature-verifier.ts'

const NOW = 1_700_000_000_000
const key = Buffer.alloc(32, 7).toString('base64')
const pair = generateKeyPairSync('ed25519', {
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})
const scopes = [{ app: '*', kind: '*', verb: 'read' }] as const
const callers: readonly SigningCaller[] = [
  { keyId: 'shared', algorithm: 'hmac-sha256', key, scopes },
  { keyId: 'pair', algorithm: 'ed25519', key: pair.publicKey, scopes },
]
const url = 'https://bridge.example/v1/x?a=1'

function verifier(now = NOW) {
  return createSignatureVerifier({
    callers,
    replays: createReplayMemory({ now: () => now, keepSeconds: 120 }),
    now: () => now,
  })
}

/** A request as the server sees it. */
function received(headers: Readonly<Record<string, string>>, change: Partial<SignedRequest> = {}): SignedRequest {
  return {
    method: 'GET',
    target: '/v1/x?a=1',
    scheme: 'https',
    authority: 'bridge.example',
    body: undefined,
    header: (name) => headers[name],
    ...change,
  }
}

/** Headers signed by hand over the given components, so that anything can be left out. */
function signedBy(
  values: Readonly<Record<string, string>>,
  params = `;created=${NOW / 1000};nonce="nonce-123";keyid="shared"`,
) {
  const names = Object.keys(values)
  const input = `(${names.map((name) => `"${name}"`).join(' ')})${params}`
  const base = [...names.map((name) => `"${name}": ${values[name]}`), `"@signature-params": ${input}`].join('\n')
  const mac = createHmac('sha256', Buffer.from(key, 'base64')).update(base).digest('base64')
  return { 'signature-input': `s=${input}`, signature: `s=:${mac}:` }
}

const whole = { '@method': 'GET', '@target-uri': url }

test('what our own signer signs is accepted, under a shared secret and under a key pair, with a body and without', async () => {
  for (const [keyId, algorithm, secret] of [
    ['shared', 'hmac-sha256', key],
    ['pair', 'ed25519', pair.privateKey],
  ] as const) {
    const sign = createRequestSigner({ keyId, algorithm, key: secret, now: () => NOW })
    const verify = verifier()
    assert.equal((await verify(received(sign({ method: 'get', url })))).keyId, keyId)
    const body = Buffer.from('{"文":1}')
    const signed = received(sign({ method: 'PUT', url, body }), { method: 'PUT', body })
    assert.equal((await verify(signed)).keyId, keyId)
  }
})

test('the whole address may be covered by its parts instead', async () => {
  const headers = signedBy({ '@method': 'GET', '@authority': 'bridge.example', '@path': '/v1/x', '@query': '?a=1' })
  assert.equal((await verifier()(received(headers))).keyId, 'shared')
})

test('a signature that leaves out a required part is refused by the name of the part', () => {
  const parts = { '@method': 'GET', '@authority': 'bridge.example', '@path': '/v1/x', '@query': '?a=1' }
  for (const left of Object.keys(parts)) {
    const values = Object.fromEntries(Object.entries(parts).filter(([name]) => name !== left))
    assert.throws(() => verifier()(received(signedBy(values))), {
      code: 'SIGNATURE_INVALID',
      detail: { component: left, reason: 'the signature does not cover this component' },
    })
  }
  const body = Buffer.from('{}')
  assert.throws(() => verifier()(received(signedBy({ ...whole, '@method': 'PUT' }), { method: 'PUT', body })), {
    detail: { component: 'content-digest', reason: 'the signature does not cover this component' },
  })
})

test('a request that was changed after signing is refused', () => {
  const headers = createRequestSigner({ keyId: 'shared', algorithm: 'hmac-sha256', key, now: () => NOW })({
    method: 'PUT',
    url,
    body: '{"a":1}',
  })
  const body = Buffer.from('{"a":1}')
  const good: Partial<SignedRequest> = { method: 'PUT', body }
  const changes: readonly Partial<SignedRequest>[] = [
    { method: 'DELETE' },
    { target: '/v1/y?a=1' },
    { target: '/v1/x?a=2' },
    { target: '/v1/x' },
    { authority: 'other.example' },
    { scheme: 'http' },
    { body: Buffer.from('{"a":2}') },
    { body: undefined },
  ]
  for (const change of changes) {
    assert.throws(
      () => verifier()(received(headers, { ...good, ...change })),
      { code: 'SIGNATURE_INVALID' },
      JSON.stringify(change),
    )
  }
  const otherDigest = { ...headers, 'content-digest': contentDigest('{"a":2}') }
  assert.throws(() => verifier()(received(otherDigest, { ...good, body: Buffer.from('{"a":2}') })), {
    code: 'SIGNATURE_INVALID',
  })
})

test('a header that is covered must come as it was signed', async () => {
  const values = { ...whole, 'x-tenant': 'a' }
  assert.throws(() => verifier()(received(signedBy(values))), { code: 'SIGNATURE_INVALID' })
  assert.throws(() => verifier()(received({ ...signedBy(values), 'x-tenant': 'b' })), { code: 'SIGNATURE_INVALID' })
  assert.equal((await verifier()(received({ ...signedBy(values), 'x-tenant': 'a' }))).keyId, 'shared')
})

test('a signature is good once', async () => {
  const verify = verifier()
  const request = received(signedBy(whole))
  await verify(request)
  assert.throws(() => verify(request), { code: 'REPLAY_REFUSED' })
})

test('a nonce that was used cannot be used for another request either', async () => {
  const verify = verifier()
  await verify(received(signedBy(whole)))
  const other = signedBy(
    { '@method': 'GET', '@target-uri': 'https://bridge.example/v1/y' },
    `;created=${NOW / 1000 - 1};nonce="nonce-123";keyid="shared"`,
  )
  assert.throws(() => verify(received(other, { target: '/v1/y' })), { code: 'REPLAY_REFUSED' })
})

test('a refused request does not use up its nonce', async () => {
  const verify = verifier()
  assert.throws(() => verify(received(signedBy(whole), { method: 'DELETE' })))
  await verify(received(signedBy(whole)))
})

test('a signature is good for a minute before and after it was made, and not beyond its own end', () => {
  const headers = signedBy(whole)
  for (const [seconds, isGood] of [
    [-61, false],
    [-60, true],
    [60, true],
    [61, false],
  ] as const) {
    const check = () => verifier(NOW + seconds * 1000)(received(headers))
    if (isGood) assert.doesNotThrow(check, String(seconds))
    else assert.throws(check, { code: 'REPLAY_REFUSED' }, String(seconds))
  }
  const ended = signedBy(
    whole,
    `;created=${NOW / 1000 - 20};expires=${NOW / 1000 - 10};nonce="nonce-123";keyid="shared"`,
  )
  assert.throws(() => verifier()(received(ended)), { code: 'REPLAY_REFUSED' })
})

test('an unknown key, a wrong signature and a wrong algorithm get the same answer', () => {
  const params = (rest: string): string => `;created=${NOW / 1000};nonce="nonce-123"${rest}`
  const attempts = [
    signedBy(whole, params(';keyid="nobody"')),
    signedBy(whole, params(';keyid="constructor"')),
    { ...signedBy(whole), signature: `s=:${Buffer.alloc(32).toString('base64')}:` },
    { ...signedBy(whole), signature: 's=:AAAA:' },
    { ...signedBy(whole), signature: 's=::' },
    signedBy(whole, params(';keyid="shared";alg="ed25519"')),
    signedBy(whole, params(';keyid="pair"')),
  ]
  for (const headers of attempts) {
    assert.throws(() => verifier()(received(headers)), {
      code: 'SIGNATURE_INVALID',
      detail: { reason: 'the key is unknown or the signature does not match' },
    })
  }
})
