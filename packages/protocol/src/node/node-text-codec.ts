import { isUtf8 } from 'node:buffer'
import type { TextCodec } from '../bytes/text-codec.ts'

/** The codec on Node's own encodings, as strict as the package's. */
export const nodeTextCodec: TextCodec = {
  utf8Encode: (text) => Buffer.from(text, 'utf8'),
  utf8Decode: (bytes) => (isUtf8(bytes) ? view(bytes).toString('utf8') : undefined),
  base64urlEncode: (bytes) => view(bytes).toString('base64url'),
  base64urlDecode(text) {
    const bytes = Buffer.from(text, 'base64url')
    // Node skips what is no base64 and forgives leftover bits: what does not come back the same was not right.
    return bytes.toString('base64url') === text ? bytes : undefined
  },
}

function view({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength)
}
