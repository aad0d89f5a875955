import {
  DrawbridgeError,
  ENVELOPE_CONTENT_TYPE,
  ERROR_STATUS,
  binaryParts,
  sealResponse,
  sealedErrorBody,
  toJson,
} from '@drawbridge/protocol'
import type { Envelope, JsonEnvelope, ReceivedRequest, TextCodec, WireError } from '@drawbridge/protocol'
import { releaseBytes } from '@drawbridge/protocol/node'
import type { Answer } from '../../http/answer.ts'
import { wireError } from '../wire-error.ts'
import type { AuthenticRequest } from './open-envelope.ts'

/** What replies are sealed with. */
export interface SealDeps {
  readonly now: () => number
  /** That many bytes fit for keys. */
  readonly random: (length: number) => Uint8Array
  readonly text: TextCodec
}

/** A result as JSON text, or the error in its place. */
export type SealedReply = { readonly result: string } | { readonly error: WireError }

/** The reply of an authentic request, in the form that the request came in; a result that is too large is an error. */
export function sealReply(
  authentic: AuthenticRequest,
  form: ReceivedRequest['form'],
  reply: SealedReply,
  deps: SealDeps,
): Answer {
  const sealed = sealOne(authentic, reply, deps) ?? sealOne(authentic, TOO_LARGE, deps)
  if (!sealed) throw new DrawbridgeError('SYSTEM_ERROR')
  if (form === 'binary') return { status: 200, body: binaryParts(sealed), contentType: ENVELOPE_CONTENT_TYPE }
  const json = toJson(sealed, deps.text)
  if (!json) throw new DrawbridgeError('SYSTEM_ERROR')
  releaseBytes(sealed.sealed)
  return { status: 200, body: jsonText(json) }
}

/** Base64url has nothing to escape, and looking for it costs as much as sealing did. */
function jsonText({ usn, h, c, p }: JsonEnvelope): string {
  return `{"usn":${usn},"h":"${h}","c":"${c}"${p === undefined ? '' : `,"p":${JSON.stringify(p)}`}}`
}

const TOO_LARGE: SealedReply = { error: wireError(new DrawbridgeError('FUNCTION_RESULT_INVALID')) }

function sealOne(
  { schedule, request }: AuthenticRequest,
  reply: SealedReply,
  { now, random, text }: SealDeps,
): Envelope | undefined {
  const { padded, secretType } = request.header
  const hides = secretType === 'both' || secretType === 'response'
  const fields = { ts: now(), rnonce: random(16), ...(hides && padded && { padded }) }
  if ('error' in reply)
    return sealResponse(schedule, request, { ...fields, status: ERROR_STATUS }, sealedErrorBody(reply.error))
  // What stays clear is sent as it stands here, so it has to stay.
  const body = hides ? encodeForNow(reply.result, text) : text.utf8Encode(reply.result)
  return sealResponse(schedule, request, fields, body)
}

/** Buffers of this size are no part of the heap, and each brings the next great garbage collection nearer. */
const scratch = Buffer.allocUnsafeSlow(256 * 1024)

/** Bytes of a text that are used before anything else runs, in memory that the next call uses again. */
function encodeForNow(result: string, text: TextCodec): Uint8Array {
  // Three bytes a character at most.
  if (result.length < 4096 || result.length > scratch.length / 3) return text.utf8Encode(result)
  return scratch.subarray(0, scratch.write(result, 'utf8'))
}
