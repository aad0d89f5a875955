import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { decryptApiBody, encryptApiBody } from './api-security-cipher.ts'
import type { EncryptedBody } from './api-security-cipher.ts'
import { payloadHash, signApiPayload, verifyApiPayload } from './api-security-payload.ts'
import { decryptCallback, encryptCallback } from './encrypt-callback.ts'
import { cardSignature, jssdkSignature } from './jssdk-signature.ts'
import { decryptOpenData, openDataSignature } from './open-data.ts'
import { midasSignature, paySignature } from './pay-signature.ts'
import { sessionSignature } from './session-signature.ts'
import { sealSm4Gcm } from './sm4-gcm.ts'
import { sm2PublicKey, verifySm2 } from './sm2.ts'
import { sortedSha1 } from './sorted-sha1.ts'
import { decryptWithUserKey, encryptWithUserKey } from './encrypt-with-user-key.ts'

interface Vector {
  readonly id: string
  readonly confirmed: boolean | string
  readonly inputs: Readonly<Record<string, unknown>>
  readonly expected: unknown
  readonly intermediate?: Readonly<Record<string, unknown>>
}

const file = new URL('../../test-vectors/wechat.json', import.meta.url)
const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as { readonly vectors: readonly Vector[] }

type Check = (vector: Vector) => void

const input = ({ inputs }: Vector, name: string): string => String(inputs[name])

const jssdk: Check = (vector) => {
  const config = {
    ticket: input(vector, 'jsapi_ticket'),
    nonceStr: input(vector, 'noncestr'),
    timestamp: input(vector, 'timestamp'),
    url: input(vector, 'url'),
  }
  assert.equal(jssdkSignature(config), vector.expected)
  assert.equal(jssdkSignature({ ...config, url: `${config.url}#fragment` }), vector.expected)
}
const sorted =
  (...names: readonly string[]): Check =>
  (vector) =>
    assert.equal(sortedSha1(names.map((name) => input(vector, name))), vector.expected)
const sessionSigned: Check = (vector) =>
  assert.equal(sessionSignature(input(vector, 'session_key'), input(vector, 'post_data')), vector.expected)
const openDataSigned: Check = (vector) =>
  assert.equal(openDataSignature(input(vector, 'rawData'), input(vector, 'session_key')), vector.expected)
const openData = (vector: Vector): string =>
  decryptOpenData(
    { encryptedData: input(vector, 'encryptedData'), iv: input(vector, 'iv') },
    input(vector, 'session_key'),
  )
const paySigned: Check = (vector) =>
  assert.equal(paySignature(input(vector, 'appKey'), input(vector, 'uri'), input(vector, 'post_body')), vector.expected)
const callbackEncrypted: Check = (vector) => {
  const content = { random: input(vector, 'random'), message: input(vector, 'msg'), appid: input(vector, 'appid') }
  assert.equal(encryptCallback(input(vector, 'EncodingAESKey'), content), vector.expected)
}
const callbackDecrypted: Check = (vector) => {
  const expected = vector.expected as { random?: string; msg: string; msg_len?: number; appid: string }
  const opened = decryptCallback(input(vector, 'EncodingAESKey'), input(vector, 'Encrypt'))
  assert.equal(opened.message, expected.msg)
  assert.equal(opened.appid, expected.appid)
  if (expected.random !== undefined) assert.equal(opened.random, expected.random)
  if (expected.msg_len !== undefined) assert.equal(Buffer.byteLength(opened.message), expected.msg_len)
}
const bodyOf = (vector: Vector): EncryptedBody => JSON.parse(input(vector, 'body')) as EncryptedBody
const aes = (vector: Vector): string =>
  decryptApiBody('AES256_GCM', { key: input(vector, 'key'), aad: input(vector, 'aad') }, bodyOf(vector))
const certificateVerified: Check = (vector) =>
  assert.equal(
    verifyApiPayload(input(vector, 'payload'), input(vector, 'signature'), input(vector, 'certificatePem')),
    vector.expected,
  )
const sm2Verified =
  (message: string): Check =>
  (vector) => {
    const signed = {
      publicKeyHex: input(vector, 'publicKeyHex'),
      message: input(vector, message),
      signature: Buffer.from(input(vector, 'signature'), 'base64'),
    }
    assert.equal(verifySm2({ ...signed, id: input(vector, 'id') }), vector.expected)
    assert.equal(verifySm2({ ...signed, id: 'another' }), false)
  }
const requestPublicKey = (): string => {
  const vector = vectors.find(({ id }) => id === 'apisec-rsa-request-verify')
  return String(vector?.inputs['publicKeyPem'])
}

