import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { DrawbridgeError } from '@drawbridge/protocol'
import { clientAddress } from '../callers/client-address.ts'
import type { Log } from '../log/create-log.ts'
import { errorAnswer } from './error-answer.ts'
import { securityHeaders } from './security-headers.ts'

/** Answers bytes that are no HTTP request, or one that did not come in time, and ends the connection. */
export function refuseConnection({
  error,
  socket,
  requestId,
  at,
  log,
}: {
  readonly error: Error & { readonly code?: string }
  readonly socket: Socket
  readonly requestId: string
  readonly at: number
  readonly log: Log
}): void {
  // Reset by the other end, or an answer is under way already: there is nobody to talk to.
  if (error.code === 'ECONNRESET' || !socket.writable || socket.bytesWritten > 0) {
    socket.destroy()
    return
  }
  const reason = REASONS.get(error.code ?? '') ?? 'not an HTTP request'
  const visit = { requestId, outsideRequestId: undefined, at, address: clientAddress(socket.remoteAddress) }
  const refusal = new DrawbridgeError('REQUEST_INVALID', { field: 'request', reason })
  const { status, body, contentType } = errorAnswer(refusal, { face: 'problem', visit, log })
  const headers = {
    ...securityHeaders,
    'x-request-id': requestId,
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  }
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head.join('')}\r\n${body}`)
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ['HPE_HEADER_OVERFLOW', 'the headers are too large'],
  ['ERR_HTTP_REQUEST_TIMEOUT', 'the request did not come in time'],
  ['HPE_UNEXPECTED_CONTENT_LENGTH', 'content-length contradicts another header'],
])
