import { randomBytes } from 'node:crypto'
import { openSqlite } from '@drawbridge/bridge'
import { createDocumentStore } from './create-document-store.ts'
import { migrateDocumentTables } from './document-tables.ts'
import type { DocumentTables } from './document-tables.ts'

/** Claims ids 0 to 49 of one collection in the database that is named; prints how many it got. */
export async function insertUntilTaken(path: string): Promise<number> {
  const database = openSqlite<DocumentTables>({ path, durability: 'normal' })
  await migrateDocumentTables(database)
  const store = createDocumentStore({ database, now: Date.now, random: randomBytes })
  let got = 0
  for (let id = 0; id < 50; id += 1) {
    try {
      await store.insert('s', 'names', [{ _id: `${id}`, by: process.pid }])
      got += 1
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'DOCUMENT_EXISTS')) throw error
    }
  }
  await store.close()
  return got
}

const path = process.argv[2]
if (path !== undefined && import.meta.main) process.stdout.write(`${await insertUntilTaken(path)}\n`)
