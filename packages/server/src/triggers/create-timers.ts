import { DrawbridgeError } from '@drawbridge/protocol'
import type { CallIntake } from '../calls/call-intake.ts'
import type { FunctionFacts } from '../functions/function-facts.ts'
import type { FunctionHost } from '../functions/function-host.ts'
import type { Log } from '../log/create-log.ts'
import type { Space } from '../spaces/space.ts'
import type { CronSchedule } from './parse-cron.ts'
import { parseCron } from './parse-cron.ts'
import type { TimerClaims, TimerDue } from './timer-claims.ts'
import { timerCall } from './timer-call.ts'
import type { SightedTrigger, TimerSights } from './timer-sights.ts'
import { soundTriggers, triggerFaults } from './trigger-faults.ts'

/** A due moment that nobody has run is made up for this long, and skipped after. */
const GRACE_MS = 60_000
/** New code may bring new timers, and clocks are set: so it looks again at least so often. */
const LOOK_MS = 1000
const RETRY_MS = 1000
const KEEP_MS = 7 * 86_400_000
const PRUNE_EVERY_MS = 3_600_000
/** Runs may take hours; who closes waits so long for them and no longer. */
const CLOSE_WITHIN_MS = 5000

/** What the timers are made of. */
export interface TimersDeps {
  readonly spaces: readonly Space[]
  readonly functions: Pick<FunctionHost, 'list'>
  readonly path: CallIntake
  readonly claims: TimerClaims
  readonly sights: TimerSights
  readonly log: Log
  /** ms since epoch. */
  readonly now: () => number
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  readonly requestId: () => string
}

/** The timers of all functions. */
export interface Timers {
  start(): void
  /** Starts no more runs, and waits a little for those that are under way. */
  close(): Promise<void>
}

/** A trigger and when it is due next. */
interface Plan extends SightedTrigger {
  readonly space: Space
  readonly schedule: CronSchedule
  next: number | undefined
}

/**
 * Timers on every replica, without a leader: each works out for itself what is due, and the one whose claim the
 * database takes runs it, so that each due moment is run at most once however many replicas there are, however slow
 * they are and however wrong their clocks. A run is not repeated when its replica dies or its function fails. What
 * was due while no replica ran is skipped unless it was within the last minute and its trigger was known by then: a new
 * trigger, or one with a new expression, begins now. A run may overlap the one before.
 */
