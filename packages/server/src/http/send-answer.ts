import type { ServerResponse } from 'node:http'
import { Readable, pipeline } from 'node:stream'
import { releaseBytes } from '@drawbridge/protocol/node'
import type { Answer } from './answer.ts'
import { securityHeaders } from './security-headers.ts'

const JSON_TYPE = 'application/json; charset=utf-8'
const ONE_WRITE_MAX_BYTES = 16_384
/** As `writeHead` takes them: names and values in turn. */
const always = Object.entries(securityHeaders).flat()

/** Writes an answer. Straight to Node: the framework's reply object would cost more than all that came before. */
export function sendAnswer(response: ServerResponse, answer: Answer, requestId: string): void {
  const { status, body, contentType = JSON_TYPE, headers } = answer
  const fields = [...(headers === undefined ? always : defaultsBeside(headers)), 'x-request-id', requestId]
  for (const [name, value] of Object.entries(headers ?? {}))
    for (const one of typeof value === 'string' ? [value] : value) fields.push(name, one)
  if (body === undefined) {
    response.writeHead(status, fields)
    response.end()
    return
  }
  if (typeof body !== 'string') {
    sendBytes(response, status, [...fields, 'content-type', contentType], body)
    return
  }
  const length = Buffer.byteLength(body)
  fields.push('content-type', contentType, 'content-length', String(length))
  response.writeHead(status, fields)
  // As many bytes as characters: ASCII, which is the same in Latin-1, and that is copied rather than encoded.
  response.end(body, length === body.length ? 'latin1' : 'utf8')
}

/** What a route says for itself stands instead of what every answer carries. */
function defaultsBeside(headers: NonNullable<Answer['headers']>): readonly string[] {
  return Object.entries(securityHeaders).flatMap(([name, value]) => (Object.hasOwn(headers, name) ? [] : [name, value]))
}

function sendBytes(
  response: ServerResponse,
  status: number,
  fields: string[],
  body: Uint8Array | readonly Uint8Array[] | Readable,
): void {
  if (body instanceof Readable) {
    response.writeHead(status, fields)
    // The status is on its way: what fails from here on can only end the connection.
    pipeline(body, response, (error) => {
      if (error) response.destroy()
    })
    return
  }
  const parts = body instanceof Uint8Array ? [body] : body
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  fields.push('content-length', String(length))
  response.writeHead(status, fields)
  if (length <= ONE_WRITE_MAX_BYTES) {
    // As text it goes out with the head in one piece; Latin-1 is byte for byte the same.
    response.end(Buffer.concat(parts, length).toString('latin1'), 'latin1')
    return
  }
  response.cork()
  for (const part of parts) response.write(part, () => releaseBytes(part))
  response.end()
}
