import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Arrival } from './arrival.ts'
import { upgradeOf } from './upgrade.ts'

/** A request as the framework gives it; from here on the answer is ours to write. */
export function frameworkArrival(request: FastifyRequest, reply: FastifyReply): Arrival {
  reply.hijack()
  return {
    requestId: request.id,
    method: request.method,
    target: request.raw.url ?? '',
    headers: request.headers,
    body: request.body instanceof Uint8Array && request.body.length > 0 ? request.body : undefined,
    ...(request.body instanceof Readable && { stream: request.body }),
    upgrade: upgradeOf(request.raw),
    address: request.ip,
    origin: () => ({ scheme: request.protocol, authority: request.host }),
    response: reply.raw,
  }
}
