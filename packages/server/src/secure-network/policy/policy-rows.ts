import type { SqlDatabase } from '@drawbridge/bridge'
import { DrawbridgeError } from '@drawbridge/protocol'
import { askStore } from '../../stores/ask-store.ts'
import type { PolicyContent } from './policy-content.ts'
import type { PolicyTables } from './policy-tables.ts'

/** How many changes of a space are remembered. */
export const CHANGES_KEPT = 1000

/** Who changes a policy, from where, by which request. */
export interface PolicyActor {
  /** `Caller.id`, or `cli:<user>`. */
  readonly caller: string
  readonly address: string
  readonly requestId: string
}

/** What is kept of a space. */
export interface KeptPolicy {
  readonly spaceId: string
  readonly revision: number
  /** JSON as kept; null: the configuration's holds. */
  readonly content: string | null
  /** ms since epoch. */
  readonly changedAt: number
  readonly changedBy: string
}

/** One change, as it was kept in the same commit as the change itself. */
export interface KeptChange extends PolicyActor {
  readonly revision: number
  readonly content: string | null
  /** ms since epoch. */
  readonly at: number
}

/** A change to be kept. `next` is given what is kept now, and answers the new content; null goes back to the configuration. */
export interface ChangeOrder {
  readonly spaceId: string
  /** Throws `POLICY_CHANGED` unless this is the revision; left out: any. */
  readonly expected?: number | undefined
  readonly by: PolicyActor
  readonly at: number
  readonly next: (kept: string | null) => PolicyContent | null
}

/** The rows of policies. Everything throws `STORE_UNAVAILABLE`. */
export interface PolicyRows {
  readAll(): Promise<readonly KeptPolicy[]>
  /** Keeps the change and its trail in one commit. */
  change(order: ChangeOrder): Promise<void>
  /** Newest first. */
  changes(spaceId: string, limit: number): Promise<readonly KeptChange[]>
}

const asked = askStore('policies')

/** The rows in a database whose tables are there. */
export function createPolicyRows({ kysely, write }: SqlDatabase<PolicyTables>): PolicyRows {
  return {
    readAll: () =>
      asked(async () => {
        const rows = await kysely.selectFrom('client_policies').selectAll().execute()
        return rows.map(({ space_id, revision, content, changed_at, changed_by }) => ({
          spaceId: space_id,
          revision,
          content,
          changedAt: changed_at,
          changedBy: changed_by,
        }))
      }),

    change: ({ spaceId, expected, by, at, next }) =>
      asked(() =>
        write(async (transaction) => {
          const kept = await transaction
            .selectFrom('client_policies')
            .select(['revision', 'content'])
            .where('space_id', '=', spaceId)
            .executeTakeFirst()
          const before = kept?.revision ?? 0
          if (expected !== undefined && expected !== before)
            throw new DrawbridgeError('POLICY_CHANGED', { space: spaceId, expected, revision: before })
          const made = next(kept?.content ?? null)
          const content = made && JSON.stringify(made)
          const revision = before + 1
          const row = { revision, content, changed_at: at, changed_by: by.caller }
          if (kept) await transaction.updateTable('client_policies').set(row).where('space_id', '=', spaceId).execute()
          else
            await transaction
              .insertInto('client_policies')
              .values({ space_id: spaceId, ...row })
              .execute()
          const { caller, address, requestId: request_id } = by
          await transaction
            .insertInto('client_policy_changes')
            .values({ space_id: spaceId, revision, content, at, caller, address, request_id })
            .execute()
          await transaction
            .deleteFrom('client_policy_changes')
            .where('space_id', '=', spaceId)
            .where('revision', '<=', revision - CHANGES_KEPT)
            .execute()
        }),
      ),

    changes: (spaceId, limit) =>
      asked(async () => {
        const rows = await kysely
          .selectFrom('client_policy_changes')
          .selectAll()
          .where('space_id', '=', spaceId)
          .orderBy('revision', 'desc')
          .limit(limit)
          .execute()
        return rows.map(({ revision, content, at, caller, address, request_id }) => ({
          revision,
          content,
          at,
          caller,
          address,
          requestId: request_id,
        }))
      }),
  }
}
