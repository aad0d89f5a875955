import type { GatewayRoute } from '../../gateway/gateway-config.ts'
import type { Policy } from '../policy-source.ts'
import type { Verdict, VerdictSink } from '../verdict.ts'
import { dryRun } from './dry-run.ts'
import type { DryRunReport } from './dry-run.ts'
import { blurredCall, isInvented, keptCall } from './kept-call.ts'
import type { KeptCall, KnownNames } from './kept-call.ts'
import { nameRoutes, storedTarget } from './name-routes.ts'
import { hourOf } from './verdict-store.ts'
import type { NewVerdictRow, VerdictQuery, VerdictRow, VerdictStore } from './verdict-store.ts'

/** What was decided about calls: written behind their backs, bounded, and read again by operators. */
export interface Verdicts extends VerdictSink {
  /** Newest first, including all that was recorded before. Throws `STORE_UNAVAILABLE`. */
  query(query: VerdictQuery): Promise<readonly VerdictRow[]>
  /** What a policy would have done with a space's calls since a moment (to the hour). Throws `STORE_UNAVAILABLE`. */
  dryRun(spaceId: string, since: number, policy: Policy): Promise<DryRunReport>
  /** Rows and shapes that wait to be written, and calls whose row was given up: too many at once, or no database for long. */
  readonly state: { readonly queued: number; readonly dropped: number }
  /** Writes what waits; nothing is recorded afterwards. */
  close(): Promise<void>
}

type Pending = { -readonly [Key in keyof NewVerdictRow]: NewVerdictRow[Key] }

interface Waiting {
  readonly rows: Map<string, Pending>
  readonly tallies: Map<string, { readonly hour: number; readonly call: KeptCall; count: number }>
}

const FLUSH_EVERY_MS = 500
const PRUNE_EVERY_MS = 60_000
const DAY_MS = 86_400_000

/** Rows of refusals between two flushes. What strangers send has few, so that it cannot wash away the rest. */
const ROWS_MAX = { proven: 1000, unproven: 100 } as const
/**
 * Shapes of calls that are told apart within an hour; the rest is counted without its names. `known`: without proof, of
 * functions and apps that there are; `invented` cannot use up its room.
 */
const SHAPES_MAX = { proven: 4000, known: 4000, invented: 500 } as const

/**
 * Verdicts over a store. Refusals, and what monitor mode would have refused, have rows: equal ones that wait together
 * are one row with a count. Admitted calls are counted by their shape, as all are, for dry runs.
 * @param sleep waits that long, or until the signal.
 */
