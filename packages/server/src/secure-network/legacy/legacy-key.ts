/** WeChat's key of a user as the stock client uses it: the same key and iv for every message, both ways. */
export interface LegacyKey {
  /** 16, 24 or 32 bytes; WeChat's are 16. */
  readonly key: Uint8Array
  /** 16 bytes. */
  readonly iv: Uint8Array
}

/** The lengths that a key may have. */
export const LEGACY_KEY_BYTES: readonly number[] = [16, 24, 32]

/** Node's name of the cipher that goes with the key. */
export function legacyCipher({ key }: LegacyKey): string {
  return `aes-${key.length * 8}-cbc`
}
