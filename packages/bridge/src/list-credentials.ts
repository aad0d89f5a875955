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
  const found: CredentialSummary[] = []
  let from = after
  // Some records show as nothing, so a short page must not look like the last one.
  for (;;) {
    const listed = await store.list({ prefix, limit, ...(from === undefined ? {} : { after: from }) })
    const page = await Promise.all(listed.map((item) => summarise(item, notes)))
    found.push(...page.flat().filter((item) => appid === undefined || item.appid === appid))
    from = listed.at(-1)?.key
    if (found.length >= limit || listed.length < limit || from === undefined) return found
  }
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
