import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { nobleSha256 } from '../noble/noble-sha256.ts'
import { smallSha256 } from '../sha256/small-sha256.ts'
import { nodeSha256 } from './node-sha256.ts'

for (const [name, sha256] of [
  ['two one-shot hashes', nodeSha256],
  ['JavaScript', nobleSha256],
  ['little JavaScript', smallSha256],
] as const)
  test(`an HMAC by ${name} is what createHmac gives, for keys shorter and longer than a block`, () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 300 }), (key, message) => {
        const keyed = sha256.hmac(key)
        const expected = createHmac('sha256', key).update(message).digest('hex')
        const [first, again] = [keyed(message), keyed(message)]
        keyed(Uint8Array.of(1))
        assert.equal(Buffer.from(first).toString('hex'), expected)
        assert.equal(Buffer.from(again).toString('hex'), expected)
        assert.deepEqual(
          Buffer.from(sha256.digest(message)).toString('hex'),
          createHash('sha256').update(message).digest('hex'),
        )
      }),
    )
  })
