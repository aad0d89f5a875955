import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseDictionary, serializeInnerList, isInnerList } from 'structured-headers'
import { readPlainSignature } from './read-plain-signature.ts'
import { readSignatureHeaders } from './signature-headers.ts'

const PARAMS = ';created=1700000000;nonce="abcdefgh";keyid="k"'

test('a signature in any spelling that structured fields allow reads the same', () => {
  const plain = readSignatureHeaders(`s=("@method" "@path")${PARAMS}`, 's=:AAEC:')
  const spellings = [
    [`s=( "@method"   "@path" )${PARAMS}`, 's=:AAEC:'],
    [` s=("@method" "@path"); created=1700000000; nonce="abcdefgh"; keyid="k"`, 's=:AAEC:;unknown=1'],
    [`s=("@method" "@path");created=1;created=1700000000;nonce="abcdefgh";keyid="k"`, 's=:AAEC:'],
  ] as const
  for (const [input, signature] of spellings) {
    const { signature: bytes, ...claim } = readSignatureHeaders(input, signature)
    assert.deepEqual([...bytes], [0, 1, 2], input)
    assert.deepEqual(claim.components, ['@method', '@path'], input)
    assert.equal(claim.keyId, plain.keyId)
    assert.equal(claim.created, 1_700_000_000)
  }
})

test('what is missing or malformed is refused with the reason', () => {
  const list = '("@method")'
  const refusals: readonly (readonly [input: string | undefined, signature: string | undefined, reason: RegExp])[] = [
    [undefined, 's=:AA==:', /Signature-Input is missing/],
    [`s=${list}${PARAMS}`, undefined, /Signature is missing/],
    ['', '', /exactly one/],
    [`s=${list}${PARAMS}, t=${list}${PARAMS}`, 's=:AA==:', /exactly one/],
    [`s=${list}${PARAMS}`, 't=:AA==:', /different signatures/],
    [`s=${list}${PARAMS}`, 's=:AA==:, t=:AA==:', /different signatures/],
    [`s=${list}${PARAMS}`, 's="AA"', /byte sequence/],
    [`s="x"${PARAMS}`, 's=:AA==:', /list of components/],
    [`s=("@query-param";name="a")${PARAMS}`, 's=:AA==:', /no parameters/],
    [`s=("@method" "@method")${PARAMS}`, 's=:AA==:', /twice/],
    [`s=${list};nonce="abcdefgh";keyid="k"`, 's=:AA==:', /created/],
    [`s=${list};created=1.5;nonce="abcdefgh";keyid="k"`, 's=:AA==:', /created/],
    [`s=${list};created="1";nonce="abcdefgh";keyid="k"`, 's=:AA==:', /created/],
    [`s=${list};created=1;keyid="k"`, 's=:AA==:', /nonce/],
    [`s=${list};created=1;nonce="short";keyid="k"`, 's=:AA==:', /nonce/],
    [`s=${list};created=1;nonce="${'x'.repeat(129)}";keyid="k"`, 's=:AA==:', /nonce/],
    [`s=${list};created=1;nonce="abcdefgh"`, 's=:AA==:', /keyid/],
    [`s=${list}${PARAMS};expires="x"`, 's=:AA==:', /expires/],
    [`s=${list}${PARAMS};alg=1`, 's=:AA==:', /alg/],
    [`s=${list}${PARAMS}${' '.repeat(5000)}`, 's=:AA==:', /too long/],
    [`s=${list}`.slice(0, -1), 's=:AA==:', /structured fields/],
  ]
  for (const [input, signature, reason] of refusals) {
    assert.throws(
      () => readSignatureHeaders(input, signature),
      (error: { code?: string; detail?: { reason?: string } }) => {
        assert.equal(error.code, 'SIGNATURE_INVALID', input)
        assert.match(error.detail?.reason ?? '', reason, input)
        return true
      },
    )
  }
})

test('the quick reader gives what the full parser gives, or nothing', () => {
  const name = fc.stringMatching(/^[@a-z][a-z0-9-]{0,12}$/)
  const text = fc.string({ unit: fc.constantFrom(...Array.from('abcXYZ019 !#=;:,()[]+/\\"\u00e9')), maxLength: 20 })
  const param = fc.oneof(
    fc.tuple(fc.constantFrom('created', 'expires', 'x'), fc.integer({ min: -5, max: 2_000_000_000 }).map(String)),
    fc.tuple(
      fc.constantFrom('nonce', 'keyid', 'alg', 'x'),
      text.map((value) => `"${value}"`),
    ),
  )
  const input = fc
    .tuple(
      fc.constantFrom('s', 'sig-1'),
      fc.array(name, { maxLength: 5 }),
      fc.array(param, { maxLength: 5 }),
      fc.constantFrom('', ' ', ', t=1'),
    )
    .map(([label, names, params, end]) => {
      const list = names.map((each) => `"${each}"`).join(' ')
      return `${label}=(${list})${params.map(([key, value]) => `;${key}=${value}`).join('')}${end}`
    })
  const signature = fc
    .tuple(fc.constantFrom('s', 'sig-1'), fc.oneof(fc.base64String({ maxLength: 64 }), text))
    .map(([label, value]) => `${label}=:${value}:`)

  let plain = 0
  fc.assert(
    fc.property(input, signature, (given, signed) => {
      const quick = readPlainSignature(given, signed)
      if (!quick) return
      plain++
      const [[label, list] = []] = [...parseDictionary(given)]
      const [[signedLabel, item] = []] = [...parseDictionary(signed)]
      assert.ok(list && isInnerList(list) && item)
      assert.equal(signedLabel, label)
      assert.equal(quick.signatureParams, serializeInnerList(list))
      assert.deepEqual(
        quick.components,
        list[0].map(([each]: readonly unknown[]) => each),
      )
      assert.deepEqual(quick.params, Object.fromEntries(list[1]))
      const bytes: unknown = item[0]
      assert.ok(bytes instanceof ArrayBuffer)
      assert.deepEqual(Buffer.from(quick.signature), Buffer.from(bytes))
    }),
    { numRuns: 3000, seed: 1 },
  )
  assert.ok(plain > 100, `only ${plain} were plain`)
})
