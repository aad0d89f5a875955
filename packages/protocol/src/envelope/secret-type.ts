/** Which directions of a call are encrypted, in uniCloud's words. Both are authenticated in every case. */
export type SecretType = 'none' | 'request' | 'response' | 'both'

/** By the mode byte: bit 0 says that the request is encrypted, bit 1 the response. */
export const secretTypes: readonly SecretType[] = ['none', 'request', 'response', 'both']

/** The mode byte of a secret type. */
export function modeOf(secretType: SecretType): number {
  return secretTypes.indexOf(secretType)
}

/** Whether `actual` encrypts every direction that `minimum` asks for. */
export function meetsSecretType(actual: SecretType, minimum: SecretType): boolean {
  return (modeOf(actual) & modeOf(minimum)) === modeOf(minimum)
}
