import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { CredentialTables } from './credential-tables.ts'
import type { Dialect } from './dialect.ts'

const FACT = 'last-change-number'

/** The number of the last change to any record; 0: none yet. */
export async function lastChangeNumber(kysely: Kysely<CredentialTables>): Promise<number> {
  const fact = await kysely.selectFrom('store_facts').select('value').where('name', '=', FACT).executeTakeFirst()
  return Number(fact?.value ?? 0)
}

/** Takes the next number, within a transaction that keeps other writers out until it is committed. */
export async function nextChangeNumber(
  transaction: Kysely<CredentialTables>,
  { upsertWhere }: Dialect,
): Promise<number> {
  const next = (await lastChangeNumber(transaction)) + 1
  await upsertWhere({
    table: 'store_facts',
    key: 'name',
    row: { name: FACT, value: String(next) },
    condition: sql`1 = 1`,
  }).execute(transaction)
  return next
}
