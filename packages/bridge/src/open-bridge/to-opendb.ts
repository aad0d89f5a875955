import type { CredentialValue } from '../credential.ts'
import { encryptKeysOf } from '../kinds/encrypt-keys.ts'
import { parseStorageKey } from '../storage-key.ts'
import type { ListedRecord } from '../store/credential-store.ts'

/** A record of the reference's table `opendb-open-data`; secrets in clear. */
export interface OpendbDocument {
  /** The key string, the same in the database and in Redis. */
  readonly _id: string
  /** The value as a JSON string. */
  readonly value: string
  /** ms since epoch; -1 or left out: never. */
  readonly expired?: number
}

/** One of our records in the reference's form; none for what the reference does not know. */
export function toOpendb({ key, record }: ListedRecord): readonly OpendbDocument[] {
  const parts = parseStorageKey(key)
  if (parts === undefined || record.value === null || parts.ticketType !== undefined) return []
  if (parts.kind !== 'encrypt_key') return [document(key, record.value, record.expiresAt)]
  const head = key.slice(0, -'encrypt-keys'.length)
  return encryptKeysOf(record.value).keys.map((kept) =>
    document(`${head}encrypt-key-${kept.version}`, kept.value, kept.endsAt),
  )
}

/** The Redis command by which the reference caches a document; undefined when less than a second is left. */
export function toRedisCommand(
  { _id, value, expired = -1 }: OpendbDocument,
  now: number,
): readonly string[] | undefined {
  if (expired === -1) return ['SET', _id, value]
  const seconds = Math.floor((expired - now) / 1000)
  return seconds > 0 ? ['SET', _id, value, 'EX', String(seconds)] : undefined
}

function document(_id: string, value: CredentialValue, expiresAt: number | null): OpendbDocument {
  return { _id, value: JSON.stringify(value), expired: expiresAt ?? -1 }
}
