import assert from 'node:assert/strict'
import { test } from 'node:test'
import { skipLoudly } from '../../testing/skip-loudly.ts'
import { wycheproofCases } from '../../testing/wycheproof.ts'
import type { WycheproofCase } from '../../testing/wycheproof.ts'
import { concatBytes } from '../bytes/concat-bytes.ts'
import { hexDecode, hexEncode } from '../bytes/hex.ts'
import { noblePrimitives } from '../noble/noble-primitives.ts'
import { nodePrimitives } from '../node/node-primitives.ts'
import { withSm4 } from '../sm4/with-sm4.ts'
import { smallSha256 } from '../sha256/small-sha256.ts'
import type { AeadName, Primitives } from './primitives.ts'

const hosts: readonly (readonly [host: string, primitives: Primitives])[] = [
  ['JavaScript', withSm4(noblePrimitives)],
  ['little JavaScript', { hashes: { sha256: smallSha256 }, aeads: {} }],
  ['Node', nodePrimitives],
]

const ciphers: readonly (readonly [file: string, name: AeadName, keyBits: number, cases: number])[] = [
  ['aes_gcm_test.json', 'aes-256-gcm', 256, 60],
  ['chacha20_poly1305_test.json', 'chacha20-poly1305', 256, 300],
  ['sm4_gcm_test.json', 'sm4-gcm', 128, 60],
]

for (const [host, primitives] of hosts) {
  for (const [file, name, keyBits, atLeast] of ciphers) {
    const aead = primitives.aeads[name]
    if (!aead) continue
    test(`${name} in ${host} seals and opens Wycheproof's valid cases and refuses the others`, (context) => {
      const cases = wycheproofCases(file)
      if (!cases) return skipLoudly(context, `Wycheproof's ${file}`)
      const ours = cases.filter(({ fields }) => {
        const { keySize, ivSize, tagSize } = fields
        return keySize === keyBits && ivSize === 96 && tagSize === 128
      })
      assert.ok(ours.length >= atLeast, `only ${ours.length} cases`)
      for (const each of ours) {
        const [key, nonce, aad] = [bytes(each, 'key'), bytes(each, 'iv'), bytes(each, 'aad')]
        const sealed = concatBytes(bytes(each, 'ct'), bytes(each, 'tag'))
        const opened = aead.open(key, nonce, sealed, aad)
        const name = `case ${each.tcId}: ${each.comment}`
        assert.equal(opened && hexEncode(opened), each.result === 'valid' ? each.fields['msg'] : undefined, name)
        if (each.result === 'valid')
          assert.equal(hexEncode(aead.seal(key, nonce, bytes(each, 'msg'), aad)), hexEncode(sealed), name)
      }
    })
  }

  test(`HMAC-SHA256 in ${host} gives Wycheproof's tags`, (context) => {
    const cases = wycheproofCases('hmac_sha256_test.json')
    if (!cases) return skipLoudly(context, "Wycheproof's hmac_sha256_test.json")
    for (const each of cases) {
      const tag = hexEncode(primitives.hashes.sha256.hmac(bytes(each, 'key'))(bytes(each, 'msg')))
      const same = tag.slice(0, Number(each.fields['tagSize']) / 4) === each.fields['tag']
      assert.equal(same, each.result === 'valid', `case ${each.tcId}: ${each.comment}`)
    }
  })

  test(`HKDF over HMAC-SHA256 in ${host} gives Wycheproof's first block`, (context) => {
    const cases = wycheproofCases('hkdf_sha256_test.json')
    if (!cases) return skipLoudly(context, "Wycheproof's hkdf_sha256_test.json")
    const { hmac } = primitives.hashes.sha256
    const short = cases.filter(({ fields, result }) => result === 'valid' && Number(fields['size']) > 0)
    assert.ok(short.length > 50)
    for (const each of short) {
      const secret = hmac(bytes(each, 'salt'))(bytes(each, 'ikm'))
      const block = hexEncode(hmac(secret)(concatBytes(bytes(each, 'info'), Uint8Array.of(1))))
      assert.equal(
        block.startsWith(String(each.fields['okm']).slice(0, 64)),
        true,
        `case ${each.tcId}: ${each.comment}`,
      )
    }
  })
}

function bytes({ fields }: WycheproofCase, name: string): Uint8Array {
  return hexDecode(String(fields[name])) ?? assert.fail(`${name} is no hex`)
}
