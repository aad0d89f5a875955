import type { CredentialRecord } from './record.ts'

/** The record of the highest revision; of equals the first. */
export function newest(...records: readonly (CredentialRecord | undefined)[]): CredentialRecord | undefined {
  let best: CredentialRecord | undefined
  for (const record of records) {
    if (record !== undefined && record.revision > (best?.revision ?? -1)) best = record
  }
  return best
}