export function createVerdicts({
  store,
  keepDays,
  maxRows,
  routes = [],
  known = { isFunction: () => false, isApp: () => false },
  now,
  sleep,
  onVerdict = () => {},
  onFailure = () => {},
}: {
  readonly store: VerdictStore
  readonly keepDays: number
  readonly maxRows: number
  /** The gateway's. */
  readonly routes?: readonly GatewayRoute[]
  /** What no stranger has invented; nothing when left out. */
  readonly known?: KnownNames
  readonly now: () => number
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  /** Told of each verdict at once, for metrics; it must not throw. */
  readonly onVerdict?: (verdict: Verdict) => void
  /** Told of every batch that could not be written; it is tried again. */
  readonly onFailure?: (error: unknown) => void
}): Verdicts {
  let waiting = nothingWaits()
  let dropped = 0
  let prunedAt = -Infinity
  let isClosed = false
  let writer: Promise<void> | undefined
  let writing: Promise<void> = Promise.resolve()
  const closing = new AbortController()
  const shapeOf = shapeBound(known)
  const nameOf = nameRoutes(routes)

  const takeRow = (recorded: Verdict): void => {
    const functionName = nameOf(recorded.spaceId, recorded.target)
    const verdict = { ...recorded, target: storedTarget(recorded.target, functionName) }
    const isProven = verdict.evidence['proven'] === true
    const key = rowKey(verdict)
    const same = waiting.rows.get(key)
    if (same) {
      same.count++
      same.lastAt = Math.max(same.lastAt, verdict.at)
      return
    }
    const { proven, unproven } = ROWS_MAX
    const bound = isProven ? proven + unproven : unproven
    if (waiting.rows.size >= bound) dropped++
    else
      waiting.rows.set(key, {
        ...verdict,
        functionName,
        count: 1,
        lastAt: verdict.at,
      })
  }

  const takeTally = (verdict: Verdict): void => {
    const hour = hourOf(verdict.at)
    const { call, shape } = shapeOf(hour, keptCall(verdict, nameOf))
    const key = `${hour} ${shape}`
    const same = waiting.tallies.get(key)
    if (same) same.count++
    else waiting.tallies.set(key, { hour, call, count: 1 })
  }

  const writeWaiting = async (): Promise<void> => {
    const batch = waiting
    if (batch.rows.size === 0 && batch.tallies.size === 0) return
    waiting = nothingWaits()
    try {
      await store.append([...batch.rows.values()], [...batch.tallies.values()])
    } catch (error) {
      onFailure(error)
      dropped += putBack(batch, waiting)
    }
  }

  const prune = async (): Promise<void> => {
    if (now() - prunedAt < PRUNE_EVERY_MS) return
    prunedAt = now()
    await store.prune({ before: prunedAt - keepDays * DAY_MS, maxRows }).catch(onFailure)
  }

  /** One batch at a time, whoever asks for it. */
  const flush = (): Promise<void> => (writing = writing.then(writeWaiting).then(prune))

  const writeInBackground = async (): Promise<void> => {
    while (waiting.tallies.size > 0 && !closing.signal.aborted) {
      await sleep(FLUSH_EVERY_MS, closing.signal).catch(() => undefined)
      await flush()
    }
    writer = undefined
  }

  return {
    record(verdict) {
      if (isClosed) return
      onVerdict(verdict)
      if (verdict.outcome !== 'admitted') takeRow(verdict)
      takeTally(verdict)
      writer ??= writeInBackground()
    },

    async query(query) {
      await flush()
      return store.find(query)
    },

    async dryRun(spaceId, since, policy) {
      await flush()
      return dryRun(await store.tallies(spaceId, since), policy, routes)
    },

    get state() {
      return { queued: waiting.rows.size + waiting.tallies.size, dropped }
    },

    async close() {
      isClosed = true
      closing.abort()
      await writer
      await flush()
    },
  }
}

function nothingWaits(): Waiting {
  return { rows: new Map(), tallies: new Map() }
}

/** What could not be written waits on, as far as there is room; answers how many calls lost their row. */
function putBack(batch: Waiting, { rows, tallies }: Waiting): number {
  let lost = 0
  for (const [key, pending] of batch.rows) {
    const same = rows.get(key)
    if (same) {
      same.count += pending.count
      same.at = Math.min(same.at, pending.at)
    } else if (rows.size < ROWS_MAX.proven + ROWS_MAX.unproven) rows.set(key, pending)
    else lost += pending.count
  }
  const shapesMax = 2 * (SHAPES_MAX.proven + SHAPES_MAX.known + SHAPES_MAX.invented)
  for (const [key, tally] of batch.tallies) {
    const same = tallies.get(key)
    if (same) same.count += tally.count
    else if (tallies.size < shapesMax) tallies.set(key, tally)
  }
  return lost
}

function rowKey({ spaceId, wire, target, outcome, code, reason, rule, evidence }: Verdict): string {
  return JSON.stringify([spaceId, wire, target, outcome, code, reason, rule, evidence])
}

/** Gives a call as it is while there are few shapes in its hour, and blurred from then on. */
function shapeBound(
  known: KnownNames,
): (hour: number, call: KeptCall) => { readonly call: KeptCall; readonly shape: string } {
  let current = 0
  const seen = { proven: new Set<string>(), known: new Set<string>(), invented: new Set<string>() }
  return (hour, call) => {
    if (hour > current) {
      current = hour
      for (const shapes of Object.values(seen)) shapes.clear()
    }
    const kind = call.evidence['proven'] === true ? 'proven' : isInvented(call, known) ? 'invented' : 'known'
    const shape = JSON.stringify(call)
    if (seen[kind].has(shape)) return { call, shape }
    if (seen[kind].size >= SHAPES_MAX[kind]) {
      const blurred = blurredCall(call, known)
      return { call: blurred, shape: JSON.stringify(blurred) }
    }
    seen[kind].add(shape)
    return { call, shape }
  }
}
