import { hash, timingSafeEqual } from 'node:crypto'
import { parseDictionary } from 'structured-headers'

const algorithms: Readonly<Record<string, string>> = Object.assign(Object.create(null) as Record<string, string>, {
  'sha-256': 'sha256',
  'sha-512': 'sha512',
})

/** The value of a Content-Digest header (RFC 9530) for a body. */
export function contentDigest(body: Uint8Array | string): string {
  return `sha-256=:${hash('sha256', body, 'base64')}:`
}

/**
 * Whether a Content-Digest header speaks for this body: it names sha-256 or sha-512, and every one that it names fits.
 * Algorithms that RFC 9530 calls insecure, and unknown ones, count for nothing.
 */
export function contentDigestMatches(header: string, body: Uint8Array): boolean {
  let known = 0
  for (const [name, member] of parsed(header)) {
    const algorithm = algorithms[name]
    if (algorithm === undefined) continue
    const value: unknown = member[0]
    if (!(value instanceof ArrayBuffer)) return false
    const digest = hash(algorithm, body, 'buffer')
    if (value.byteLength !== digest.length || !timingSafeEqual(new Uint8Array(value), digest)) return false
    known++
  }
  return known > 0
}

function parsed(header: string): ReturnType<typeof parseDictionary> | readonly [] {
  try {
    return parseDictionary(header)
  } catch {
    return []
  }
}
