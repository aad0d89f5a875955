import { DrawbridgeError } from '@drawbridge/protocol'
import type { Lease, Leases } from './leases.ts'

/**
 * Several kinds of leases as one: all that answer must give theirs, always in the same order. So two replicas exclude
 * each other as long as both reach one kind, also while one of them has lost another kind or has not found it yet.
 */
export function createLeaseChain(chain: readonly Leases[]): Leases {
  return {
    name: chain.map(({ name }) => name).join(' + '),
    async acquire(key, ttlMs) {
      const held: Lease[] = []
      let last: unknown = new DrawbridgeError('STORE_UNAVAILABLE', { store: 'leases' })
      for (const leases of chain) {
        try {
          const lease = await leases.acquire(key, ttlMs)
          if (lease === undefined) {
            await releaseAll(held)
            return undefined
          }
          held.push(lease)
        } catch (error) {
          last = error
        }
      }
      if (held.length === 0) throw last
      return {
        endsAt: Math.min(...held.map(({ endsAt }) => endsAt)),
        isHeld: () => held.every((lease) => lease.isHeld()),
        release: () => releaseAll(held),
      }
    },
    async close() {
      for (const leases of chain) await leases.close()
    },
  }
}

/** The last one first: who waits for the first finds the others free. */
async function releaseAll(held: readonly Lease[]): Promise<void> {
  for (const lease of held.toReversed()) await lease.release()
}
