import { DrawbridgeError } from '@drawbridge/protocol'
import type { CredentialKey } from '../credential.ts'
import { fetchUserEncryptKeys } from '../providers/user-encrypt-key.ts'
import type { CredentialRecord } from '../store/record.ts'
import { encryptKeysOf, findKey, keysEndAt, mayExist, withListed, withoutVersion, withPushed } from './encrypt-keys.ts'
import type { EncryptKeys } from './encrypt-keys.ts'
import type { Kind } from './kind.ts'

/** A user's encrypt keys: all versions in one record, found by `key.version`. */
export const encryptKey: Kind = {
  isOnlyPushed: false,
  view(key, record, now) {
    const found = findKey(encryptKeysOf(record.value), checkedVersion(key), now)
    if (found === undefined) return undefined
    const { obtainedAt, source, revision } = record
    const { value, endsAt: expiresAt, createdAt } = found
    return { value, expiresAt, obtainedAt, source, revision, ...(createdAt !== undefined && { createdAt }) }
  },
  isOver: () => false,
  dueAt: () => null,
  async plan({ key, seen, context }) {
    const { app, openid = '' } = key
    const version = checkedVersion(key)
    if (app.platform !== 'weixin-mp') {
      throw new DrawbridgeError('CREDENTIAL_NOT_FETCHABLE', { platform: app.platform, kind: key.kind })
    }
    if (!mayExist(encryptKeysOf(seen?.value), version, context.now())) {
      throw new DrawbridgeError('KEY_VERSION_INVALID', { version })
    }
    const session = await context.get({ kind: 'session_key', app, openid })
    if (session === null) throw new DrawbridgeError('SESSION_KEY_MISSING', { appid: app.appid })
    return {
      durability: 'cache',
      context: session.revision,
      mintsOnCall: false,
      canForce: false,
      reportPauseMs: 60_000,
      satisfied(shared) {
        const known = encryptKeysOf(shared?.value)
        // Another replica may have asked while this one waited for the lease: found, or known not to exist.
        return findKey(known, version, context.now()) !== undefined || !mayExist(known, version, context.now())
      },
      async obtain(before) {
        const startedAt = context.now()
        const listed = await fetchUserEncryptKeys(key, context)
        return recordOf(withListed(encryptKeysOf(before?.value), listed, startedAt), context.now(), 'platform')
      },
    }
  },
  pushed(key, { value, expiresAt, source, now }, seen) {
    const pushed = { version: checkedVersion(key), value, endsAt: expiresAt, keepUntil: expiresAt }
    return recordOf(withPushed(encryptKeysOf(seen?.value), pushed, now), now, source)
  },
  removed(key, seen, now) {
    const left = withoutVersion(encryptKeysOf(seen?.value), checkedVersion(key))
    return left.keys.length === 0 && left.askedAt.length === 0
      ? undefined
      : recordOf(left, now, seen?.source ?? 'pushed')
  },
}

function checkedVersion({ version }: CredentialKey): number {
  // Not "Number(version)": the string "10" would find the key by its name and miss it by its number.
  if (!Number.isSafeInteger(version) || version === undefined || version < 1) {
    throw new DrawbridgeError('CREDENTIAL_KEY_INVALID', { field: 'version' })
  }
  return version
}

function recordOf(
  known: EncryptKeys,
  now: number,
  source: CredentialRecord['source'],
): Omit<CredentialRecord, 'revision'> {
  return { value: { ...known }, obtainedAt: now, expiresAt: keysEndAt(known), source }
}
