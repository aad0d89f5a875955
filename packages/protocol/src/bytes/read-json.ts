import { utf8Decode } from './utf8.ts'

/** What the bytes are the JSON of; `undefined` when they are none. */
export function readJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8Decode(bytes) ?? '')
  } catch {
    return undefined
  }
}
