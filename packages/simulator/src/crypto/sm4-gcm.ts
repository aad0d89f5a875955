import { createCipheriv, timingSafeEqual } from 'node:crypto'
import { SimulatorError } from '../simulator-error.ts'

/** Ciphertext and its 16-byte tag. */
export interface Sealed {
  readonly data: Buffer
  readonly tag: Buffer
}

/** SM4-GCM on top of OpenSSL's SM4-CTR, which has no GCM mode. Key 16 bytes, iv 12. */
export function sealSm4Gcm(key: Buffer, iv: Buffer, aad: Buffer, plaintext: Buffer): Sealed {
  const data = counter(key, increment(firstBlock(iv)), plaintext)
  return { data, tag: tagOf(key, iv, aad, data) }
}

/** The reverse. Throws CRYPTO_FAILED when the tag does not fit. */
export function openSm4Gcm(key: Buffer, iv: Buffer, aad: Buffer, { data, tag }: Sealed): Buffer {
  const expected = tagOf(key, iv, aad, data)
  if (tag.length === 16 && timingSafeEqual(expected, tag)) return counter(key, increment(firstBlock(iv)), data)
  throw new SimulatorError('CRYPTO_FAILED', 'The SM4-GCM tag does not fit.')
}

function counter(key: Buffer, block: Buffer, input: Buffer): Buffer {
  const cipher = createCipheriv('sm4-ctr', key, block)
  return Buffer.concat([cipher.update(input), cipher.final()])
}

function firstBlock(iv: Buffer): Buffer {
  if (iv.length !== 12) throw new SimulatorError('CRYPTO_FAILED', 'A GCM iv has 12 bytes.')
  return Buffer.concat([iv, Buffer.from([0, 0, 0, 1])])
}

function increment(block: Buffer): Buffer {
  const next = Buffer.from(block)
  next.writeUInt32BE((next.readUInt32BE(12) + 1) >>> 0, 12)
  return next
}

function tagOf(key: Buffer, iv: Buffer, aad: Buffer, data: Buffer): Buffer {
  const zero = Buffer.alloc(16)
  const lengths = Buffer.alloc(16)
  lengths.writeBigUInt64BE(BigInt(aad.length) * 8n, 0)
  lengths.writeBigUInt64BE(BigInt(data.length) * 8n, 8)
  const hash = ghash(counter(key, zero, zero), Buffer.concat([padded(aad), padded(data), lengths]))
  return counter(key, firstBlock(iv), hash)
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((16 - (bytes.length % 16)) % 16)])
}

// x^128 + x^7 + x^2 + x + 1, in GCM's reflected bit order.
const REDUCTION = 0xe1n << 120n

function ghash(subkey: Buffer, blocks: Buffer): Buffer {
  const h = number(subkey)
  let state = 0n
  for (let at = 0; at < blocks.length; at += 16) state = multiply(state ^ number(blocks.subarray(at, at + 16)), h)
  return Buffer.from(state.toString(16).padStart(32, '0'), 'hex')
}

function multiply(x: bigint, y: bigint): bigint {
  let product = 0n
  let shifted = y
  for (let bit = 127n; bit >= 0n; bit -= 1n) {
    if ((x >> bit) & 1n) product ^= shifted
    shifted = shifted & 1n ? (shifted >> 1n) ^ REDUCTION : shifted >> 1n
  }
  return product
}

function number(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString('hex')}`)
}
