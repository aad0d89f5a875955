import { hash } from 'node:crypto'

const BLOCK = 64
const HASH = 32

/**
 * HMAC-SHA-256 (RFC 2104) under one key, for many short messages: the padded key is laid out once, and each call is
 * two one-shot hashes. In a busy server `createHmac` costs four times as much, most of it making and freeing the object.
 * @returns a function from the message (text is UTF-8) to its 32 bytes.
 */
export function hmacSha256(key: Uint8Array): (message: string | Uint8Array) => Buffer {
  const short = key.length > BLOCK ? hash('sha256', key, 'buffer') : key
  const outer = Buffer.alloc(BLOCK + HASH, 0x5c)
  let inner = Buffer.alloc(BLOCK + 2048, 0x36)
  for (const [i, byte] of short.entries()) {
    outer[i] = byte ^ 0x5c
    inner[i] = byte ^ 0x36
  }

  return (message) => {
    // UTF-8 takes at most three bytes for a UTF-16 unit.
    const bound = BLOCK + (typeof message === 'string' ? message.length * 3 : message.length)
    if (bound > inner.length) inner = Buffer.concat([inner.subarray(0, BLOCK)], bound)
    const end = BLOCK + (typeof message === 'string' ? inner.write(message, BLOCK, 'utf8') : copy(message, inner))
    hash('sha256', inner.subarray(0, end), 'buffer').copy(outer, BLOCK)
    return hash('sha256', outer, 'buffer')
  }
}

function copy(bytes: Uint8Array, into: Buffer): number {
  into.set(bytes, BLOCK)
  return bytes.length
}
