import { isPlatformId } from '../apps.ts'
import { changeRecord } from '../change-record.ts'
import type { CredentialKey, CredentialKind, CredentialValue } from '../credential.ts'
import type { TieredStore } from '../store/tiers.ts'
import type { OpendbDocument } from './to-opendb.ts'

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
