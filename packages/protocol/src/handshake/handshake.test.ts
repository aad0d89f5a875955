import assert from 'node:assert/strict'
import { createECDH, createPrivateKey, createPublicKey, diffieHellman, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { test } from 'node:test'
import { readVectors } from '../../testing/read-vectors.ts'
import { hexDecode } from '../bytes/hex.ts'
import { encodeClientHello, parseClientHello, parseServerHello } from './hello.ts'

const { handshakes } = readVectors()

function bytes(hex: string | undefined): Uint8Array {
  return hexDecode(hex ?? '') ?? assert.fail('no hex')
}

/** A raw key of X25519 in the frame that Node reads. */
function x25519(raw: string, kind: 'private' | 'public'): KeyObject {
  return kind === 'private'
    ? createPrivateKey({
        key: Buffer.from(`302e020100300506032b656e04220420${raw}`, 'hex'),
        format: 'der',
        type: 'pkcs8',
      })
    : createPublicKey({ key: Buffer.from(`302a300506032b656e032100${raw}`, 'hex'), format: 'der', type: 'spki' })
}

function shared(group: number, privateKey: string, publicKey: string): string {
  if (group === 2)
    return diffieHellman({
      privateKey: x25519(privateKey, 'private'),
      publicKey: x25519(publicKey, 'public'),
    }).toString('hex')
  const ecdh = createECDH('prime256v1')
  ecdh.setPrivateKey(privateKey, 'hex')
  return ecdh.computeSecret(publicKey, 'hex', 'hex')
}

for (const vector of handshakes) {
  test(`both sides of ${vector.id} come to the same secrets`, () => {
    const { group, clientEphPriv, clientEphPub, serverEphPriv, serverEphPub, serverStaticPriv, serverStaticPub } =
      vector
    assert.equal(shared(group, clientEphPriv, serverStaticPub), vector.dhES)
    assert.equal(shared(group, serverStaticPriv, clientEphPub), vector.dhES)
    assert.equal(shared(group, clientEphPriv, serverEphPub), vector.dhEE)
    assert.equal(shared(group, serverEphPriv, clientEphPub), vector.dhEE)
  })

  test(`a hello of ${vector.id} is read whole or not at all`, () => {
    for (const [hello, parse] of [
      [bytes(vector.clientHello), parseClientHello],
      [bytes(vector.serverHello), parseServerHello],
    ] as const) {
      assert.ok(parse(hello))
      for (let at = 0; at < hello.length; at++) assert.equal(parse(hello.subarray(0, at)), undefined, `cut at ${at}`)
      assert.equal(parse(Uint8Array.of(...hello, 0)), undefined)
      for (const at of [0, 4, 5, 6]) {
        const changed = hello.slice()
        changed[at] = 9
        assert.equal(parse(changed), undefined, `byte ${at}`)
      }
    }
  })

  if (vector.sigDer !== undefined && vector.deviceKeyPub !== undefined) {
    const { sigDer, deviceKeyPub } = vector
    test(`the device's signature of ${vector.id} holds over what is to be signed`, () => {
      const spki = Buffer.from(`3059301306072a8648ce3d020106082a8648ce3d030107034200${deviceKeyPub}`, 'hex')
      const key = createPublicKey({ key: spki, format: 'der', type: 'spki' })
      assert.ok(verify('sha256', bytes(vector.sigInput), key, bytes(sigDer)))
    })
  }
}

test('a compressed point and a key of the other curve are refused', () => {
  const hello = parseClientHello(bytes(handshakes[0]?.clientHello))
  assert.ok(hello)
  assert.equal(encodeClientHello({ ...hello, ephemeralKey: hello.ephemeralKey.subarray(0, 33) }), undefined)
  assert.equal(encodeClientHello({ ...hello, group: 'x25519' }), undefined)
  const compressed = encodeClientHello({ ...hello, ephemeralKey: Uint8Array.of(2, ...hello.ephemeralKey.subarray(1)) })
  assert.ok(compressed)
  assert.equal(parseClientHello(compressed), undefined)
})
