import { concatBytes } from '../bytes/concat-bytes.ts'
import { utf8Encode } from '../bytes/utf8.ts'
import { extensionTypes } from './extension.ts'
import { encodeRequestHeader } from './header.ts'
import type { RequestHeader } from './header.ts'
import type { Primitives } from './primitives.ts'

/**
 * What a device's key signs for a call that has to be fresh (extension 1): the domain, the header without that
 * extension, SHA-256 of the body. The request's tag cannot be signed, since the extension is part of what the tag covers.
 */
export function deviceProofInput(
  { hashes }: Primitives,
  header: RequestHeader,
  body: Uint8Array,
): Uint8Array | undefined {
  const extensions = header.extensions.filter(({ type }) => type !== extensionTypes.deviceProof)
  const bare = encodeRequestHeader({ ...header, extensions })
  return bare && concatBytes(utf8Encode('USN1 proof\0'), bare, hashes.sha256.digest(body))
}
