import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { testFolder } from '../../contract/open-stores.ts'
import type { CredentialRecord } from '../store/record.ts'
import { createSqlStore } from '../store/sql-store.ts'
import type { CredentialTables } from '../store/sql/credential-tables.ts'
import { openSqlite } from '../store/sql/open-sqlite.ts'
import type { SqlDatabase } from '../store/sql/sql-database.ts'
import { createKeyring } from './keyring.ts'
import type { Keyring } from './keyring.ts'

const masterKey = randomBytes(32)

function database(path: string): SqlDatabase<CredentialTables> {
  return openSqlite<CredentialTables>({ path, durability: 'full' })
}

function record(revision: number, token = `token ${revision}`): CredentialRecord {
  return { value: { access_token: token }, revision, obtainedAt: 0, expiresAt: null, source: 'pushed' }
}

/** A process on the file, with a clock of its own. */
async function processOn(path: string, key = masterKey) {
  const clock = { at: 1_000_000 }
  const now = (): number => clock.at
  const open = database(path)
  const keyring: Keyring = await createKeyring({ database: open, masterKey: key, now }).catch(
    async (error: unknown) => {
      await open.close()
      throw error
    },
  )
  return { clock, database: open, keyring, store: await createSqlStore({ database: open, keyring, now }) }
}

test('no byte of any file of the database shows a secret', async (context) => {
  const folder = await testFolder(context)
  const { store, keyring, database: open } = await processOn(join(folder, 'store.sqlite'))
  for (let index = 0; index < 50; index += 1)
    await store.write(`key ${index}`, record(1, `marker-of-a-secret ${index}`))
  await store.write('key 1', record(2, 'marker-of-a-secret, replaced'))
  await keyring.rotate()
  const look = async (): Promise<void> => {
    const files = await readdir(folder)
    assert.ok(files.includes('store.sqlite-wal') || files.length === 1, files.join())
    for (const file of files) {
      const bytes = await readFile(join(folder, file))
      assert.equal(bytes.includes('marker-of-a-secret'), false, file)
      assert.equal(bytes.includes(masterKey), false, file)
    }
  }
  await look()
  await open.close()
  await look()
})

test('of several processes that start at once on an empty file all use one key', async (context) => {
  const path = join(await testFolder(context), 'store.sqlite')
  const processes = await Promise.all(Array.from({ length: 5 }, () => processOn(path)))
  assert.equal(new Set(processes.map(({ keyring }) => keyring.currentKeyId())).size, 1)
  for (const { store } of processes) await store.close()
})

test('a wrong master key is refused at the start', async (context) => {
  const path = join(await testFolder(context), 'store.sqlite')
  await (await processOn(path)).store.close()
  await assert.rejects(processOn(path, randomBytes(32)), { code: 'MASTER_KEY_INVALID' })
  await assert.rejects(processOn(path, randomBytes(31)), { code: 'MASTER_KEY_INVALID' })
})

test('a rotation seals every record anew and deletes the old key', async (context) => {
  const { store, keyring, database: open } = await processOn(join(await testFolder(context), 'store.sqlite'))
  for (let index = 0; index < 250; index += 1) await store.write(`key ${index}`, record(1))
  const before = keyring.currentKeyId()
  const progress: number[] = []
  const rotation = await keyring.rotate({ onProgress: ({ done }) => progress.push(done) })
  assert.deepEqual(rotation, { resealed: 250, unreadable: 0, keysLeft: 0 })
  assert.deepEqual([progress.at(0), progress.at(-1)], [0, 250])
  assert.notEqual(keyring.currentKeyId(), before)
  const keyIds = await open.kysely.selectFrom('credentials').select('key_id').distinct().execute()
  assert.deepEqual(keyIds, [{ key_id: keyring.currentKeyId() }])
  const keys = await open.kysely.selectFrom('data_keys').select('id').execute()
  assert.deepEqual(keys, [{ id: keyring.currentKeyId() }])
  assert.deepEqual(await store.read('key 7'), record(1))
  await store.close()
})

