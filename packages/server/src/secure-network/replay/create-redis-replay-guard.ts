import type { RedisConnection } from '@drawbridge/bridge'
import { MESSAGE_LIFE_MS } from '../usn1/check-time.ts'
import { createRedisOnce } from './create-redis-once.ts'
import { markBytes } from './mark-bytes.ts'
import type { ReplayGuard } from './replay-guard.ts'
import { senderQuota } from './sender-quota.ts'

/** What the replicas' clocks may differ by, with much to spare: who is behind takes messages for longer. */
const SKEW_MS = 60_000
/** As many as the memory of one process takes in a generation; some 250 bytes each. */
const MESSAGES_MAX = 1_400_000

/**
 * The memory of all replicas, in Redis: it outlives each of them, and none takes what another one took. Rejects with
 * `STORE_UNAVAILABLE` while Redis does not answer.
 *
 * @param now ms since epoch; one clock for all replicas
 * @param latest how far ahead phones have been served, ms since epoch
 */
export function createRedisReplayGuard({
  messagesMax = MESSAGES_MAX,
  quota = senderQuota.messages,
  ...deps
}: {
  readonly redis: RedisConnection
  readonly now: () => number
  readonly latest: () => Promise<number>
  readonly messagesMax?: number
  readonly quota?: number
}): ReplayGuard {
  const windowMs = MESSAGE_LIFE_MS
  const once = createRedisOnce({
    ...deps,
    prefix: 'drawbridge-replay',
    lifeMs: MESSAGE_LIFE_MS + SKEW_MS,
    shares: { windowMs, most: messagesMax, quota, quotaFrom: messagesMax * senderQuota.fromFill },
  })
  return {
    take: (mark) => once.take({ bytes: Buffer.concat(markBytes(mark)), sender: mark.subject, ts: mark.ts }),
  }
}
