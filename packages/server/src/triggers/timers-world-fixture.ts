import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { openSqlite } from '@drawbridge/bridge'
import type { SqlDatabase } from '@drawbridge/bridge'
import type { IncomingCall } from '../calls/call-intake.ts'
import type { FunctionFacts, TimerTrigger } from '../functions/function-facts.ts'
import { createLog } from '../log/create-log.ts'
import type { Space } from '../spaces/space.ts'
import { createTimers } from './create-timers.ts'
import type { Timers } from './create-timers.ts'
import { createTimerClaims } from './timer-claims.ts'
import type { TimerClaims } from './timer-claims.ts'
import { createTimerSights } from './timer-sights.ts'
import type { TimerSights } from './timer-sights.ts'
import { migrateTimerTables } from './timer-tables.ts'
import type { TimerTables } from './timer-tables.ts'

/** When every world begins. */
export const START = Date.parse('2026-03-01T00:00:00.000Z')
const folder = mkdtempSync(join(tmpdir(), 'drawbridge-timers-'))
const space: Space = {
  spaceId: 'shop',
  clientSecret: 'secret',
  origins: [],
  provider: 'aliyun',
  functionsFolder: '/project',
  workers: { max: 1, memoryMb: 128, timeoutSeconds: 10, queueMax: 10 },
  environment: {},
}

/** One time for all replicas, which moves when it is told to; each may see it wrong, and it may be set wrong for all. */
function createClock() {
  let passed = 0
  let setBy = 0
  let waiting: { readonly at: number; readonly wake: () => void }[] = []
  return {
    face: (offMs = 0) => ({
      now: () => START + passed + setBy + offMs,
      sleep: (ms: number, signal?: AbortSignal) =>
        new Promise<void>((resolve, reject) => {
          waiting.push({ at: passed + ms, wake: resolve })
          signal?.addEventListener('abort', () => reject(new Error('woken')))
        }),
    }),
    /** Sets the clock, as somebody does or a machine that slept; who waits does not notice. */
    jump(ms: number) {
      setBy += ms
    },
    /** Lets the time pass, everyone who waits waking at his moment. */
    async pass(ms: number) {
      const end = passed + ms
      for (;;) {
        await settle()
        const next = waiting.filter(({ at }) => at <= end).sort((one, other) => one.at - other.at)[0]
        if (!next) break
        passed = Math.max(passed, next.at)
        const due = waiting.filter(({ at }) => at <= passed)
        waiting = waiting.filter(({ at }) => at > passed)
        for (const { wake } of due) wake()
      }
      passed = end
    },
  }
}

async function settle(): Promise<void> {
  for (let count = 0; count < 25; count += 1) await turn()
}

/** A function with timers. */
export function facts(
  name: string,
  triggers: readonly TimerTrigger[],
  kind: FunctionFacts['kind'] = 'function',
): FunctionFacts {
  return { name, kind, file: `/project/${name}/index.js`, timeoutSeconds: 10, concurrency: 1, triggers }
}

const closers: (() => Promise<void>)[] = []
let files = 0

/** One replica's connection to a database that all share. */
export async function openDatabase(path: string): Promise<SqlDatabase<TimerTables>> {
  const database = openSqlite<TimerTables>({ path, durability: 'normal' })
  await migrateTimerTables(database)
  closers.unshift(() => database.close())
  return database
}

/** A project with timers, a time, and any number of replicas. */
export interface TimersWorld {
  readonly functions: FunctionFacts[]
  readonly clock: ReturnType<typeof createClock>
  /** What was run, by whichever replica. */
  readonly calls: IncomingCall[]
  readonly said: string[]
  readonly database: SqlDatabase<TimerTables>
  /** The file of the database. */
  readonly path: string
  start(options?: {
    readonly offMs?: number
    readonly claims?: TimerClaims
    readonly sights?: TimerSights
  }): Promise<Timers>
  /** What a run does; it ends at once unless said otherwise. */
  work: (call: IncomingCall) => Promise<string>
}

/** A world of its own, with an empty database. */
export async function createWorld(...functions: FunctionFacts[]): Promise<TimersWorld> {
  const path = join(folder, `timers-${(files += 1)}.db`)
  const clock = createClock()
  const said: string[] = []
  const world: TimersWorld = {
    functions,
    clock,
    calls: [],
    said,
    database: await openDatabase(path),
    path,
    work: () => Promise.resolve('null'),
    async start({ offMs = 0, claims, sights } = {}) {
      const own = await openDatabase(path)
      const timers = createTimers({
        spaces: [space],
        functions: { list: () => functions },
        path: {
          answer(call) {
            world.calls.push(call)
            return world.work(call)
          },
        },
        claims: claims ?? createTimerClaims(own, `replica ${closers.length}`),
        sights: sights ?? createTimerSights(own),
        log: createLog({ level: 'debug', destination: { write: (line) => void said.push(line) } }),
        ...clock.face(offMs),
        requestId: () => `run-${world.calls.length}`,
      })
      timers.start()
      closers.unshift(() => closeWhilePassing(timers, clock))
      await settle()
      return timers
    },
  }
  return world
}

async function closeWhilePassing(timers: Timers, clock: ReturnType<typeof createClock>): Promise<void> {
  const closed = timers.close()
  await clock.pass(10_000)
  await closed
}

/** Which due moments were run, as seconds after the beginning. */
export function dueSeconds(calls: readonly IncomingCall[]): readonly number[] {
  return calls.map(({ facts: { timer } }) => ((timer?.dueAt ?? 0) - START) / 1000).sort((one, other) => one - other)
}

/** Closes what the worlds of a test have open. */
export async function closeWorlds(): Promise<void> {
  for (const close of closers.splice(0)) await close()
}

/** Removes what all worlds have left. */
export function removeWorlds(): void {
  rmSync(folder, { recursive: true, force: true })
}
