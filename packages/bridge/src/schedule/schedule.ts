import type { BridgeEvent } from '../bridge.ts'
import type { CredentialKey } from '../credential.ts'
import type { ScheduledTask } from './task.ts'

/** What a schedule needs; `ensureFresh` refreshes what is absent, ended or due, and answers when it wants to be asked again (ms since epoch; null: any time). */
export interface ScheduleDeps {
  readonly tasks: readonly ScheduledTask[]
  readonly ensureFresh: (key: CredentialKey) => Promise<number | null>
  readonly sweep: () => Promise<unknown>
  readonly now: () => number
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  readonly random: () => number
  readonly onEvent: (event: BridgeEvent) => void
}

/** The timer on every replica: there is no leader, and it adds only when, never another how. */
export interface Schedule {
  /** One round; answers when the next one pays, ms since epoch. Never throws. */
  run(): Promise<number>
  start(): void
  stop(): void
}

const TASK_KIND = { accessToken: 'access_token', ticket: 'ticket' } as const

/** Between rounds, ms: never less than the first, never more than the second. */
const REST_LEAST_MS = 500
const REST_MOST_MS = 30_000
const SWEEP_EVERY_MS = 600_000

/** Runs the tasks; one that fails is reported and stops no other. */
export function createSchedule({ tasks, ensureFresh, sweep, now, sleep, random, onEvent }: ScheduleDeps): Schedule {
  let stopping: AbortController | undefined
  let sweptAt = now()

  async function runTask({ app, task }: ScheduledTask): Promise<number> {
    const name = `${app.dcloudAppid} ${app.platform} ${task}`
    try {
      const next = await ensureFresh({ kind: TASK_KIND[task], app })
      onEvent({ type: 'task', task: name, outcome: 'ok' })
      return next ?? now() + REST_MOST_MS
    } catch (error) {
      onEvent({
        type: 'task',
        task: name,
        outcome: 'failed',
        error: error instanceof Error ? error.message : 'unknown',
      })
      return now() + REST_MOST_MS
    }
  }

  async function run(): Promise<number> {
    const next = await Promise.all(tasks.map(runTask))
    return Math.min(now() + REST_MOST_MS, ...next)
  }

  async function loop(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const next = await run()
      if (now() - sweptAt > SWEEP_EVERY_MS) {
        sweptAt = now()
        // What was not swept now is swept the next time.
        await sweep().catch(() => undefined)
      }
      const restMs = Math.max(REST_LEAST_MS, next - now()) * (0.9 + 0.2 * random())
      // An aborted sleep rejects; the loop's own condition ends it.
      await sleep(Math.min(REST_MOST_MS, restMs), signal).catch(() => undefined)
    }
  }

  return {
    run,
    start() {
      if (stopping !== undefined) return
      stopping = new AbortController()
      void loop(stopping.signal)
    },
    stop() {
      stopping?.abort()
      stopping = undefined
    },
  }
}