const checks: Readonly<Record<string, Check>> = {
  'jssdk-official-1': jssdk,
  'jssdk-official-old': jssdk,
  'jssdk-skit': jssdk,
  'card-ext-official': (vector) => {
    const names = ['api_ticket', 'timestamp', 'card_id', 'code', 'openid', 'nonce_str']
    assert.equal(cardSignature(names.map((name) => input(vector, name))), vector.expected)
  },
  'opendata-sig-official': openDataSigned,
  'opendata-sig-senparc-utf8': openDataSigned,
  'opendata-aes-official': (vector) => {
    assert.equal(openData(vector), vector.expected)
    const { watermark } = JSON.parse(openData(vector)) as { watermark: { appid: string } }
    assert.equal(watermark.appid, vector.inputs['appid'])
  },
  'opendata-aes-wxjava-bad': (vector) => assert.throws(() => openData(vector), { code: 'CRYPTO_FAILED' }),
  'sess-sig-official-post': sessionSigned,
  'sess-sig-trap-decoded-key': (vector) =>
    assert.notEqual(sessionSignature(input(vector, 'session_key'), input(vector, 'post_data')), vector.expected),
  'sess-sig-empty': sessionSigned,
  'sess-sig-empty-json-trap': sessionSigned,
  'vpay-paysig-official': paySigned,
  'vpay-signature-official': sessionSigned,
  'b2b-paysig-official': paySigned,
  'b2b-signature-official': sessionSigned,
  'midas-skit': (vector) =>
    assert.equal(midasSignature(input(vector, 'secret'), input(vector, 'string')), vector.expected),
  'callback-verify-official': sorted('token', 'timestamp', 'nonce'),
  'callback-plain-official': sorted('token', 'timestamp', 'nonce'),
  'callback-safe-plain-signature': sorted('token', 'timestamp', 'nonce'),
  'callback-safe-msgsig': sorted('token', 'timestamp', 'nonce', 'Encrypt'),
  'callback-safe-decrypt': callbackDecrypted,
  'callback-safe-reply-encrypt': callbackEncrypted,
  'callback-safe-reply-sig': sorted('token', 'TimeStamp', 'Nonce', 'Encrypt'),
  'wecom-msgsig': sorted('token', 'timestamp', 'nonce', 'Encrypt'),
  'wecom-decrypt': callbackDecrypted,
  'wxbizmsgcrypt-wxjava-1': callbackEncrypted,
  'sha1-gen-wxjava': ({ inputs, expected }) => assert.equal(sortedSha1(inputs['args'] as string[]), expected),
  'sha1-genwithample-wxjava': ({ inputs, expected }) =>
    assert.equal(sortedSha1(inputs['args'] as string[], '&'), expected),
  'apisec-aes-request-decrypt': (vector) => assert.equal(aes(vector), vector.expected),
  'apisec-aes-request-encrypt': (vector) => {
    const key = { key: input(vector, 'key'), iv: Buffer.from(input(vector, 'iv'), 'base64'), aad: input(vector, 'aad') }
    assert.deepEqual(encryptApiBody('AES256_GCM', key, input(vector, 'plaintext')), vector.expected)
  },
  'apisec-rsa-request-verify': (vector) => {
    const [payload, publicKey] = [input(vector, 'payload'), input(vector, 'publicKeyPem')]
    assert.equal(verifyApiPayload(payload, input(vector, 'signature'), publicKey), true)
    assert.equal(verifyApiPayload(payload, signApiPayload(payload, input(vector, 'privateKeyPem')), publicKey), true)
  },
  'apisec-rsa-request-with-keysn-line': (vector) =>
    assert.equal(verifyApiPayload(input(vector, 'payload'), input(vector, 'signature'), requestPublicKey()), false),
  'apisec-rsa-response-hash': (vector) =>
    assert.equal(payloadHash(input(vector, 'payload')), (vector.expected as { H0: string }).H0),
  'apisec-rsa-response-verify': certificateVerified,
  'apisec-aes-response-decrypt': (vector) => assert.deepEqual(JSON.parse(aes(vector)), vector.expected),
  'apisec-sm4-response-decrypt': (vector) => {
    const opened = decryptApiBody('SM4_GCM', { key: input(vector, 'key'), aad: input(vector, 'aad') }, bodyOf(vector))
    assert.equal(opened, vector.intermediate?.['plaintext'])
    const broken = { ...bodyOf(vector), authtag: Buffer.alloc(16).toString('base64') }
    const open = (): string =>
      decryptApiBody('SM4_GCM', { key: input(vector, 'key'), aad: input(vector, 'aad') }, broken)
    assert.throws(open, { code: 'CRYPTO_FAILED' })
  },
  'sm2-skit': sm2Verified('message'),
  'apisec-sm2-keypair': (vector) => {
    // PKCS#8 of an SM2 key: the 32 bytes of the number are the last of the structure.
    const der = Buffer.from(input(vector, 'privateKeyPkcs8'), 'base64')
    assert.equal(sm2PublicKey(der.subarray(-32)), vector.expected)
  },
  'apisec-sm2-response-verify': sm2Verified('payload'),
  'gcm-sm4-skit': (vector) => {
    const [key, iv, aad, text] = ['keyUtf8', 'nonceUtf8', 'aadUtf8', 'plaintext'].map((name) =>
      Buffer.from(input(vector, name), 'utf8'),
    ) as [Buffer, Buffer, Buffer, Buffer]
    const { data, tag } = sealSm4Gcm(key, iv, aad, text)
    assert.equal(Buffer.concat([data, tag]).toString('base64'), vector.expected)
  },
  'encryptkey-unicloud-aes': (vector) => {
    const key = { encryptKey: input(vector, 'encryptKey'), iv: input(vector, 'iv') }
    assert.equal(encryptWithUserKey(input(vector, 'plaintext'), key), vector.expected)
    assert.equal(decryptWithUserKey(String(vector.expected), key), input(vector, 'plaintext'))
  },
}

/** Shown elsewhere: by the endpoint itself. */
const elsewhere = new Set(['encryptkey-shape-official'])

describe('every vector that can be confirmed', () => {
  for (const vector of vectors) {
    if (vector.confirmed === false || elsewhere.has(vector.id)) continue
    test(`${vector.id} holds in the simulator's own cryptography`, () => {
      const check = checks[vector.id]
      assert.ok(check, 'a check for it')
      check(vector)
    })
  }
})
