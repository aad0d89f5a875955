import { createHash } from 'node:crypto'
import type { SqlDatabase } from '@drawbridge/bridge'
import type { Kysely, Selectable } from 'kysely'
import { askStore } from '../../stores/ask-store.ts'
import type { Verdict } from '../verdict.ts'
import type { Remedy } from '../verdict-reasons.ts'
import { verdictRemedy } from '../verdict-remedy.ts'
import { isErrorCode } from './kept-call.ts'
import type { KeptCall } from './kept-call.ts'
import type { VerdictTables } from './verdict-tables.ts'

/** A stored verdict: one call, or several equal ones within half a second. */
export interface VerdictRow extends Verdict {
  readonly id: number
  /** What rules call the target: `name`, `h:name` of a route; `*`: nothing. */
  readonly functionName: string
  readonly count: number
  /** When the last of them was, ms since epoch. */
  readonly lastAt: number
  /** What to do about it; it is not stored but told of code and reason. */
  readonly remedy?: Remedy
}

/** A verdict as it is stored. */
export type NewVerdictRow = Omit<VerdictRow, 'id' | 'remedy'>

/** What to look for; every part is optional, all must hold. */
export interface VerdictQuery {
  readonly spaceId?: string | undefined
  /** As rules call it: a function, an object, or a route `h:name`. */
  readonly functionName?: string | undefined
  readonly code?: string | undefined
  readonly appId?: string | undefined
  readonly outcome?: string | undefined
  /** Not before this moment, ms since epoch. */
  readonly since?: number | undefined
  /** Rows with a smaller id: the last id of the page before. */
  readonly before?: number | undefined
  /** Rows with a greater id, oldest first: what came after. */
  readonly after?: number | undefined
  readonly limit: number
}

/** Calls of one shape within an hour. */
export interface CallTally {
  /** The beginning of the hour, ms since epoch. */
  readonly hour: number
  readonly call: KeptCall
  readonly count: number
}

/** What is stored of verdicts. Throws `STORE_UNAVAILABLE` when the database cannot answer. */
export interface VerdictStore {
  /** One transaction: everything or nothing. */
  append(rows: readonly NewVerdictRow[], tallies: readonly CallTally[]): Promise<void>
  /** Newest first; with `after` oldest first. */
  find(query: VerdictQuery): Promise<readonly VerdictRow[]>
  tallies(spaceId: string, since: number): Promise<readonly CallTally[]>
  /** Drops what is older than `before`, and the oldest beyond `maxRows`: of what strangers made, beyond half of them. */
  prune(options: { readonly before: number; readonly maxRows: number }): Promise<void>
}

const ROWS_AT_ONCE = 200
const TALLIES_MAX = 200_000

const asked = askStore('verdicts')

/** The store over a database whose tables are there; whoever opened it closes it. */
export function createVerdictStore({ kysely, write }: SqlDatabase<VerdictTables>): VerdictStore {
  return {
    append: (rows, tallies) =>
      asked(() =>
        write(async (transaction) => {
          for (let start = 0; start < rows.length; start += ROWS_AT_ONCE)
            await transaction
              .insertInto('verdicts')
              .values(rows.slice(start, start + ROWS_AT_ONCE).map(toRow))
              .execute()
          for (const tally of tallies) await addTally(transaction, tally)
        }),
      ),

    find: (query) => asked(() => find(kysely, query)),

    tallies: (spaceId, since) =>
      asked(async () => {
        const rows = await kysely
          .selectFrom('verdict_tallies')
          .selectAll()
          .where('space_id', '=', spaceId)
          .where('hour', '>=', hourOf(since))
          .orderBy('id')
          .limit(TALLIES_MAX)
          .execute()
        // Written by `addTally` alone.
        return rows.map(({ hour, facts, count }) => ({ hour, call: JSON.parse(facts) as KeptCall, count }))
      }),

    prune: ({ before, maxRows }) =>
      asked(() =>
        write(async (transaction) => {
          await transaction.deleteFrom('verdicts').where('last_at', '<', before).execute()
          await transaction.deleteFrom('verdict_tallies').where('hour', '<', before).execute()
          for (const proven of [0, 1]) await keepNewest(transaction, proven, Math.ceil(maxRows / 2))
          const tally = await transaction
            .selectFrom('verdict_tallies')
            .select('id')
            .orderBy('id', 'desc')
            .limit(1)
            .executeTakeFirst()
          if (tally)
            await transaction
              .deleteFrom('verdict_tallies')
              .where('id', '<=', tally.id - maxRows)
              .execute()
        }),
      ),
  }
}

