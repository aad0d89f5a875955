import type { Call } from '../http/call.ts'
import type { Random } from '../random/random.ts'
import { SimulatorError } from '../simulator-error.ts'
import type { App } from '../state/apps.ts'
import type { FailureParams } from './failure.ts'
import { failureTable } from './table.ts'
import type { FailureKind } from './table.ts'

/** A failure to inject: what, where, how often and when. What is absent does not narrow it. */
export interface FailureInput extends FailureParams {
  readonly kind: FailureKind
  /** WeChat's own path: `/cgi-bin/token`. */
  readonly path?: string | undefined
  readonly appid?: string | undefined
  /** Lets so many matching calls pass first. */
  readonly skip?: number | undefined
  /** Strikes so many calls and is then spent. */
  readonly count?: number | undefined
  /** The chance of each matching call, 0 to 1. */
  readonly probability?: number | undefined
  /** The window, in ms since the epoch by the simulator's clock. */
  readonly from?: number | undefined
  readonly until?: number | undefined
  /** The window from now: begins in so many ms, and lasts so many. */
  readonly afterMs?: number | undefined
  readonly forMs?: number | undefined
}

/** An injected failure. */
export interface Failure extends FailureInput {
  readonly id: string
  /** How many calls it has struck so far. */
  readonly struck: number
}

/** The failures in force. */
export interface FailureBook {
  /** Throws FAILURE_UNKNOWN or FAILURE_INVALID. Returns the id. */
  inject(input: FailureInput): string
  /** Those that strike this call, in the order of injection; counts are used up by it. */
  strike(call: Pick<Call, 'path'>, app: App | undefined): Failure[]
  /** Is one of this kind in force, whatever the path? Uses a count up. For failures that strike no call. */
  strikeKind(kind: FailureKind, app?: App): boolean
  list(): Failure[]
  remove(id: string): boolean
  clear(): void
}

interface Held {
  readonly input: FailureInput
  readonly id: string
  toSkip: number
  struck: number
}

/** Makes an empty book. */
export function createFailureBook({
  now,
  random,
}: {
  readonly now: () => number
  readonly random: Random
}): FailureBook {
  const held = new Map<string, Held>()
  let made = 0

  const isSpent = ({ input, struck }: Held): boolean =>
    struck >= (input.count ?? Infinity) || now() >= (input.until ?? Infinity)
  const takes = (failure: Held): boolean => {
    const { input } = failure
    if (now() < (input.from ?? -Infinity)) return false
    if (failure.toSkip > 0) {
      failure.toSkip -= 1
      return false
    }
    if (input.probability !== undefined && random.fraction('failure') >= input.probability) return false
    failure.struck += 1
    return true
  }
  const struckBy = (wants: (failure: Held) => boolean): Failure[] => {
    if (held.size === 0) return []
    const hits: Failure[] = []
    for (const failure of held.values()) {
      if (isSpent(failure)) held.delete(failure.id)
      else if (wants(failure) && takes(failure)) hits.push(shown(failure))
    }
    return hits
  }

  return {
    inject(input) {
      const { afterMs, forMs, ...rest } = checkedFailure(input)
      const from = rest.from ?? (afterMs === undefined ? undefined : now() + afterMs)
      const until = rest.until ?? (forMs === undefined ? undefined : (from ?? now()) + forMs)
      const id = `failure-${(made += 1)}`
      held.set(id, { input: { ...rest, from, until }, id, toSkip: rest.skip ?? 0, struck: 0 })
      return id
    },
    strike: (call, app) =>
      struckBy(
        ({ input }) => matches(input, call.path, app) && (failureTable[input.kind].paths?.includes(call.path) ?? true),
      ),
    strikeKind: (kind, app) =>
      struckBy(({ input }) => input.kind === kind && (input.appid === undefined || input.appid === app?.appid)).length >
      0,
    list: () => [...held.values()].filter((failure) => !isSpent(failure)).map(shown),
    remove: (id) => held.delete(id),
    clear: () => held.clear(),
  }
}

function shown({ input, id, struck }: Held): Failure {
  return { ...input, id, struck }
}

function matches(input: FailureInput, path: string, app: App | undefined): boolean {
  if (input.path !== undefined && input.path !== path) return false
  return input.appid === undefined || input.appid === app?.appid
}

const numbers = [
  'skip',
  'count',
  'probability',
  'from',
  'until',
  'afterMs',
  'forMs',
  'errcode',
  'ms',
  'entries',
  'by',
] as const
const fields = new Set<string>(['kind', 'path', 'appid', 'errmsg', 'value', ...numbers])

function checkedFailure(input: FailureInput): FailureInput {
  if (!Object.hasOwn(failureTable, input.kind)) {
    throw new SimulatorError('FAILURE_UNKNOWN', `There is no failure ${JSON.stringify(input.kind)}.`)
  }
  const wrong = (what: string): never => {
    throw new SimulatorError('FAILURE_INVALID', `The failure's ${what}.`)
  }
  for (const field of Object.keys(input)) if (!fields.has(field)) wrong(`field "${field}" is not known`)
  for (const field of numbers) {
    const value: unknown = input[field]
    if (value !== undefined && (typeof value !== 'number' || Number.isNaN(value)))
      wrong(`field "${field}" must be a number`)
  }
  const { probability = 1, path } = input
  if (probability < 0 || probability > 1) wrong('probability must be from 0 to 1')
  return path === undefined || path.startsWith('/') ? input : { ...input, path: `/${path}` }
}
