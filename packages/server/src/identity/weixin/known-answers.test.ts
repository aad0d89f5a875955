import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { decryptOpenData, isOpenDataSigned, openDataSignature } from './open-data.ts'
import { jsapiSignature } from './jsapi-signature.ts'

interface Vector {
  readonly id: string
  readonly inputs: Readonly<Record<string, string>>
  readonly expected: unknown
}

const file = new URL('../../../../simulator/test-vectors/wechat.json', import.meta.url)
const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as { readonly vectors: readonly Vector[] }

function inputsOf(vector: Vector, ...names: string[]): readonly string[] {
  return names.map((name) => vector.inputs[name] ?? '')
}

const pages = vectors.filter(({ id }) => id.startsWith('jssdk-'))
const signed = vectors.filter(({ id }) => id.startsWith('opendata-sig-'))
const encrypted = vectors.filter(({ id }) => id.startsWith('opendata-') && !id.startsWith('opendata-sig-'))

test('there are known answers of each kind', () => {
  assert.deepEqual([pages.length > 2, signed.length > 1, encrypted.length > 1], [true, true, true])
})

for (const vector of pages) {
  test(`wx.config is signed as known: ${vector.id}`, () => {
    const [ticket = '', nonceStr = '', url = ''] = inputsOf(vector, 'jsapi_ticket', 'noncestr', 'url')
    const timestamp = Number(vector.inputs['timestamp'])
    assert.equal(jsapiSignature({ ticket, nonceStr, timestamp, url }), vector.expected)
    assert.equal(jsapiSignature({ ticket, nonceStr, timestamp, url: `${url}#/page?a=1#b` }), vector.expected)
  })
}

for (const vector of signed) {
  test(`rawData is signed as known: ${vector.id}`, () => {
    const [rawData = '', sessionKey = ''] = inputsOf(vector, 'rawData', 'session_key')
    assert.equal(openDataSignature(rawData, sessionKey), vector.expected)
    assert.equal(isOpenDataSigned(rawData, String(vector.expected), sessionKey), true)
    assert.equal(isOpenDataSigned(`${rawData} `, String(vector.expected), sessionKey), false)
  })
}

for (const vector of encrypted) {
  const [encryptedData = '', iv = '', sessionKey = ''] = inputsOf(vector, 'encryptedData', 'iv', 'session_key')
  const { expected } = vector
  if (typeof expected !== 'string') {
    test(`data that does not open is refused: ${vector.id}`, () => {
      const open = (): unknown => decryptOpenData({ encryptedData, iv }, sessionKey, { appid: 'wx', now: 0 })
      assert.throws(open, { code: 'OPEN_DATA_INVALID' })
    })
    continue
  }
  const made = JSON.parse(expected) as { watermark: { appid: string; timestamp: number } }
  const { appid, timestamp } = made.watermark
  test(`data opens as known, for its own app and in its own time: ${vector.id}`, () => {
    const open = (bounds: object): unknown =>
      decryptOpenData({ encryptedData, iv }, sessionKey, { appid, now: timestamp * 1000, maxAgeMs: 1000, ...bounds })
    assert.deepEqual(open({}), made)
    const wrong = { code: 'OPEN_DATA_INVALID' }
    assert.throws(() => open({ appid: 'wx0000000000000000' }), wrong)
    assert.throws(() => open({ now: timestamp * 1000 + 1000 }), wrong)
    assert.throws(() => open({ now: timestamp * 1000 - 60_000 }), wrong)
    const other = Buffer.alloc(16).toString('base64')
    assert.throws(() => decryptOpenData({ encryptedData, iv }, other, { appid, now: 0 }), wrong)
    assert.throws(() => decryptOpenData({ encryptedData, iv: 'x' }, sessionKey, { appid, now: 0 }), wrong)
    assert.throws(() => decryptOpenData({ encryptedData: '', iv }, sessionKey, { appid, now: 0 }), wrong)
  })
}
