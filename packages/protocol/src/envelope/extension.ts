import { createByteReader } from '../bytes/byte-reader.ts'
import { createByteWriter } from '../bytes/byte-writer.ts'

/** A field beside the fixed ones. Types from 128 on may be ignored; smaller ones must be understood or refused. */
export interface Extension {
  readonly type: number
  readonly value: Uint8Array
}

/** What a request may carry: 1 a device's proof, 2 an idempotency key for the application, 3 the client's build. */
export const extensionTypes = { deviceProof: 1, idempotencyKey: 2, clientBuild: 3 } as const

/** Type in 8 bits, length in 16, value; types rise. `undefined` when they do not, or a value is too long. */
export function encodeExtensions(extensions: readonly Extension[], maxBytes: number): Uint8Array | undefined {
  if (extensions.length === 0) return NOTHING
  const writer = createByteWriter(maxBytes)
  let last = 0
  for (const { type, value } of extensions) {
    if (type <= last) return undefined
    last = type
    writer.u8(type)
    writer.lp16(value)
  }
  return writer.end()
}

/** The extensions; `undefined` when one is cut, repeated, out of order, or has to be understood and is not. */
export function parseExtensions(bytes: Uint8Array, understood: readonly number[]): readonly Extension[] | undefined {
  if (bytes.length === 0) return NONE
  const reader = createByteReader(bytes)
  const extensions: Extension[] = []
  let last = 0
  while (reader.hasMore()) {
    const type = reader.u8()
    if (type <= last || (type < IGNORABLE_FROM && !understood.includes(type))) return undefined
    last = type
    extensions.push({ type, value: reader.lp16() })
  }
  return reader.isWhole() ? extensions : undefined
}

const NOTHING = new Uint8Array(0)
const NONE: readonly Extension[] = []
const IGNORABLE_FROM = 128
