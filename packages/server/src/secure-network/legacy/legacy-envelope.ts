import type { JsonObject } from '@drawbridge/runtime'
import Type from 'typebox'
import type { Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { readJson } from '../../http/read-json.ts'
import { openLegacy } from './open-legacy.ts'
import type { LegacyKey } from './legacy-key.ts'

const schema = Type.Object(
  {
    /** JSON as text. */
    data: Type.String(),
    appId: Type.String({ maxLength: 128 }),
    deviceId: Type.String({ maxLength: 1024 }),
    wxAppId: Type.String({ maxLength: 128 }),
    /** The client's own word, and always false once it has made a plain call: nothing rests on it. */
    simulator: Type.Boolean(),
    timestamp: Type.Integer({ minimum: 0 }),
  },
  { additionalProperties: false },
)
const envelope = Compile(schema)

/** What the stock client encrypts, opened; `timestamp` in ms. */
export type LegacyEnvelope = Omit<Static<typeof schema>, 'data'> & { readonly data: JsonObject }

/** What `readLegacyEnvelope` works with; a test counts its work by it. */
export type ReadJson = typeof readJson

/**
 * Opens a request's ciphertext; undefined for every way to be wrong: base64, padding, JSON, fields, key, direction. Each
 * takes the same work, so that none of them can be told from another by time: with AES-CBC, who learns which one it
 * was learns the text.
 */
export function readLegacyEnvelope(
  key: LegacyKey,
  content: string,
  read: ReadJson = readJson,
): LegacyEnvelope | undefined {
  const { text, isSound } = openLegacy(key, content)
  const value = parsed(text, read)
  const said = envelope.Check(value) ? value : undefined
  const standIn = standInOf(text.length)
  const data = parsed(said?.data ?? standIn.data, read)
  if (said && isSound && isObject(data) && text.startsWith(REQUEST_BEGINS)) return { ...said, data }
  // What fails is left at the first fault: without a whole text to read as well, the fault's place would show.
  parsed(JSON.stringify(standIn), read)
  return undefined
}

function parsed(text: string, read: ReadJson): unknown {
  try {
    return read(text)
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What makes a good text of the length: most of the work is in its length. */
function standInOf(length: number): Static<typeof schema> {
  const data = JSON.stringify({ x: 'x'.repeat(Math.max(0, length - STAND_IN_CHARS)) })
  return { data, appId: '', deviceId: '', wxAppId: '', simulator: false, timestamp: 0 }
}

/** Requests begin so, and replies with white space: what one direction sends is worth nothing in the other. */
const REQUEST_BEGINS = '{'
/** Of a stand-in whose data is the empty text. */
const STAND_IN_CHARS = 93
