import { DrawbridgeError } from '@drawbridge/protocol'
import type { Leases } from './leases.ts'

/**
 * The first of several kinds of leases that answers. While one comes back two holders are possible: it costs a
 * call, the store's compare-and-set keeps the data right.
 */
export function createLeaseChain(chain: readonly Leases[]): Leases {
  return {
    name: chain.map(({ name }) => name).join(' → '),
    async acquire(key, ttlMs) {
      let last: unknown = new DrawbridgeError('STORE_UNAVAILABLE', { store: 'leases' })
      for (const leases of chain) {
        try {
          return await leases.acquire(key, ttlMs)
        } catch (error) {
          last = error
        }
      }
      throw last
    },
    async close() {
      for (const leases of chain) await leases.close()
    },
  }
}
