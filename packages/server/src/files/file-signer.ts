import { createHmac } from 'node:crypto'
import { constantTimeEqual } from '../callers/constant-time-equal.ts'

/** What a signature is for; one made for one purpose is none for another. */
export type SigningPurpose = 'upload' | 'read'

/** Signs what is handed out to clients and comes back from anyone. */
export interface FileSigner {
  /** 43 characters, fit for a URL. */
  sign(purpose: SigningPurpose, parts: readonly string[]): string
  /** Takes the same time whatever is wrong. */
  verify(purpose: SigningPurpose, parts: readonly string[], signature: string): boolean
}

/** @param signingKey 32 bytes; who has it can read every file and upload without asking. */
export function createFileSigner(signingKey: Uint8Array): FileSigner {
  const sign: FileSigner['sign'] = (purpose, parts) =>
    createHmac('sha256', signingKey)
      .update(JSON.stringify(['drawbridge files 1', purpose, ...parts]))
      .digest('base64url')
  return {
    sign,
    verify: (purpose, parts, signature) => constantTimeEqual(sign(purpose, parts), signature),
  }
}
