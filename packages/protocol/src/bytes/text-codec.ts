import { base64urlDecode, base64urlEncode } from './base64url.ts'
import { utf8Decode, utf8Encode } from './utf8.ts'

/**
 * How text becomes bytes and back. A host that has something faster gives its own; the answers are the same, byte for
 * byte. The decoders answer `undefined` for what is not strictly right.
 */
export interface TextCodec {
  utf8Encode(text: string): Uint8Array
  utf8Decode(bytes: Uint8Array): string | undefined
  base64urlEncode(bytes: Uint8Array): string
  base64urlDecode(text: string): Uint8Array | undefined
}

/** The codec that needs nothing of its host. */
export const plainTextCodec: TextCodec = { utf8Encode, utf8Decode, base64urlEncode, base64urlDecode }