/** The beginning of a moment's hour. */
export function hourOf(at: number): number {
  return at - (at % 3_600_000)
}

async function keepNewest(transaction: Kysely<VerdictTables>, proven: number, count: number): Promise<void> {
  const last = await transaction
    .selectFrom('verdicts')
    .select('id')
    .where('proven', '=', proven)
    .orderBy('id', 'desc')
    .offset(count)
    .limit(1)
    .executeTakeFirst()
  if (last) await transaction.deleteFrom('verdicts').where('proven', '=', proven).where('id', '<=', last.id).execute()
}

async function addTally(transaction: Kysely<VerdictTables>, { hour, call, count }: CallTally): Promise<void> {
  const facts = JSON.stringify(call)
  const digest = createHash('sha256').update(facts).digest('hex')
  const { numUpdatedRows } = await transaction
    .updateTable('verdict_tallies')
    .set((expression) => ({ count: expression('count', '+', count) }))
    .where('hour', '=', hour)
    .where('digest', '=', digest)
    .executeTakeFirst()
  if (numUpdatedRows > 0n) return
  const row = { hour, digest, space_id: call.spaceId, facts, count }
  await transaction.insertInto('verdict_tallies').values(row).execute()
}

async function find(kysely: Kysely<VerdictTables>, query: VerdictQuery): Promise<readonly VerdictRow[]> {
  const { spaceId, functionName, code, appId, outcome, since, before, after, limit } = query
  let select = kysely.selectFrom('verdicts').selectAll()
  if (spaceId !== undefined) select = select.where('space_id', '=', spaceId)
  if (functionName !== undefined) select = select.where('function_name', '=', functionName)
  if (code !== undefined) select = select.where('code', '=', code)
  if (appId !== undefined) select = select.where('app_id', '=', appId)
  if (outcome !== undefined) select = select.where('outcome', '=', outcome)
  if (since !== undefined) select = select.where('last_at', '>=', since)
  if (before !== undefined) select = select.where('id', '<', before)
  if (after !== undefined) select = select.where('id', '>', after)
  const rows = await select
    .orderBy('id', after === undefined ? 'desc' : 'asc')
    .limit(limit)
    .execute()
  return rows.map(fromRow)
}

function toRow(row: NewVerdictRow): Omit<Selectable<VerdictTables['verdicts']>, 'id'> {
  return {
    at: row.at,
    last_at: row.lastAt,
    count: row.count,
    space_id: row.spaceId,
    target: row.target,
    function_name: row.functionName.slice(0, 191),
    wire: row.wire,
    outcome: row.outcome,
    code: row.code ?? '',
    reason: row.reason ?? '',
    rule: row.rule ?? '',
    app_id: String(row.evidence['appId'] ?? ''),
    proven: row.evidence['proven'] === true ? 1 : 0,
    evidence: JSON.stringify(row.evidence),
    request_id: row.requestId,
  }
}

function fromRow(row: Selectable<VerdictTables['verdicts']>): VerdictRow {
  const { code, reason, rule } = row
  return {
    id: row.id,
    at: row.at,
    lastAt: row.last_at,
    count: row.count,
    requestId: row.request_id,
    spaceId: row.space_id,
    // Written by `toRow` alone.
    wire: row.wire as Verdict['wire'],
    target: row.target,
    functionName: row.function_name,
    outcome: row.outcome as Verdict['outcome'],
    ...(isErrorCode(code) && { code, remedy: verdictRemedy(code, reason) }),
    ...(reason !== '' && { reason }),
    ...(rule !== '' && { rule }),
    evidence: JSON.parse(row.evidence) as Verdict['evidence'],
  }
}
