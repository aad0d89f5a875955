import { DrawbridgeError } from '@drawbridge/protocol'
import type { Json } from '@drawbridge/runtime'

/** A reply in its longest form on the way to a worker. */
const JSON_MAX_BYTES = 6 * 1024 * 1024

/**
 * A reply as JSON, as Redis itself lays it out: what ioredis made an object of (HGETALL) is a flat list of names and
 * values again. Throws `REDIS_COMMAND_FAILED` when it is too long for a worker.
 */
export function redisReply(reply: unknown): Json {
  const plain = plainReply(reply)
  if (Buffer.byteLength(JSON.stringify(plain)) > JSON_MAX_BYTES)
    throw new DrawbridgeError('REDIS_COMMAND_FAILED', { reason: 'reply too long', limit: JSON_MAX_BYTES })
  return plain
}

function plainReply(reply: unknown): Json {
  if (typeof reply === 'string' || typeof reply === 'number' || typeof reply === 'boolean') return reply
  if (Array.isArray(reply)) return reply.map(plainReply)
  // Within a list: an error of one command of a script.
  if (reply instanceof Error || typeof reply !== 'object' || reply === null) return null
  return Object.entries(reply).flatMap(([name, value]) => [name, plainReply(value)])
}
