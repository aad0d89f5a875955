import { randomUUID } from 'node:crypto'
import type { RedisConnection } from '../store/redis/redis-connection.ts'
import { deleteOwned } from '../store/redis/redis-scripts.ts'
import { heldUntil } from './held-until.ts'
import type { Leases } from './leases.ts'

/** Not under the prefix of records: everybody's memory need not be told of each lease. */
const PREFIX = 'drawbridge-lease:'

/** Leases in Redis, for replicas on many machines; Redis' clock ends them. */
export function createRedisLeases(deps: {
  readonly redis: RedisConnection
  readonly now: () => number
  readonly monotonic: () => number
}): Leases {
  const { redis, now, monotonic } = deps
  return {
    name: 'redis',
    async acquire(key, ttlMs) {
      const owner = randomUUID()
      // Before the question: Redis counts from its answer, so that it never gives the lease away earlier than we stop.
      const monotonicEnd = monotonic() + ttlMs
      const endsAt = now() + ttlMs
      const answer = await redis.run((client) => client.set(PREFIX + key, owner, 'PX', ttlMs, 'NX'))
      if (answer !== 'OK') return undefined
      return {
        endsAt,
        isHeld: heldUntil({ endsAt, monotonicEnd, now, monotonic }),
        async release() {
          // One that is not released ends by itself.
          await redis.run((client) => deleteOwned.run(client, PREFIX + key, [owner])).catch(() => undefined)
        },
      }
    },
    // The connection belongs to the store, which closes it.
    close: () => Promise.resolve(),
  }
}
