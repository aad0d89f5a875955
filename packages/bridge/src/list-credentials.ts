import type { Bridge, CredentialSummary } from './bridge.ts'
import { encryptKeysOf } from './kinds/encrypt-keys.ts'
import type { RefreshNotes } from './refresh/refresh-notes.ts'
import { parseStorageKey } from './storage-key.ts'
import type { ListedRecord } from './store/credential-store.ts'
import type { TieredStore } from './store/tiers.ts'

/** What is stored, a page of it, values left out. An encrypt-key record is listed once for each version. */
export async function listCredentials(
  store: TieredStore,
  notes: RefreshNotes,
  { platform, appid, after, limit }: Parameters<Bridge['list']>[0],
): Promise<readonly CredentialSummary[]> {
  // Keys begin with the platform, so a platform alone narrows the listing too.
  const prefix = `uni-id:${platform === undefined ? '' : `${platform}:${appid === undefined ? '' : `${appid}:`}`}`
  const listed = await store.list({ prefix, limit, ...(after === undefined ? {} : { after }) })
  const pages = await Promise.all(listed.map((item) => summarise(item, notes)))
  return pages.flat().filter((item) => appid === undefined || item.appid === appid)
}

async function summarise({ key, record }: ListedRecord, notes: RefreshNotes): Promise<readonly CredentialSummary[]> {
  const parts = parseStorageKey(key)
  if (parts === undefined) return []
  const lastRefresh = await notes.read(key)
  const summary = {
    storageKey: key,
    platform: parts.platform,
    appid: parts.appid,
    kind: parts.kind,
    ...(parts.openid === undefined ? {} : { openid: parts.openid }),
    obtainedAt: record.obtainedAt,
    expiresAt: record.expiresAt,
    source: record.source,
    revision: record.revision,
    ...(record.previous === undefined ? {} : { previousExpiresAt: record.previous.expiresAt }),
    ...(lastRefresh === undefined ? {} : { lastRefresh }),
  } satisfies CredentialSummary
  if (parts.kind !== 'encrypt_key') return [summary]
  return encryptKeysOf(record.value).keys.map(({ version, endsAt }) => ({ ...summary, version, expiresAt: endsAt }))
}
