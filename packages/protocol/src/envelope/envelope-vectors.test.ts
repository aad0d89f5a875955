import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readVectors } from '../../testing/read-vectors.ts'
import { checkEnvelopeVectors } from '../../testing/check-envelope-vectors.ts'
import { noblePrimitives } from '../noble/noble-primitives.ts'
import { nodePrimitives } from '../node/node-primitives.ts'
import { smallSha256 } from '../sha256/small-sha256.ts'

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
