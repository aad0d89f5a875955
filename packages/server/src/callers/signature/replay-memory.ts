import { DrawbridgeError } from '@drawbridge/protocol'
import type { MaybePromise } from '../and-then.ts'

/**
 * The port of what remembers nonces. Asked only for signatures that are right, so that strangers cannot fill it.
 * In one process this memory does; several replicas share one through Redis.
 */
export interface ReplayMemory {
  /**
   * Remembers a nonce of a key until `untilSeconds`; false when it is remembered already.
   * Throws `RATE_LIMITED` when the key has used up its share of the memory, `STORE_UNAVAILABLE` when nobody can tell.
   */
  remember(keyId: string, nonce: string, untilSeconds: number): MaybePromise<boolean>
}

/**
 * A memory in this process. Nonces are kept by the second in which they may be forgotten, so forgetting is the
 * dropping of a whole set, and costs nothing per nonce.
 */
export function createReplayMemory({
  maxPerKey = 1_000_000,
  now,
}: {
  readonly maxPerKey?: number
  readonly now: () => number
}): ReplayMemory {
  const memories = new Map<string, { sets: Map<number, Set<string>>; size: number; sweptAt: number }>()

  return {
    remember(keyId, nonce, untilSeconds) {
      const second = Math.floor(now() / 1000)
      let memory = memories.get(keyId)
      if (!memory) memories.set(keyId, (memory = { sets: new Map(), size: 0, sweptAt: second }))
      if (memory.sweptAt !== second) {
        for (const [until, nonces] of memory.sets) {
          if (until >= second) continue
          memory.sets.delete(until)
          memory.size -= nonces.size
        }
        memory.sweptAt = second
      }
      // `created` is signed, so a replay names the same second: one set is looked into, not all of them.
      let nonces = memory.sets.get(untilSeconds)
      if (nonces?.has(nonce)) return false
      if (memory.size >= maxPerKey)
        throw new DrawbridgeError('RATE_LIMITED', { retryAfterSeconds: 1, caller: `key:${keyId}` })

      if (!nonces) memory.sets.set(untilSeconds, (nonces = new Set()))
      // A copy: the nonce is a slice of its header, and would keep all of that in memory.
      nonces.add(Buffer.from(nonce, 'latin1').toString('latin1'))
      memory.size++
      return true
    },
  }
}
