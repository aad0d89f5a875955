import { hkdfSync } from 'node:crypto'
import type { FileContentKey, SuiteNumber } from '@drawbridge/protocol'
import type { FileKey } from './file-key.ts'

/** That the content of one transfer travels sealed, and what beside the server's secret its key is made of. */
export interface ContentSeal {
  readonly suite: SuiteNumber
  /** New for every transfer; base64url. */
  readonly nonce: string
}

/** One transfer of a content. */
export interface Transfer extends FileKey, ContentSeal {
  readonly direction: FileContentKey['direction']
}

/**
 * Keys of transfers, derived anew wherever one is needed: nothing is kept, every replica knows them, and nobody who
 * lacks the secret can compute them from what a ticket or URL says.
 * @param secret 32 bytes, the same for every replica
 */
export function createContentKeys(secret: Uint8Array): (transfer: Transfer) => FileContentKey {
  return ({ direction, spaceId, id, suite, nonce }) => {
    const info = JSON.stringify(['drawbridge file contents 1', direction, spaceId, id, nonce])
    return { suite, direction, contentKey: new Uint8Array(hkdfSync('sha256', secret, '', info, 32)) }
  }
}

/** A seal for a new transfer. */
export function newContentSeal(suite: SuiteNumber, random: (length: number) => Uint8Array): ContentSeal {
  return { suite, nonce: Buffer.from(random(NONCE_BYTES)).toString('base64url') }
}

/** Reads what stands in a URL of a seal: its suite and its nonce; undefined for what is none. */
export function readSeal(number: string, nonce: string): ContentSeal | undefined {
  const suite = suites.find((each) => String(each) === number)
  return suite && { suite, nonce }
}

const NONCE_BYTES = 16
const suites: readonly SuiteNumber[] = [1, 2, 3]
