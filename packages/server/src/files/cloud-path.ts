import { DrawbridgeError } from '@drawbridge/protocol'

const PATH_MAX_CHARS = 512
const PART_MAX_BYTES = 200
const DEPTH_MAX = 16

/** Control characters, what no Windows name may hold, and what turns text around or is not seen. */
const UNFIT = /[\u0000-\u001f\u007f-\u009f<>:"|?*\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]/
const WINDOWS_DEVICE = /^(con|prn|aux|nul|com\d|lpt\d|com[¹²³]|lpt[¹²³]|conin\$|conout\$)(\.|$)/i

/** A path as a user named it, safe to show, to store and to save under on any system. */
export interface CloudPath {
  /** Without a slash at its start; NFC. */
  readonly path: string
  /** Its last part. */
  readonly name: string
}

/**
 * Reads `cloudPath`. A leading slash goes (the stock client puts one there for `cloudPathAsRealPath`) and Unicode is
 * normalised; anything doubtful is refused with `FILE_PATH_INVALID`. It is a label only: no content is stored under it.
 */
export function readCloudPath(text: string): CloudPath {
  if (text.length > PATH_MAX_CHARS) throw invalid('too long')
  if (!text.isWellFormed()) throw invalid('not Unicode')
  const path = text.normalize('NFC').replace(/^\//, '')
  if (path.length > PATH_MAX_CHARS) throw invalid('too long')
  const parts = path.split('/')
  if (parts.length > DEPTH_MAX) throw invalid('too many parts')
  for (const part of parts) {
    const fault = faultOf(part)
    if (fault !== undefined) throw invalid(fault)
  }
  return { path, name: parts.at(-1) ?? '' }
}

function faultOf(part: string): string | undefined {
  if (part === '') return 'an empty part'
  if (part === '.' || part === '..') return 'a part that leads elsewhere'
  if (part.includes('\\')) return 'a backslash'
  if (UNFIT.test(part)) return 'a character that names may not hold'
  if (Buffer.byteLength(part) > PART_MAX_BYTES) return 'a part that is too long'
  // Windows drops them, and then the name is another one.
  if (/^\s|[\s.]$/.test(part)) return 'a blank or dot at the edge of a part'
  if (WINDOWS_DEVICE.test(part)) return 'the name of a device'
  return undefined
}

function invalid(reason: string): DrawbridgeError {
  return new DrawbridgeError('FILE_PATH_INVALID', { reason })
}
