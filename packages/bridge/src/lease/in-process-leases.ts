import { heldUntil } from './held-until.ts'
import type { Leases } from './leases.ts'

/** Leases within this process: for a server that has no store to share. */
export function createInProcessLeases(deps: { readonly now: () => number; readonly monotonic: () => number }): Leases {
  const { now, monotonic } = deps
  const held = new Map<string, { readonly endsAt: number }>()
  return {
    name: 'in-process',
    acquire(key, ttlMs) {
      const other = held.get(key)
      if (other !== undefined && other.endsAt > monotonic()) return Promise.resolve(undefined)
      const endsAt = now() + ttlMs
      const mine = { endsAt: monotonic() + ttlMs }
      held.set(key, mine)
      return Promise.resolve({
        endsAt,
        isHeld: heldUntil({ endsAt, monotonicEnd: mine.endsAt, now, monotonic }),
        release() {
          if (held.get(key) === mine) held.delete(key)
          return Promise.resolve()
        },
      })
    },
    close: () => Promise.resolve(),
  }
}
