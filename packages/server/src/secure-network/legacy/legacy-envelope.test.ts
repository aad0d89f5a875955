import assert from 'node:assert/strict'
import { createCipheriv, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { readJson } from '../../http/read-json.ts'
import { openLegacy } from './open-legacy.ts'
import { sealLegacy } from './seal-legacy.ts'
import type { LegacyKey } from './legacy-key.ts'
import { readLegacyEnvelope } from './legacy-envelope.ts'

interface Vectors {
  readonly inputs: { readonly weixinKey: { readonly encryptKey: string; readonly iv: string } }
  readonly secureBoth: {
    readonly functionArgs: { readonly content: string }
    readonly decryptedContent: string
    readonly responseData: { readonly content: string }
  }
  readonly verifyClient: {
    readonly functionArgs: { readonly _uniCloudOptions: { readonly verifyClientSign: string } }
    readonly decryptedSign: string
  }
}

const file = new URL('../../../../../test/vectors/unicloud.json', import.meta.url)
const { inputs, secureBoth, verifyClient } = JSON.parse(readFileSync(file, 'utf8')) as Vectors
const key: LegacyKey = {
  key: Buffer.from(inputs.weixinKey.encryptKey, 'base64'),
  iv: Buffer.from(inputs.weixinKey.iv),
}

test('what the published client encrypted and signed opens, and comes out byte for byte when made again', () => {
  const { content } = secureBoth.functionArgs
  const { verifyClientSign } = verifyClient.functionArgs._uniCloudOptions
  for (const [sent, text] of [
    [content, secureBoth.decryptedContent],
    [verifyClientSign, verifyClient.decryptedSign],
  ] as const) {
    assert.deepEqual(openLegacy(key, sent), { text, isSound: true })
    assert.equal(sealLegacy(key, text), sent)
  }
  assert.equal(sealLegacy(key, '{"pong":1}'), secureBoth.responseData.content)
  assert.deepEqual(readLegacyEnvelope(key, content), {
    data: { a: 1, t: '文' },
    appId: '__UNI__VECTOR',
    deviceId: '1700000000000123',
    wxAppId: 'wx0123456789abcdef',
    simulator: false,
    timestamp: 1_700_000_000_000,
  })
})

test('keys of 24 and 32 bytes open as those of 16 do', () => {
  for (const bytes of [16, 24, 32]) {
    const other = { key: randomBytes(bytes), iv: randomBytes(16) }
    assert.deepEqual(openLegacy(other, sealLegacy(other, '文')), { text: '文', isSound: true })
  }
})

/** Whole blocks, whatever they hold. */
function encryptBlocks(plain: Buffer): string {
  const cipher = createCipheriv('aes-128-cbc', key.key, key.iv).setAutoPadding(false)
  return Buffer.concat([cipher.update(plain), cipher.final()]).toString('base64')
}

test('every padding that PKCS#7 does not know is wrong, each length of it is right', () => {
  for (let count = 1; count <= 16; count++) {
    const plain = Buffer.concat([Buffer.alloc(48 - count, 0x61), Buffer.alloc(count, count)])
    assert.deepEqual(openLegacy(key, encryptBlocks(plain)), { text: 'a'.repeat(48 - count), isSound: true })
    for (let at = 48 - count; at < 47; at++) {
      const wrong = Buffer.from(plain)
      wrong[at] = count ^ 1
      assert.equal(openLegacy(key, encryptBlocks(wrong)).isSound, false, `${count} ${at}`)
    }
  }
  for (const last of [0, 17, 32, 255])
    assert.equal(openLegacy(key, encryptBlocks(Buffer.alloc(48, last))).isSound, false, String(last))
})

const good = secureBoth.decryptedContent
const changed = (change: object): string => sealLegacy(key, JSON.stringify({ ...JSON.parse(good), ...change }))
const wrongPadding = (): string => {
  const plain = Buffer.alloc(Math.ceil((good.length + 17) / 16) * 16, 0x20)
  plain.write(good)
  return encryptBlocks(plain)
}

const wrong: Readonly<Record<string, string>> = {
  'no base64': '*'.repeat(secureBoth.functionArgs.content.length),
  'base64 of another writing': secureBoth.functionArgs.content.replace(/=$/, ''),
  'half a block': secureBoth.functionArgs.content.slice(0, -12),
  'bad padding': wrongPadding(),
  'no UTF-8': encryptBlocks(Buffer.concat([Buffer.alloc(175, 0xff), Buffer.alloc(1, 1)])),
  'no JSON': sealLegacy(key, 'x'.repeat(good.length)),
  'half of a JSON': sealLegacy(key, good.slice(0, -1)),
  'a missing field': changed({ appId: undefined }),
  'a field too many': changed({ admin: true }),
  'a field of another type': changed({ timestamp: '1' }),
  'data that is no JSON': changed({ data: '{"a":' }),
  'data that is no object': changed({ data: '7' }),
  'white space before it': sealLegacy(key, ` ${good}`),
  'another key': sealLegacy({ ...key, key: randomBytes(16) }, good),
}

test('every way to be wrong is nothing, and takes the reading of three texts of the same lengths', () => {
  const lengths = (content: string): readonly number[] => {
    const read: string[] = []
    const found = readLegacyEnvelope(key, content, (text) => {
      read.push(text)
      return readJson(text)
    })
    assert.equal(found, undefined)
    return read.map(({ length }) => length)
  }
  for (const [name, content] of Object.entries(wrong)) {
    const [sent = 0, data = 0, standIn, ...more] = lengths(content)
    assert.equal(standIn, sent, name)
    assert.equal(more.length, 0, name)
    assert.ok(data > 0, name)
  }
  // Padding and JSON, which is what a padding oracle tells apart.
  const [, , whole] = lengths(wrong['half of a JSON'] ?? '')
  assert.equal(whole, good.length - 1)
})
