import { concatBytes } from '../bytes/concat-bytes.ts'
import type { Aead } from './primitives.ts'

/** What one piece of a message is sealed with. */
export interface PieceKey {
  readonly aead: Aead
  readonly key: Uint8Array
  readonly headerBytes: Uint8Array
  readonly encrypted: boolean
}

/** Which piece: its number from 0, and whether it is the last. A message in one piece is number 0 and the last. */
export interface PiecePlace {
  readonly index: number
  readonly last: boolean
}

/** The only piece of a message. */
export const WHOLE: PiecePlace = { index: 0, last: true }

/** Ciphertext ‖ tag; the tag alone for a piece that stays clear, which is then authenticated behind the header. */
export function sealPiece(
  { aead, key, headerBytes, encrypted }: PieceKey,
  place: PiecePlace,
  body: Uint8Array,
): Uint8Array {
  const nonce = nonceOf(place)
  if (encrypted) return aead.seal(key, nonce, body, headerBytes)
  return aead.seal(key, nonce, NOTHING, concatBytes(headerBytes, body))
}

/** The body of one piece; `undefined` when anything about it is not as it was sealed. */
export function openPiece(
  { aead, key, headerBytes, encrypted }: PieceKey,
  place: PiecePlace,
  { sealed, clear }: { readonly sealed: Uint8Array; readonly clear: Uint8Array | undefined },
): Uint8Array | undefined {
  if (encrypted !== (clear === undefined)) return undefined
  if (clear === undefined) return aead.open(key, nonceOf(place), sealed, headerBytes)
  const empty = aead.open(key, nonceOf(place), sealed, concatBytes(headerBytes, clear))
  return empty?.length === 0 ? clear : undefined
}

const NOTHING = new Uint8Array(0)

/** Seven zeros, the number in 32 bits, whether it is the last: a key is for one message, so its chunks alone differ. */
function nonceOf({ index, last }: PiecePlace): Uint8Array {
  const nonce = new Uint8Array(12)
  for (let place = 0; place < 4; place++) nonce[7 + place] = index >>> (24 - 8 * place)
  nonce[11] = last ? 1 : 0
  return nonce
}
