import { createCipheriv, createDecipheriv } from 'node:crypto'
import { SimulatorError } from '../simulator-error.ts'

/** A message in safe mode, opened. */
export interface OpenedCallback {
  /** 16 bytes, as text. */
  readonly random: string
  readonly message: string
  readonly appid: string
}

const BLOCK = 32

/** Encrypts a message in safe mode: AES-256-CBC over random ‖ length ‖ message ‖ appid, padded to 32. Base64 out. */
export function encryptCallback(encodingAesKey: string, { random, message, appid }: OpenedCallback): string {
  const key = aesKey(encodingAesKey)
  const bytes = Buffer.from(message, 'utf8')
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  const plain = Buffer.concat([Buffer.from(random, 'latin1'), length, bytes, Buffer.from(appid, 'utf8')])
  const padding = BLOCK - (plain.length % BLOCK)
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false)
  return Buffer.concat([cipher.update(plain), cipher.update(Buffer.alloc(padding, padding)), cipher.final()]).toString(
    'base64',
  )
}

/** Opens a message of safe mode. Throws CRYPTO_FAILED for every way to be wrong. */
export function decryptCallback(encodingAesKey: string, encrypted: string): OpenedCallback {
  try {
    const key = aesKey(encodingAesKey)
    const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false)
    const padded = Buffer.concat([decipher.update(Buffer.from(encrypted, 'base64')), decipher.final()])
    const padding = padded.at(-1) ?? 0
    if (padding < 1 || padding > BLOCK || !padded.subarray(-padding).every((byte) => byte === padding)) throw wrong()
    const plain = padded.subarray(0, -padding)
    const end = 20 + plain.readUInt32BE(16)
    if (end > plain.length) throw wrong()
    return {
      random: plain.toString('latin1', 0, 16),
      message: plain.toString('utf8', 20, end),
      appid: plain.toString('utf8', end),
    }
  } catch (cause) {
    throw cause instanceof SimulatorError ? cause : wrong(cause)
  }
}

/** 43 characters of base64 without padding; the last may have low bits set, which Node's decoder ignores. */
function aesKey(encodingAesKey: string): Buffer {
  const key = Buffer.from(`${encodingAesKey}=`, 'base64')
  if (key.length !== 32) throw new SimulatorError('CRYPTO_FAILED', 'An EncodingAESKey has 43 characters.')
  return key
}

function wrong(cause?: unknown): SimulatorError {
  return new SimulatorError('CRYPTO_FAILED', 'The message cannot be read with this EncodingAESKey.', { cause })
}
