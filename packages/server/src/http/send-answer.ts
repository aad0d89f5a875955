import type { ServerResponse } from 'node:http'
import type { Answer } from './answer.ts'
import { securityHeaders } from './security-headers.ts'

const JSON_TYPE = 'application/json; charset=utf-8'
/** As `writeHead` takes them: names and values in turn. */
const always = Object.entries(securityHeaders).flat()

/** Writes an answer. Straight to Node: the framework's reply object would cost more than all that came before. */
export function sendAnswer(response: ServerResponse, answer: Answer, requestId: string): void {
  const { status, body, contentType = JSON_TYPE, headers } = answer
  const fields = [...always, 'x-request-id', requestId]
  if (headers) fields.push(...Object.entries(headers).flat())
  if (body === undefined) {
    response.writeHead(status, fields)
    response.end()
    return
  }
  const length = Buffer.byteLength(body)
  fields.push('content-type', contentType, 'content-length', String(length))
  response.writeHead(status, fields)
  // As many bytes as characters: ASCII, which is the same in Latin-1, and that is copied rather than encoded.
  response.end(body, length === body.length ? 'latin1' : 'utf8')
}
