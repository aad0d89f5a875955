import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { KeyOf } from './replica.ts'
import type { Replica } from './start-replica.ts'

/** Users whose session keys are pushed, removed and read all the time, and what may be read of each. */
export interface ChangeModel {
  /** One change after another of each key, each by any replica, until `stop`. */
  start(): void
  stop(): Promise<void>
  /** Users from this number on are left as they are, and only read. */
  rest(from: number): void
  /** Every key once on every replica, newcomers included; all must show what was acknowledged last. */
  readAll(newcomers?: readonly Replica[]): Promise<void>
  /** How many changes were acknowledged and how many reads were judged so far. */
  readonly done: { readonly changes: number; readonly reads: number }
}

/** How long a replica may go on showing what another one has replaced, ms; its memory looks every 100. */
const STALE_MOST_MS = 2_000
/** Of all changes. */
const REMOVALS = 0.3
/** A reader rests so long, ms: the load is to be mixed, not to be a benchmark. */
const REST_MS = 4

interface Change {
  readonly number: number
  readonly isRemoval: boolean
  acknowledgedAt: number | undefined
}

/**
 * Judges each read by two laws. A replica that has shown a change shows nothing older later. And what was replaced or
 * removed, and acknowledged so, for longer than memories live unvouched is shown by no replica; at once by the one that
 * made the change. `random` in [0, 1).
 */
export function createChangeModel(deps: {
  readonly replicas: readonly Replica[]
  readonly users: number
  readonly random: () => number
}): ChangeModel {
  const { replicas, users, random } = deps
  const done = { changes: 0, reads: 0 }
  const histories = Array.from({ length: users }, (): Change[] => [
    { number: 0, isRemoval: true, acknowledgedAt: Number.NEGATIVE_INFINITY },
  ])
  /** By user and replica: the oldest change that may still be shown there. */
  const floors = histories.map(() => replicas.map(() => 0))
  let isRunning = false
  let restingFrom = users
  let loops: Promise<void>[] = []

  const keyOf = (user: number): KeyOf => ({ kind: 'session_key', app: 0, openid: `user-${user}` })

  async function change(user: number): Promise<void> {
    const history = histories[user] ?? assert.fail()
    const at = Math.floor(random() * replicas.length)
    const replica = replicas[at] ?? assert.fail()
    const next: Change = { number: history.length, isRemoval: random() < REMOVALS, acknowledgedAt: undefined }
    history.push(next)
    if (next.isRemoval) await replica.ask('remove', keyOf(user))
    else await replica.ask('set', keyOf(user), { session_key: `change-${next.number}` }, 3_600)
    next.acknowledgedAt = performance.now()
    raise(user, at, next.number)
    done.changes += 1
  }

  function raise(user: number, at: number, number: number): void {
    const floor = floors[user] ?? assert.fail()
    floor[at] = Math.max(floor[at] ?? 0, number)
  }

  /** The newest change that was acknowledged so long ago that every replica must know. */
  function acknowledged(user: number): number {
    const until = performance.now() - STALE_MOST_MS
    return histories[user]?.findLast(({ acknowledgedAt }) => (acknowledgedAt ?? Infinity) <= until)?.number ?? 0
  }

  async function read(user: number, at: number): Promise<void> {
    const replica = replicas[at] ?? assert.fail()
    raise(user, at, await judge(user, replica, () => floors[user]?.[at] ?? 0))
  }

  /** Answers the oldest change that it may have shown. */
  async function judge(user: number, replica: Replica, floor: () => number): Promise<number> {
    const history = histories[user] ?? assert.fail()
    const oldest = Math.max(floor(), acknowledged(user))
    const [answer = ''] = Object.keys(await replica.ask('get', keyOf(user), 1))
    const allowed = history.slice(oldest)
    const shown = allowed.find(({ number, isRemoval }) => (isRemoval ? 'null' : `change-${number}`) === answer)
    assert.ok(shown !== undefined, `user ${user}: read ${answer}, which is older than change ${oldest}, or none at all`)
    done.reads += 1
    return shown.number
  }

  async function changing(user: number): Promise<void> {
    while (isRunning) {
      if (user < restingFrom) await change(user)
      await sleep(REST_MS * 10 * random())
    }
  }

  async function reading(at: number): Promise<void> {
    while (isRunning) {
      await read(Math.floor(random() * users), at)
      await sleep(REST_MS * random())
    }
  }

  return {
    done,
    start() {
      isRunning = true
      loops = [...histories.keys()].map(changing)
      for (const at of replicas.keys()) loops.push(reading(at), reading(at))
    },
    async stop() {
      isRunning = false
      await Promise.all(loops)
    },
    rest(from) {
      restingFrom = from
    },
    async readAll(newcomers = []) {
      await sleep(STALE_MOST_MS)
      for (const user of histories.keys()) {
        await Promise.all(replicas.map((_, at) => read(user, at)))
        await Promise.all(newcomers.map((replica) => judge(user, replica, () => 0)))
      }
    },
  }
}
