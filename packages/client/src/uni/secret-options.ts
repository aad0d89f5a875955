import type { SecretType } from '@drawbridge/protocol'

/** How an app asks to have something encrypted. */
export interface SecretOptions {
  /** What is encrypted; both directions are authenticated as soon as it is not left out or the rules guard what is called. */
  readonly secretType?: SecretType
  /** Seed-era name of `secretType: 'both'`. */
  readonly secret?: boolean
}

/** What the app asked to have encrypted. */
export function wantedType({ secretType, secret }: SecretOptions): SecretType | undefined {
  return secretType ?? (secret ? 'both' : undefined)
}
