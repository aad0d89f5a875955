import { DrawbridgeError, ERROR_STATUS, binaryParts, sealResponse } from '@drawbridge/protocol'
import type { WireError } from '@drawbridge/protocol'
import type { AuthenticRequest } from '../../secure-network/usn1/open-envelope.ts'
import type { SealDeps } from '../../secure-network/usn1/seal-reply.ts'
import type { ResponseHeader } from '../response-headers.ts'

/** What the backend said to the opening. */
export interface OpenedAnswer {
  readonly protocol: string
  readonly header: ResponseHeader
}

/** What a client is told first; `requestId` is what log and verdicts know the socket by. */
export type SocketAnswer = (OpenedAnswer | WireError) & { readonly requestId: string }

/** The answer to an authentic opening in its binary form; an error has a status. */
export function sealAnswer(
  { schedule, request }: AuthenticRequest,
  answer: SocketAnswer,
  { now, random, text }: SealDeps,
): Buffer {
  const { padded, secretType } = request.header
  const hides = secretType === 'both' || secretType === 'response'
  const fields = {
    ts: now(),
    rnonce: random(16),
    ...('errCode' in answer && { status: ERROR_STATUS }),
    ...(hides && padded && { padded }),
  }
  const sealed = sealResponse(schedule, request, fields, text.utf8Encode(JSON.stringify(answer)))
  if (!sealed) throw new DrawbridgeError('SYSTEM_ERROR')
  return Buffer.concat(binaryParts(sealed))
}
