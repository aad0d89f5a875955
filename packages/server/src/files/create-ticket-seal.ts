import { hkdfSync } from 'node:crypto'
import { nodeAes256Gcm } from '@drawbridge/protocol/node'

/** What a closed text lets its bearer do. */
export type TicketPurpose = 'upload' | 'read'

/**
 * Closes what clients carry back to the server: which file an encrypted transfer is about is nobody's to read on the
 * way, since who knows a file's id may ask for it.
 */
export interface TicketSeal {
  /** Fit for a URL. */
  close(purpose: TicketPurpose, spaceId: string, text: string): string
  /** undefined: this server has not closed it for this purpose and space. */
  open(purpose: TicketPurpose, spaceId: string, closed: string): string | undefined
}

/**
 * @param secret 32 bytes, the same for every replica
 * @param random that many bytes that never come again
 */
export function createTicketSeal(secret: Uint8Array, random: (length: number) => Uint8Array): TicketSeal {
  const key = new Uint8Array(hkdfSync('sha256', secret, '', 'drawbridge file tickets 1', 32))
  const aad = (purpose: TicketPurpose, spaceId: string): Uint8Array => Buffer.from(JSON.stringify([purpose, spaceId]))
  return {
    close(purpose, spaceId, text) {
      const nonce = random(NONCE_BYTES)
      const sealed = nodeAes256Gcm.seal(key, nonce, Buffer.from(text), aad(purpose, spaceId))
      return Buffer.concat([nonce, sealed]).toString('base64url')
    },
    open(purpose, spaceId, closed) {
      const bytes = Buffer.from(closed, 'base64url')
      if (bytes.length < NONCE_BYTES) return undefined
      const [nonce, sealed] = [bytes.subarray(0, NONCE_BYTES), bytes.subarray(NONCE_BYTES)]
      const text = nodeAes256Gcm.open(key, nonce, sealed, aad(purpose, spaceId))
      return text && Buffer.from(text).toString()
    },
  }
}

const NONCE_BYTES = 12
