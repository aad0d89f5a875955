import { DrawbridgeError } from '@drawbridge/protocol'
import mime from 'mime'

const TOKEN = '[\\w!#$&^.+-]{1,60}'
const MEDIA_TYPE = new RegExp(`^${TOKEN}/${TOKEN}$`)
const NO_TYPE = 'application/octet-stream'

/** Types that a browser shows without running anything. All others are served as attachments. */
const passive = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/avif',
  'image/bmp',
  'image/heic',
  'image/heif',
  'image/x-icon',
  'text/plain',
  'application/json',
])
const PASSIVE_FAMILY = /^(audio|video)\//

/**
 * The type of a file: what was declared, or what the name's ending says where that is nothing. Parameters go: a
 * charset of an outsider's choice can turn plain text into something else.
 */
export function fileTypeOf(name: string, declared?: string): string {
  const [bare = ''] = (declared ?? '').toLowerCase().split(';')
  const type = bare.trim()
  if (MEDIA_TYPE.test(type) && type !== NO_TYPE) return type
  return mime.getType(name) ?? NO_TYPE
}

/** Whether a browser may show it in place. */
export function isPassive(type: string): boolean {
  return passive.has(type) || PASSIVE_FAMILY.test(type)
}

/** What may be uploaded, in the words of HTML's `accept`: `.png`, `image/png`, `image/*`. */
export interface TypeRules {
  /** Empty: everything. */
  readonly accept: readonly string[]
  /** Wins over `accept`. */
  readonly refuse: readonly string[]
}

/** Refuses with `FILE_TYPE_REFUSED` what the rules do not admit. A type is a claim; an ending decides what opens the file. */
export function admitType({ accept, refuse }: TypeRules, name: string, type: string): void {
  const isListed = (entry: string): boolean => matches(entry.toLowerCase(), name.toLowerCase(), type)
  if (refuse.some(isListed) || (accept.length > 0 && !accept.some(isListed)))
    throw new DrawbridgeError('FILE_TYPE_REFUSED', { type })
}

function matches(entry: string, name: string, type: string): boolean {
  if (entry.startsWith('.')) return name.endsWith(entry)
  return entry.endsWith('/*') ? type.startsWith(entry.slice(0, -1)) : type === entry
}
