import { DrawbridgeError } from '@drawbridge/protocol'
import type { CredentialKey } from './credential.ts'
import { kinds } from './kinds/table.ts'
import type { Push } from './kinds/kind.ts'
import type { NextRecord, Refresher } from './refresh/refresher.ts'
import { storageKey } from './storage-key.ts'
import type { CredentialRecord } from './store/record.ts'
import type { TieredStore } from './store/tiers.ts'

/** Long enough for any fill or refresh that is under way to lose against it, ms. */
const TOMBSTONE_MS = 600_000

/** So many writers in a row may come before us. */
const ATTEMPTS_MOST = 50

/** Pushes and removals by callers: the last one wins, and durably. */
export interface ChangeRecord {
  push(key: CredentialKey, push: Push): Promise<void>
  remove(key: CredentialKey): Promise<void>
}

/** Makes changes by compare-and-set on what the replicas share, again when another change came between. */
export function changeRecord(deps: {
  readonly store: Pick<TieredStore, 'readShared' | 'write'>
  readonly refresher: Pick<Refresher, 'clearPause'>
  readonly now: () => number
}): ChangeRecord {
  const { store, refresher, now } = deps

  async function change(key: CredentialKey, next: (seen: CredentialRecord | undefined) => NextRecord): Promise<void> {
    const name = storageKey(key)
    for (let attempt = 0; attempt < ATTEMPTS_MOST; attempt += 1) {
      const seen = await store.readShared(name)
      const record = { ...next(seen), revision: Math.max(now(), (seen?.revision ?? 0) + 1) }
      const options = { expectedRevision: seen?.revision ?? 0, durability: 'durable' } as const
      if (await store.write(name, record, options)) {
        refresher.clearPause(name)
        return
      }
    }
    throw new DrawbridgeError('STORE_UNAVAILABLE', { attempts: ATTEMPTS_MOST })
  }

  return {
    push: (key, push) => change(key, (seen) => kinds[key.kind].pushed(key, push, seen)),
    remove: (key) =>
      change(key, (seen) => {
        const at = now()
        const tombstone = { value: null, obtainedAt: at, expiresAt: at + TOMBSTONE_MS, source: 'pushed' } as const
        return kinds[key.kind].removed(key, seen, at) ?? tombstone
      }),
  }
}
