import type { RedisConnection } from '@drawbridge/bridge'
import { DrawbridgeError } from '@drawbridge/protocol'
import { createRedisOnce } from '../../secure-network/replay/create-redis-once.ts'
import { KEY_NONCES_MAX } from './replay-memory.ts'
import type { ReplayMemory } from './replay-memory.ts'
import { SIGNATURE_KEPT_SECONDS, SIGNATURE_WINDOW_SECONDS } from './signature-verifier.ts'

/** What the replicas' clocks may differ by, with much to spare: who is behind takes signatures for longer. */
const SKEW_MS = 60_000

/**
 * The nonces of all replicas, in Redis: one that a replica has taken is taken by none. While Redis does not answer, and
 * for what was signed before it lost what it held, nobody can tell: `STORE_UNAVAILABLE`.
 *
 * @param now ms since epoch; one clock for all replicas
 */
export function createRedisReplayMemory({
  redis,
  now,
  maxPerKey = KEY_NONCES_MAX,
}: {
  readonly redis: RedisConnection
  readonly now: () => number
  readonly maxPerKey?: number
}): ReplayMemory {
  const windowMs = SIGNATURE_KEPT_SECONDS * 1000
  /** Signatures may be dated ahead; what this replica has taken so is not to come again when Redis has lost it. */
  let latest = 0
  const once = createRedisOnce({
    redis,
    prefix: 'drawbridge-nonce',
    lifeMs: windowMs + SKEW_MS,
    shares: { windowMs, most: Number.MAX_SAFE_INTEGER, quota: maxPerKey, quotaFrom: 0 },
    now,
    latest: () => Promise.resolve(latest),
  })
  return {
    async remember(keyId, nonce, untilSeconds) {
      const ts = (untilSeconds - SIGNATURE_WINDOW_SECONDS) * 1000
      const outcome = await once.take({ bytes: Buffer.from(JSON.stringify([keyId, nonce])), sender: keyId, ts })
      if (outcome === 'full') {
        const retryAfterSeconds = Math.max(1, Math.ceil((windowMs - (now() % windowMs)) / 1000))
        throw new DrawbridgeError('RATE_LIMITED', { retryAfterSeconds, caller: `key:${keyId}` })
      }
      if (typeof outcome === 'object') {
        // `created` is in whole seconds.
        const retryAfterSeconds = Math.max(1, Math.ceil(outcome.notBefore / 1000) - Math.floor(now() / 1000))
        throw new DrawbridgeError('STORE_UNAVAILABLE', { store: 'redis', reason: 'begun anew', retryAfterSeconds })
      }
      latest = Math.max(latest, ts)
      return outcome === 'fresh'
    },
  }
}
