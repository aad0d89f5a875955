import { DrawbridgeError } from '@drawbridge/protocol'
import type { Reply } from '../opener.ts'
import type { LegacyArgs } from './legacy-args.ts'
import { sealLegacy } from './seal-legacy.ts'
import type { LegacyKey } from './legacy-key.ts'

/** What replies are made with. */
export interface LegacyReplyDeps {
  readonly key: LegacyKey
  /** That many bytes fit for keys. */
  readonly random: (length: number) => Uint8Array
}

/**
 * The reply's `data` as JSON text, in the form that the client expects of the mode. Throws the error where there is one:
 * it travels in clear, so of what a function threw only that it threw.
 */
export function sealLegacyReply(mode: LegacyArgs['mode'], reply: Reply, { key, random }: LegacyReplyDeps): string {
  if ('error' in reply) {
    const error = mode === 'signature' ? reply.error : silent(reply.error)
    throw error
  }
  const { result } = reply
  if (mode === 'signature') return result
  // The client takes a falsy `content` for none, and would hand the object around it to the app.
  if (mode === 'request') return FALSY.has(result) ? result : `{"content":${result}}`
  return `{"content":"${sealLegacy(key, whiteNonce(random) + result)}"}`
}

/**
 * 128 random bits as white space, which JSON allows in front. It stands in for the random iv that the wire lacks:
 * replies that begin alike have no block alike. And it is the mark of the direction: a request begins with a brace, so
 * a reply that is sent back as a request, or as a signature, is none, today and after the server has begun anew.
 */
function whiteNonce(random: (length: number) => Uint8Array): string {
  let text = ''
  for (const byte of random(NONCE_BYTES)) {
    for (let shift = 0; shift < 8; shift += 2) text += WHITE.charAt((byte >> shift) & 3)
  }
  return text
}

function silent(error: unknown): unknown {
  const isOwnWords = error instanceof DrawbridgeError && error.code === 'FUNCTION_FAILED'
  return isOwnWords ? new DrawbridgeError('FUNCTION_FAILED', {}, { cause: error }) : error
}

const FALSY: ReadonlySet<string> = new Set(['null', 'false', '0', '-0', '""'])
const WHITE = ' \t\n\r'
const NONCE_BYTES = 16
