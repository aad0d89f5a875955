import { DrawbridgeError } from '@drawbridge/protocol'
import type { SocketLimits } from './socket-limits.ts'

/** What one socket takes up. */
export interface Place {
  /** Its call was admitted: it counts among the open ones from now on. Throws `GATEWAY_SOCKETS_FULL`. */
  admit(): void
  /** It has ended. */
  leave(): void
}

/** Counts the sockets of this process, and of each address: those that have shown nothing apart from the others. */
export interface Turnstile {
  /** A place for one that has shown nothing. Throws `GATEWAY_SOCKETS_FULL` with `retryAfterSeconds`. */
  enter(address: string): Place
}

/** Nobody knows when one of the open ones ends. */
const OPEN_RETRY_SECONDS = 60

/** A turnstile with nobody inside. */
export function createTurnstile({
  socketsMax,
  perAddressMax,
  openingsMax,
  openingsPerAddressMax,
  openWithinMs,
}: Pick<
  SocketLimits,
  'socketsMax' | 'perAddressMax' | 'openingsMax' | 'openingsPerAddressMax' | 'openWithinMs'
>): Turnstile {
  const openings = createHall(openingsMax, openingsPerAddressMax, Math.ceil(openWithinMs / 1000))
  const open = createHall(socketsMax, perAddressMax, OPEN_RETRY_SECONDS)
  return {
    enter(address) {
      open.demandRoom(address)
      let leave: (() => void) | undefined = openings.enter(address)
      return {
        admit() {
          // One that left while it was judged would never leave again.
          if (!leave) return
          const leaveOpen = open.enter(address)
          leave()
          leave = leaveOpen
        },
        leave() {
          leave?.()
          leave = undefined
        },
      }
    },
  }
}

/** So many in all, and so many of one address. */
interface Hall {
  /** Throws `GATEWAY_SOCKETS_FULL`. */
  demandRoom(address: string): void
  /** Throws as `demandRoom` does. @returns what counts it out again, once */
  enter(address: string): () => void
}

function createHall(max: number, perAddressMax: number, retryAfterSeconds: number): Hall {
  const inside = new Map<string, number>()
  let total = 0
  const demandRoom = (address: string): void => {
    const isFull = total >= max || (inside.get(address) ?? 0) >= perAddressMax
    if (isFull) throw new DrawbridgeError('GATEWAY_SOCKETS_FULL', { retryAfterSeconds })
  }
  return {
    demandRoom,
    enter(address) {
      demandRoom(address)
      total++
      inside.set(address, (inside.get(address) ?? 0) + 1)
      return () => {
        total--
        const left = (inside.get(address) ?? 1) - 1
        if (left === 0) inside.delete(address)
        else inside.set(address, left)
      }
    },
  }
}
