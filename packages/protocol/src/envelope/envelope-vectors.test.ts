import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readVectors } from '../../testing/read-vectors.ts'
import { checkEnvelopeVectors } from '../../testing/check-envelope-vectors.ts'
import { noblePrimitives } from '../noble/noble-primitives.ts'
import { nodePrimitives } from '../node/node-primitives.ts'
import { smallSha256 } from '../sha256/small-sha256.ts'
import { withSm4 } from '../sm4/with-sm4.ts'

for (const [name, primitives] of [
  ['in JavaScript', noblePrimitives],
  ['with the little SHA-256', { ...noblePrimitives, hashes: { sha256: smallSha256 } }],
  ["with Node's cryptography", nodePrimitives],
] as const)
  test(`every vector of the envelope comes out byte for byte ${name}`, () => {
    const { checks, faults } = checkEnvelopeVectors(readVectors(), primitives)
    assert.deepEqual(faults, [])
    assert.ok(checks > 600, `only ${checks} checks`)
  })

test('every vector of suite 3, made with OpenSSL, comes out byte for byte, and without suite 3 none does', () => {
  const { checks, faults } = checkEnvelopeVectors(readVectors('envelope-suite3.json'), withSm4(nodePrimitives))
  assert.deepEqual(faults, [])
  assert.ok(checks > 300, `only ${checks} checks`)
  const without = checkEnvelopeVectors(readVectors('envelope-suite3.json'), nodePrimitives)
  assert.ok(without.faults.length > 0)
})
