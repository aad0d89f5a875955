import { createSecretKey } from 'node:crypto'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { CredentialRecord } from '../store/record.ts'
import { answered } from '../store/sql/as-unavailable.ts'
import { migrateCredentialTables } from '../store/sql/credential-tables.ts'
import type { CredentialTables } from '../store/sql/credential-tables.ts'
import type { SqlDatabase } from '../store/sql/sql-database.ts'
import { addDataKey } from './add-data-key.ts'
import { rewrapDataKeys } from './rewrap-data-keys.ts'
import { rotateDataKeys } from './rotate-data-keys.ts'
import type { Rotation, RotationProgress } from './rotate-data-keys.ts'
import { dataKeyIdOf, openRecord, sealRecord } from './sealed-record.ts'
import type { DataKey } from './sealed-record.ts'
import { unwrapKey } from './wrapped-key.ts'

/** A sealed record and the key that it was sealed with. */
export interface Sealed {
  readonly keyId: string
  readonly bytes: Buffer
}

/** Seals and opens records with data keys that the master key wraps; the wrapped keys lie in the database. */
export interface Keyring {
  /** Seals with the newest key that this process knows of. */
  seal(storageKey: string, record: CredentialRecord): Promise<Sealed>
  /** Throws `RECORD_UNREADABLE`; `STORE_UNAVAILABLE` when its key is unknown and the database cannot be asked. */
  open(storageKey: string, bytes: Buffer): Promise<CredentialRecord>
  /** Reads the list of keys again: another process may have rotated. Throws `STORE_UNAVAILABLE`. */
  reload(): Promise<void>
  /** The id of the newest key. */
  currentKeyId(): string
  /**
   * Makes a new data key, seals every record with it and deletes the keys that no record needs any more. All
   * processes go on meanwhile, and use the new key within seconds. Throws `STORE_UNAVAILABLE`; it may be called again.
   */
  rotate(options?: { readonly onProgress?: (progress: RotationProgress) => void }): Promise<Rotation>
  /**
   * Wraps the data keys with another master key, all or none. Running processes go on; each must have the new master
   * key before its next start. Throws `MASTER_KEY_INVALID`, `STORE_UNAVAILABLE`.
   */
  rewrap(newMasterKey: Uint8Array): Promise<void>
}

/** A list of keys older than this is read again before anything is sealed, ms: so soon a rotation is known everywhere. */
const FRESH_MS = 2_000
/** A key that nobody knows is looked for no more often, ms: unreadable records must not cost the database its time. */
const UNKNOWN_MS = 1_000
const UNKNOWN_MOST = 1_000

/**
 * Loads the data keys, or makes the first one; brings the tables up to date. `masterKey`: 32 bytes.
 * Throws `MASTER_KEY_INVALID` when it is not the one of this store, and `STORE_UNAVAILABLE`.
 */
export async function createKeyring(deps: {
  readonly database: SqlDatabase<CredentialTables>
  readonly masterKey: Uint8Array
  readonly now: () => number
}): Promise<Keyring> {
  const { database, now } = deps
  let { masterKey } = deps
  const { kysely, dialect } = database
  let keys: ReadonlyMap<string, DataKey> = new Map()
  let current: DataKey | undefined
  let loadedAt = 0
  let loading: Promise<void> | undefined
  const unknown = new Map<string, number>()

  async function load(): Promise<void> {
    const rows = await answered(dialect, kysely.selectFrom('data_keys').selectAll().orderBy('number').execute())
    const loaded = rows.map(({ id, wrapped }): [string, DataKey] => [id, keys.get(id) ?? unwrapped(id, wrapped)])
    // A key that was deleted may still be needed to read what the fast tier holds; it goes with the process.
    keys = new Map([...keys, ...loaded])
    current = loaded.at(-1)?.[1]
    loadedAt = now()
  }

  function unwrapped(id: string, wrapped: Buffer): DataKey {
    return { id, key: createSecretKey(unwrapKey(id, wrapped, masterKey)) }
  }

  function reload(): Promise<void> {
    loading ??= load().finally(() => {
      loading = undefined
    })
    return loading
  }

  function currentKey(): DataKey {
    if (current === undefined) throw new DrawbridgeError('MASTER_KEY_INVALID', {})
    return current
  }

  /** A key that another process has made since the list was read. */
  async function newcomer(id: string): Promise<DataKey> {
    if (Math.abs(now() - (unknown.get(id) ?? Number.NEGATIVE_INFINITY)) > UNKNOWN_MS) {
      await reload()
      // The first may have been under way before the key was made.
      if (!keys.has(id)) await reload()
    }
    const key = keys.get(id)
    if (key !== undefined) return key
    if (unknown.size >= UNKNOWN_MOST) unknown.clear()
    unknown.set(id, now())
    throw new DrawbridgeError('RECORD_UNREADABLE', { keyId: id })
  }

  await migrateCredentialTables(database)
  await reload()
  if (current === undefined) {
    await addDataKey({ database, masterKey, now, onlyFirst: true })
    await reload()
  }

  const keyring: Keyring = {
    async seal(storageKey, record) {
      if (Math.abs(now() - loadedAt) > FRESH_MS) {
        // A list that is old is better than none: with the database gone the fast tier still takes records.
        await reload().catch(() => undefined)
      }
      const key = currentKey()
      return { keyId: key.id, bytes: sealRecord(storageKey, record, key) }
    },
    async open(storageKey, bytes) {
      const id = dataKeyIdOf(bytes)
      if (id === undefined) throw new DrawbridgeError('RECORD_UNREADABLE', {})
      return openRecord(storageKey, bytes, keys.get(id) ?? (await newcomer(id)))
    },
    reload,
    currentKeyId: () => currentKey().id,
    async rotate({ onProgress = () => undefined } = {}) {
      await addDataKey({ database, masterKey, now, onlyFirst: false })
      await reload()
      return rotateDataKeys({ database, keyring, onProgress })
    },
    async rewrap(newMasterKey) {
      await rewrapDataKeys({ database, masterKey, newMasterKey })
      masterKey = newMasterKey
    },
  }
  return keyring
}
