import { DrawbridgeError } from '@drawbridge/protocol'
import type { SocketLimits } from './socket-limits.ts'

/** Counts the sockets of this process, and of each address. */
export interface Turnstile {
  /** Throws `GATEWAY_SOCKETS_FULL`. @returns what counts it out again, once */
  enter(address: string): () => void
}

/** A turnstile with nobody inside. */
export function createTurnstile({
  socketsMax,
  perAddressMax,
}: Pick<SocketLimits, 'socketsMax' | 'perAddressMax'>): Turnstile {
  const inside = new Map<string, number>()
  let total = 0
  return {
    enter(address) {
      const own = inside.get(address) ?? 0
      if (total >= socketsMax || own >= perAddressMax) throw new DrawbridgeError('GATEWAY_SOCKETS_FULL')
      total++
      inside.set(address, own + 1)
      return () => {
        total--
        const left = (inside.get(address) ?? 1) - 1
        if (left === 0) inside.delete(address)
        else inside.set(address, left)
      }
    },
  }
}
