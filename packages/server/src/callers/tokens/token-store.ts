import type { SqlDatabase } from '@drawbridge/bridge'
import { Compile } from 'typebox/compile'
import { Type } from 'typebox'
import type { Scope } from '../../config/server-config.ts'
import { formatScope, parseScope } from '../scope.ts'
import type { TokenDatabase, TokenTable } from './token-database.ts'
import { askStore } from '../../stores/ask-store.ts'

const asked = askStore('bearer_tokens')

/** One bearer token, without the token. Moments are ms since epoch. */
export interface TokenRecord {
  readonly id: string
  /** What its owner is called by; for people. */
  readonly name: string
  readonly scopes: readonly Scope[]
  /** The caller that made it; `cli` for the command line. */
  readonly createdBy: string
  readonly createdAt: number
  readonly expiresAt: number
  readonly lastUsedAt: number | null
  readonly revokedAt: number | null
}

/** What is stored of bearer tokens. Throws `STORE_UNAVAILABLE` when the database cannot answer. */
export interface TokenStore {
  insert(record: TokenRecord, secretHash: string): Promise<void>
  byHash(secretHash: string): Promise<TokenRecord | undefined>
  /** Newest first, at most `limit`. */
  list(limit: number): Promise<readonly TokenRecord[]>
  /** Whether there was such a token, not yet revoked. */
  revoke(id: string, at: number): Promise<boolean>
  touch(id: string, at: number): Promise<void>
}

/** The store over a database whose tables are there (`migrateTokenTables`); whoever opened it closes it. */
export function createTokenStore({ kysely, write }: SqlDatabase<TokenDatabase>): TokenStore {
  const table = () => kysely.selectFrom('bearer_tokens').selectAll()
  return {
    insert: (record, secretHash) =>
      asked(async () => {
        await write((transaction) =>
          transaction.insertInto('bearer_tokens').values(toRow(record, secretHash)).execute(),
        )
      }),
    byHash: (secretHash) =>
      asked(async () => {
        const row = await table().where('secret_hash', '=', secretHash).executeTakeFirst()
        return row && toRecord(row)
      }),
    list: (limit) =>
      asked(async () => {
        const rows = await table().orderBy('created_at', 'desc').orderBy('id').limit(limit).execute()
        return rows.map(toRecord)
      }),
    revoke: (id, at) =>
      asked(async () => {
        const result = await write((transaction) =>
          transaction
            .updateTable('bearer_tokens')
            .set({ revoked_at: at })
            .where('id', '=', id)
            .where('revoked_at', 'is', null)
            .executeTakeFirst(),
        )
        return result.numUpdatedRows > 0n
      }),
    touch: (id, at) =>
      asked(async () => {
        await write((transaction) =>
          transaction.updateTable('bearer_tokens').set({ last_used_at: at }).where('id', '=', id).execute(),
        )
      }),
  }
}

const scopeTexts = Compile(Type.Array(Type.String()))

function toRecord(row: TokenTable): TokenRecord {
  const scopes: unknown = JSON.parse(row.scopes)
  return {
    id: row.id,
    name: row.name,
    // What cannot be read is no right.
    scopes: scopeTexts.Check(scopes) ? scopes.map(parseScope) : [],
    createdBy: row.created_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at,
  }
}

function toRow(record: TokenRecord, secretHash: string): TokenTable {
  return {
    id: record.id,
    name: record.name,
    secret_hash: secretHash,
    scopes: JSON.stringify(record.scopes.map(formatScope)),
    created_by: record.createdBy,
    created_at: record.createdAt,
    expires_at: record.expiresAt,
    last_used_at: record.lastUsedAt,
    revoked_at: record.revokedAt,
  }
}