test('a process that runs during a rotation reads on at once, and seals with the new key within seconds', async (context) => {
  const path = join(await testFolder(context), 'store.sqlite')
  const [one, other] = [await processOn(path), await processOn(path)]
  await other.store.write('key', record(1))
  await one.keyring.rotate()
  assert.deepEqual(await other.store.read('key'), record(1))
  other.clock.at += 2_001
  const { keyId } = await other.keyring.seal('key', record(2))
  assert.equal(keyId, one.keyring.currentKeyId())
  await one.store.close()
  await other.store.close()
})

test('a process that slept through a rotation writes nothing under a key that is gone', async (context) => {
  const path = join(await testFolder(context), 'store.sqlite')
  const [one, sleeper] = [await processOn(path), await processOn(path)]
  await one.keyring.rotate()
  // Its clock stands still: for it the list of keys is fresh.
  assert.equal(await sleeper.store.write('key', record(1)), true)
  assert.deepEqual(await one.store.read('key'), record(1))
  await one.store.close()
  await sleeper.store.close()
})

test('records that change during a rotation keep the change', async (context) => {
  const path = join(await testFolder(context), 'store.sqlite')
  const [one, writer] = [await processOn(path), await processOn(path)]
  for (let index = 0; index < 120; index += 1) await one.store.write(`key ${index}`, record(1))
  const writes: Promise<boolean>[] = []
  await one.keyring.rotate({
    onProgress: ({ done }) => {
      for (let index = done % 120; index < 120; index += 3)
        writes.push(writer.store.write(`key ${index}`, record(2 + done)))
    },
  })
  const outcomes = await Promise.all(writes)
  assert.ok(outcomes.includes(true))
  for (let index = 0; index < 120; index += 1) {
    const read = await one.store.read(`key ${index}`)
    assert.deepEqual(read, record(read?.revision ?? 0))
  }
  const last = await one.keyring.rotate()
  assert.equal(last.keysLeft, 0)
  await one.store.close()
  await writer.store.close()
})

test('a record that cannot be opened keeps its key and hinders no rotation', async (context) => {
  const { store, keyring, database: open } = await processOn(join(await testFolder(context), 'store.sqlite'))
  await store.write('good', record(1))
  await store.write('bad', record(1))
  await open.kysely
    .updateTable('credentials')
    .set({ sealed: Buffer.alloc(60, 1) })
    .where('key', '=', 'bad')
    .execute()
  assert.deepEqual(await keyring.rotate(), { resealed: 1, unreadable: 1, keysLeft: 1 })
  assert.deepEqual(await store.read('good'), record(1))
  await store.close()
})

test('after the master key was changed the new one opens the store, and the old one does not', async (context) => {
  const path = join(await testFolder(context), 'store.sqlite')
  const newMasterKey = randomBytes(32)
  const { store, keyring } = await processOn(path)
  await store.write('key', record(1))
  await keyring.rewrap(newMasterKey)
  await keyring.rotate()
  assert.deepEqual(await store.read('key'), record(1))
  await store.close()
  await assert.rejects(processOn(path), { code: 'MASTER_KEY_INVALID' })
  const next = await processOn(path, newMasterKey)
  assert.deepEqual(await next.store.read('key'), record(1))
  await next.store.close()
})

test('a process with the master key of before adds no data key that nobody could open', async (context) => {
  const path = join(await testFolder(context), 'store.sqlite')
  const [one, stale] = [await processOn(path), await processOn(path)]
  await one.keyring.rewrap(randomBytes(32))
  await assert.rejects(stale.keyring.rotate(), { code: 'MASTER_KEY_INVALID' })
  await assert.rejects(stale.keyring.rewrap(randomBytes(32)), { code: 'MASTER_KEY_INVALID' })
  await one.keyring.rotate()
  await one.store.close()
  await stale.store.close()
})

test('many records of an unknown key do not cost the database a look each', async (context) => {
  const { keyring, store, database: open } = await processOn(join(await testFolder(context), 'store.sqlite'))
  const { bytes } = await keyring.seal('key', record(1))
  bytes.fill(0xee, 1, 9)
  let looks = 0
  const selectFrom = open.kysely.selectFrom.bind(open.kysely)
  open.kysely.selectFrom = ((table: never) => {
    looks += 1
    return selectFrom(table)
  }) as typeof open.kysely.selectFrom
  for (let index = 0; index < 10; index += 1) {
    await assert.rejects(keyring.open('key', bytes), { code: 'RECORD_UNREADABLE' })
  }
  assert.equal(looks, 2)
  await store.close()
})
