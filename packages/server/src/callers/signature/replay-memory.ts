import { DrawbridgeError } from '@drawbridge/protocol'
import type { MaybePromise } from '../and-then.ts'
import { createNonceSet, noncePrint } from './nonce-set.ts'
import type { NonceSet } from './nonce-set.ts'

/**
 * The port of what remembers nonces. Asked only for signatures that are right, so that strangers cannot fill it.
 * In one process this memory does; several replicas share one through Redis.
 */
export interface ReplayMemory {
  /**
   * Remembers a nonce of a key at least until `untilSeconds`; false when it is remembered already.
   * Throws `RATE_LIMITED` when the key has used up its share of the memory, `STORE_UNAVAILABLE` when nobody can tell.
   */
  remember(keyId: string, nonce: string, untilSeconds: number): MaybePromise<boolean>
}

/** So many nonces of one key are remembered, for as long as one may come: 32 MB or so. */
export const KEY_NONCES_MAX = 2_000_000

/** The nonces of one key: those since `startedAt`, and those of the time before. */
interface Memory {
  startedAt: number
  current: NonceSet
  previous: NonceSet
}

/**
 * A memory in this process. Nonces are kept in two generations, and forgetting is the dropping of the older one as a
 * whole: nothing is to be done for a single nonce.
 * @param options `keepSeconds`: how long a nonce is remembered at least; `maxPerKey`: in one generation.
 */
export function createReplayMemory({
  keepSeconds,
  maxPerKey = KEY_NONCES_MAX,
  now,
}: {
  readonly keepSeconds: number
  readonly maxPerKey?: number
  readonly now: () => number
}): ReplayMemory {
  const memories = new Map<string, Memory>()

  const memoryOf = (keyId: string, second: number): Memory => {
    const known = memories.get(keyId)
    if (known && second < known.startedAt + keepSeconds) return known
    const isRecent = known !== undefined && second < known.startedAt + 2 * keepSeconds
    const next = { startedAt: second, current: createNonceSet(), previous: isRecent ? known.current : createNonceSet() }
    memories.set(keyId, next)
    return next
  }

  return {
    remember(keyId, nonce) {
      const memory = memoryOf(keyId, now() / 1000)
      const print = noncePrint(nonce)
      if (memory.current.has(print) || memory.previous.has(print)) return false
      if (memory.current.size >= maxPerKey) {
        const retryAfterSeconds = Math.max(1, Math.ceil(memory.startedAt + keepSeconds - now() / 1000))
        throw new DrawbridgeError('RATE_LIMITED', { retryAfterSeconds, caller: `key:${keyId}` })
      }
      memory.current.add(print)
      return true
    },
  }
}
