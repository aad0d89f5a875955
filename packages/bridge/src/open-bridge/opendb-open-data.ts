import { changeRecord } from '../change-record.ts'
import { isPlatformId } from '../apps.ts'
import type { CredentialKey, CredentialKind, CredentialValue } from '../credential.ts'
import { encryptKeysOf } from '../kinds/encrypt-keys.ts'
import { parseStorageKey } from '../storage-key.ts'
import type { ListedRecord } from '../store/credential-store.ts'
import type { TieredStore } from '../store/tiers.ts'

/** A record of the reference's table `opendb-open-data`; secrets in clear. */
export interface OpendbDocument {
  /** The key string, the same in the database and in Redis. */
  readonly _id: string
  /** The value as a JSON string. */
  readonly value: string
  /** ms since epoch; -1 or left out: never. */
  readonly expired?: number
}

const PAGE = 500

/** Every record as the reference would have written it: one document a key, and one a version of an encrypt key. */
export async function* exportOpendb(store: Pick<TieredStore, 'list'>): AsyncGenerator<OpendbDocument> {
  let after: string | undefined
  for (;;) {
    const page = await store.list({ prefix: 'uni-id:', limit: PAGE, ...(after === undefined ? {} : { after }) })
    for (const listed of page) yield* toOpendb(listed)
    after = page.at(-1)?.key
    if (page.length < PAGE || after === undefined) return
  }
}

/** One of our records in the reference's form; none for what the reference does not know. */
export function toOpendb({ key, record }: ListedRecord): readonly OpendbDocument[] {
  const parts = parseStorageKey(key)
  if (parts === undefined || record.value === null || parts.ticketType !== undefined) return []
  if (parts.kind !== 'encrypt_key') return [document(key, record.value, record.expiresAt)]
  const head = key.slice(0, -'encrypt-keys'.length)
  return encryptKeysOf(record.value).keys.map((kept) => document(`${head}encrypt-key-${kept.version}`, kept.value, kept.endsAt))
}

/** The Redis command by which the reference caches a document; undefined when less than a second is left. */
export function toRedisCommand({ _id, value, expired = -1 }: OpendbDocument, now: number): readonly string[] | undefined {
  if (expired === -1) return ['SET', _id, value]
  const seconds = Math.floor((expired - now) / 1000)
  return seconds > 0 ? ['SET', _id, value, 'EX', String(seconds)] : undefined
}

/** What became of an import. `skipped` holds the ids that are no credential, are malformed, or have expired. */
export interface OpendbImport {
  readonly imported: number
  readonly skipped: readonly string[]
}

/** Reads the reference's documents into the store, as pushed values. */
export async function importOpendb(
  { store, now }: { readonly store: Pick<TieredStore, 'readShared' | 'write'>; readonly now: () => number },
  documents: AsyncIterable<OpendbDocument> | Iterable<OpendbDocument>,
): Promise<OpendbImport> {
  const change = changeRecord({ store, now, refresher: { clearPause: () => undefined } })
  const skipped: string[] = []
  let imported = 0
  for await (const { _id, value, expired = -1 } of documents) {
    const key = keyOf(_id)
    const parsed = parseValue(value)
    if (key === undefined || parsed === undefined || (expired !== -1 && expired <= now())) {
      skipped.push(_id)
      continue
    }
    const expiresAt = expired === -1 ? null : expired
    await change.push(key, { value: parsed, expiresAt, source: 'pushed', now: now() })
    imported += 1
  }
  return { imported, skipped }
}

function document(_id: string, value: CredentialValue, expiresAt: number | null): OpendbDocument {
  return { _id, value: JSON.stringify(value), expired: expiresAt ?? -1 }
}

const USER_KINDS: ReadonlyMap<string, CredentialKind> = new Map([
  ['user-access-token', 'user_access_token'],
  ['session-key', 'session_key'],
])

const APP_KINDS: ReadonlyMap<string, CredentialKind> = new Map([
  ['access-token', 'access_token'],
  ['ticket', 'ticket'],
])

function keyOf(id: string): CredentialKey | undefined {
  const [scheme, platform = '', appid = '', ...rest] = id.split(':')
  const suffix = rest.at(-1) ?? ''
  const openid = rest.slice(0, -1).join(':')
  if (scheme !== 'uni-id' || !isPlatformId(platform) || appid === '') return undefined
  // Only the names matter for where a record lies: no secret is needed, and the app need not be configured.
  const app = { platform, appid, secret: '', dcloudAppid: '*', tokenEndpoint: 'none' } as const
  if (openid === '') {
    const kind = APP_KINDS.get(suffix)
    return kind === undefined ? undefined : { kind, app }
  }
  const version = /^encrypt-key-(\d{1,15})$/.exec(suffix)?.[1]
  if (version !== undefined) return { kind: 'encrypt_key', app, openid, version: Number(version) }
  const kind = USER_KINDS.get(suffix)
  return kind === undefined ? undefined : { kind, app, openid }
}

function parseValue(text: unknown): CredentialValue | undefined {
  if (typeof text !== 'string') return undefined
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null ? (parsed as CredentialValue) : undefined
  } catch {
    return undefined
  }
}
