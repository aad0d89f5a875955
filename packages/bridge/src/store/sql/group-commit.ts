import type { Kysely } from 'kysely'
import { nextTurn } from './next-turn.ts'
import type { SqlDatabase } from './sql-database.ts'

/** Work inside a transaction that it shares with others; it either throws or has changed what it had to. */
export type Job<Schema, Result> = (transaction: Kysely<Schema>) => Promise<Result>

/** Puts the writes of one turn of the event loop into one transaction: one wait for the disk for all of them. */
export interface GroupCommit<Schema> {
  /** Resolves when the work is committed. What the job throws passes through, and fails no other job. */
  commit<Result>(job: Job<Schema, Result>): Promise<Result>
  /** Resolves when everything that was asked for so far is committed or has failed. */
  settled(): Promise<void>
}

interface Waiting<Schema> {
  run(transaction: Kysely<Schema>): Promise<void>
  acknowledge(): void
  fail(error: unknown): void
}

/** Gathers and commits. */
export function createGroupCommit<Schema>({ write }: Pick<SqlDatabase<Schema>, 'write'>): GroupCommit<Schema> {
  let waiting: Waiting<Schema>[] = []
  let flushing: Promise<void> | undefined

  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      await nextTurn()
      const group = waiting
      waiting = []
      try {
        await together(group)
      } catch {
        // One of them, or the commit, failed. Each alone shows which, and the others get through.
        for (const job of group) await together([job]).catch((error: unknown) => job.fail(error))
      }
    }
    flushing = undefined
  }

  async function together(group: readonly Waiting<Schema>[]): Promise<void> {
    await write(async (transaction) => {
      for (const job of group) await job.run(transaction)
    })
    for (const job of group) job.acknowledge()
  }

  return {
    commit: <Result>(job: Job<Schema, Result>) =>
      new Promise<Result>((resolve, reject) => {
        let outcome: { readonly result: Result } | undefined
        waiting.push({
          async run(transaction) {
            outcome = { result: await job(transaction) }
          },
          acknowledge() {
            if (outcome !== undefined) resolve(outcome.result)
          },
          fail: reject,
        })
        flushing ??= flush()
      }),
    async settled() {
      await flushing
    },
  }
}
