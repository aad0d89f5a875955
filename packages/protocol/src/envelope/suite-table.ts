import type { AeadName, HashName, Primitives } from './primitives.ts'

/** The number of a suite on the wire. */
export type SuiteNumber = 1 | 2 | 3

/** One suite: which cipher, which hash under HKDF, and how long the key of a message is. */
export interface SuiteRow {
  readonly number: SuiteNumber
  readonly aead: AeadName
  readonly hash: HashName
  readonly keyBytes: 16 | 32
}

/**
 * Every suite by its number: 1 is mandatory (AES-256-GCM, HKDF-SHA256), 2 is what mini programs use (ChaCha20-Poly1305,
 * HKDF-SHA256), 3 is optional (SM4-GCM, HKDF-SM3).
 */
export const suiteTable: Readonly<Record<SuiteNumber, SuiteRow>> = Object.freeze(
  Object.assign(
    Object.create(null) as Record<SuiteNumber, SuiteRow>,
    {
      1: { number: 1, aead: 'aes-256-gcm', hash: 'sha256', keyBytes: 32 },
      2: { number: 2, aead: 'chacha20-poly1305', hash: 'sha256', keyBytes: 32 },
      3: { number: 3, aead: 'sm4-gcm', hash: 'sm3', keyBytes: 16 },
    } as const,
  ),
)

/** The suite of a number from outside; `undefined` when there is none. */
export function suiteOf(number: number): SuiteRow | undefined {
  return (suiteTable as Readonly<Record<number, SuiteRow | undefined>>)[number]
}

/** Whether these primitives have what the suite needs. */
export function isSuiteSupported(primitives: Primitives, suite: SuiteNumber): boolean {
  const { aead, hash } = suiteTable[suite]
  return primitives.aeads[aead] !== undefined && primitives.hashes[hash] !== undefined
}
