import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hexDecode, hexEncode } from '../bytes/hex.ts'
import { sm3Hash, sm4Gcm } from './with-sm4.ts'

function bytes(hex: string): Uint8Array {
  return hexDecode(hex) ?? assert.fail('no hex')
}

test('SM4-GCM seals and opens the example of RFC 8998', () => {
  const key = bytes('0123456789abcdeffedcba9876543210')
  const nonce = bytes('00001234567800000000abcd')
  const aad = bytes('feedfacedeadbeeffeedfacedeadbeefabaddad2')
  const plain = [0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff, 0xee, 0xaa].flatMap((byte) => Array<number>(8).fill(byte))
  const sealed =
    '17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735d82710ca5c22f0ccfa7cbf93d496ac15' +
    'a56834cbcf98c397b4024a2691233b8d83de3541e4c2b58177e065a9bf7b62ec'
  assert.equal(hexEncode(sm4Gcm.seal(key, nonce, Uint8Array.from(plain), aad)), sealed)
  assert.deepEqual(sm4Gcm.open(key, nonce, bytes(sealed), aad), Uint8Array.from(plain))
  assert.equal(sm4Gcm.open(key, nonce, bytes(sealed), Uint8Array.of(1)), undefined)
})

test('SM3 hashes the example of GB/T 32905, and its HMAC is the one over blocks of 64 bytes', () => {
  const abc = Uint8Array.of(0x61, 0x62, 0x63)
  assert.equal(hexEncode(sm3Hash.digest(abc)), '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0')
  const key = Uint8Array.from({ length: 32 }, (_, at) => at)
  const pad = (byte: number): number[] => Array.from({ length: 64 }, (_, at) => (key[at] ?? 0) ^ byte)
  const inner = sm3Hash.digest(Uint8Array.of(...pad(0x36), ...abc))
  const outer = sm3Hash.digest(Uint8Array.of(...pad(0x5c), ...inner))
  assert.deepEqual(sm3Hash.hmac(key)(abc), outer)
})