export function createTimers(deps: TimersDeps): Timers {
  const { now, sleep, claims, log } = deps
  const closing = new AbortController()
  /** By space. */
  const plans = new Map<string, readonly Plan[]>()
  const allPlans = (): readonly Plan[] => [...plans.values()].flat()
  const told = new Set<string>()
  /** Spaces whose new triggers wait for the database. */
  const unsighted = new Set<string>()
  const runs = new Set<Promise<void>>()
  let loop: Promise<void> = Promise.resolve()
  let lookedAt: number | undefined
  let prunedAt = Number.NEGATIVE_INFINITY

  async function look(at: number): Promise<void> {
    // A clock that was set back would have all wait for what the wrong time promised.
    const isSetBack = lookedAt !== undefined && at < lookedAt
    if (isSetBack) for (const space of deps.spaces) plans.delete(space.spaceId)
    lookedAt = at
    for (const space of deps.spaces) await keepPlans(space, at, isSetBack ? at : at - GRACE_MS)
    for (const plan of allPlans()) {
      if (plan.next !== undefined && plan.next <= at - GRACE_MS) plan.next = plan.schedule.next(at - GRACE_MS)
      for (; plan.next !== undefined && plan.next <= at; plan.next = plan.schedule.next(plan.next))
        begin(plan, plan.next)
    }
  }

  /** A plan for each trigger that there is now, and none for others. @param since what was due before is skipped. */
  async function keepPlans(space: Space, at: number, since: number): Promise<void> {
    const before = plans.get(space.spaceId)
    const triggers = triggersOf(space)
    if (before && sameTriggers(before, triggers)) return
    const seen = await sighted(space, triggers, at)
    const made = triggers.flatMap((each, index): readonly Plan[] => {
      const known = before?.find((plan) => sameTrigger(plan, each))
      if (known) return [known]
      const seenAt = seen?.[index]
      if (seenAt === undefined) return []
      const schedule = parseCron(each.cron)
      return [{ ...each, space, schedule, next: schedule.next(Math.max(since, beginning(seenAt, at))) }]
    })
    plans.set(space.spaceId, made)
  }

  /** undefined: the database is away; what is new waits for it. */
  async function sighted(
    { spaceId }: Space,
    triggers: readonly SightedTrigger[],
    at: number,
  ): Promise<readonly number[] | undefined> {
    try {
      const seen = await deps.sights(spaceId, triggers, at)
      unsighted.delete(spaceId)
      return seen
    } catch (error) {
      if (!unsighted.has(spaceId)) log.failure('new timers wait', error, { space: spaceId })
      unsighted.add(spaceId)
      return undefined
    }
  }

  function triggersOf(space: Space): readonly SightedTrigger[] {
    return deps.functions.list(space.spaceId).flatMap((facts) => {
      tellFaults(space, facts)
      return soundTriggers(facts.triggers).map(({ name: trigger, cron }) => ({ name: facts.name, trigger, cron }))
    })
  }

  function tellFaults({ functionsFolder }: Space, facts: FunctionFacts): void {
    if (facts.triggers.length === 0) return
    for (const { name, file, message } of triggerFaults(facts, functionsFolder)) {
      if (told.has(`${file} ${message}`)) continue
      told.add(`${file} ${message}`)
      log.warn('timer not started', { function: name, file, reason: message })
    }
  }

  function begin({ space, name, trigger }: Plan, dueAt: number): void {
    const run = claimAndRun(space, { spaceId: space.spaceId, name, trigger, dueAt })
    runs.add(run)
    void run.finally(() => runs.delete(run))
  }

  async function claimAndRun(space: Space, due: TimerDue): Promise<void> {
    if (!(await claim(due))) return
    const requestId = deps.requestId()
    const fields = { space: due.spaceId, function: due.name, trigger: due.trigger, dueAt: due.dueAt, requestId }
    const code = await deps.path.answer(timerCall(space, due, requestId)).then(endCode, (error: unknown) => {
      log.failure('timer run failed', error, fields)
      return error instanceof DrawbridgeError ? error.code : 'SYSTEM_ERROR'
    })
    await claims.finish(due, now(), code).catch((error: unknown) => log.failure('timer run not noted', error, fields))
  }

  /** A database that is away for a moment costs no run; one that is away for longer does. */
  async function claim(due: TimerDue): Promise<boolean> {
    for (;;) {
      try {
        return await claims.claim(due, now())
      } catch (error) {
        if (closing.signal.aborted || now() + RETRY_MS >= due.dueAt + GRACE_MS) {
          log.failure('timer run missed', error, { function: due.name, trigger: due.trigger, dueAt: due.dueAt })
          return false
        }
        await sleep(RETRY_MS, closing.signal).catch(() => undefined)
      }
    }
  }

  async function prune(at: number): Promise<void> {
    if (at - prunedAt < PRUNE_EVERY_MS) return
    prunedAt = at
    await claims.prune(at - KEEP_MS).catch((error: unknown) => log.failure('timer runs not pruned', error))
  }

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      const at = now()
      try {
        await look(at)
      } catch (error) {
        log.failure('timers not looked at', error)
      }
      await prune(at)
      const due = Math.min(at + LOOK_MS, ...allPlans().map(({ next = Number.POSITIVE_INFINITY }) => next))
      await sleep(Math.max(1, due - now()), closing.signal).catch(() => undefined)
    }
  }

  return {
    start() {
      loop = run().catch((error: unknown) => log.failure('timers stopped', error))
    },
    async close() {
      closing.abort()
      await loop
      const waited = new AbortController()
      const late = sleep(CLOSE_WITHIN_MS, waited.signal).catch(() => undefined)
      await Promise.race([Promise.allSettled(runs), late])
      waited.abort()
    },
  }
}

/** The moment just before a trigger's first one. One seen in a future was seen by a clock that was wrong. */
function beginning(seenAt: number, at: number): number {
  return (seenAt > at + GRACE_MS ? at : seenAt) - 1
}

function sameTriggers(ones: readonly SightedTrigger[], others: readonly SightedTrigger[]): boolean {
  return ones.length === others.length && ones.every((one, index) => sameTrigger(one, others[index]))
}

function sameTrigger(one: SightedTrigger, other: SightedTrigger | undefined): boolean {
  return one.name === other?.name && one.trigger === other.trigger && one.cron === other.cron
}

/** An object without `_timing` answers as objects do when a method is missing. */
function endCode(result: string): string {
  return result.startsWith('{"errCode":"METHOD_NOT_FOUND"') ? 'FUNCTION_METHOD_UNKNOWN' : 'ok'
}
