import type { ServerResponse } from 'node:http'
import { bodyBytes } from './reply.ts'
import type { Reply } from './reply.ts'

/** A fatal TLS alert: handshake_failure. */
export const TLS_ALERT = Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28])

/** Puts a reply on the wire, or breaks the connection in the way that it asks for. `date` is the Date header. */
export function sendReply(response: ServerResponse, reply: Reply, date: string): void {
  const { socket } = response
  if (socket === null || socket.destroyed) return
  if (reply.wire === 'reset-before-headers') return void socket.resetAndDestroy()
  if (reply.wire === 'tls-alert') return void socket.end(TLS_ALERT)
  const bytes = bodyBytes(reply)
  response.sendDate = false
  response.writeHead(reply.status, {
    date,
    'content-type': reply.contentType,
    'content-length': bytes.length,
    ...reply.headers,
  })
  if (reply.wire === undefined) return void response.end(bytes)
  response.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), () => socket.resetAndDestroy())
}
