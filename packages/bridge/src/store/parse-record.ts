import type { CredentialRecord } from './record.ts'

/** What a store gave back, if it has the shape of a record; undefined otherwise. */
export function parseRecord(json: unknown): CredentialRecord | undefined {
  if (!isObject(json)) return undefined
  const { value, revision, obtainedAt, expiresAt, source, previous } = json
  const isSound =
    (value === null || isObject(value)) &&
    Number.isSafeInteger(revision) &&
    typeof obtainedAt === 'number' &&
    (expiresAt === null || typeof expiresAt === 'number') &&
    (source === 'platform' || source === 'pushed' || source === 'fallback') &&
    (previous === undefined ||
      (isObject(previous) && isObject(previous['value']) && typeof previous['expiresAt'] === 'number'))
  return isSound ? (json as unknown as CredentialRecord) : undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
