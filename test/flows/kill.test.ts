import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { App } from '@drawbridge/bridge'
import { miniProgram, openFleet } from './fleet.ts'
import type { Fleet } from './fleet.ts'
import type { KeyOf } from './replica.ts'
import { startReplica } from './start-replica.ts'
import type { Replica } from './start-replica.ts'
import { onRedis, onSqlite } from './stores.ts'

const KILLS = 100
const USERS = 4
/** Processes that are started ahead, so that a round need not wait for one. */
const READY = 3
/** From the first command to the end of the process. */
const LIFE_MOST_MS = 45
/** The platform is slow to answer every other call, so that many processes die waiting for it. */
const SLOW_MS = 15

/** What was done with one user's session key so far. */
interface History {
  /** Each change: the value it leaves, null for a removal. */
  readonly changes: (string | null)[]
  /** The oldest change that may be the last one in the stores: what was acknowledged, or seen. */
  floor: number
}

for (const [title, open] of [
  ['SQLite', onSqlite],
  ['Redis', onRedis],
] as const) {
  test(`kill -9 at ${KILLS} moments of refreshes and writes on ${title} loses nothing that was acknowledged`, async (t) => {
    const shared = await open(t)
    if (shared === undefined) return
    const apps = Array.from({ length: KILLS }, (_, round): App => {
      const appid = `wx${String(round).padStart(16, '0')}`
      return { ...miniProgram, appid, dcloudAppid: appid, tokenEndpoint: round % 2 === 0 ? 'stable' : 'legacy' }
    })
    const fleet = await openFleet(t, {
      size: 0,
      simulator: { apps: apps.map(({ appid, secret }) => ({ appid, secret, type: 'mp' })) },
      apps,
      upstreamTimeoutMs: 500,
      ...shared,
    })
    fleet.simulator.control.failures.inject({ kind: 'stall', ms: SLOW_MS, probability: 0.5 })
    const tokens = await killThemAll(t, fleet)
    fleet.simulator.control.failures.clear()

    const survivor = await fleet.add()
    let extra = 0
    for (const [round, { appid }] of apps.entries()) {
      const [token = ''] = Object.keys(await survivor.ask('get', { kind: 'access_token', app: round }, 1))
      assert.ok(fleet.simulator.control.tokens.isLive(token), `app ${round}: ${token.slice(0, 60)}`)
      const calls = fleet.simulator.control.calls.count({ appid })
      const kept = tokens[round]
      if (kept !== undefined)
        assert.deepEqual([token, calls], [kept, 1], `app ${round}: what a caller was given is kept`)
      assert.ok(calls <= 2, `app ${round}: ${calls} calls for one refresh`)
      extra += calls - 1
    }
    await survivor.ask('close')
    t.diagnostic(`${extra} of ${KILLS} refreshes were asked for once more`)
    assertWhole(fleet.sqlitePath)
  })
}

/** Rounds of: open, look whether all is there, work, die. Answers the token that each round's callers were given. */
async function killThemAll(t: TestContext, fleet: Fleet): Promise<readonly (string | undefined)[]> {
  const histories = Array.from({ length: USERS }, (): History => ({ changes: [null], floor: 0 }))
  const ready: Replica[] = []
  t.after(() => Promise.all(ready.map((replica) => replica.end())))
  const tokens: (string | undefined)[] = []
  for (let round = 0; round < KILLS; round += 1) {
    while (ready.length < READY) ready.push(startReplica())
    const replica = await fleet.add({}, ready.shift())
    for (const [user, history] of histories.entries()) await look(replica, user, history)
    const work = [
      ...histories.map((history, user) => change(replica, user, history)),
      replica.ask('get', { kind: 'access_token', app: round }, 3).then((answers) => {
        tokens[round] = Object.keys(answers)[0]
      }),
    ]
    const ended = Promise.allSettled(work)
    await sleep(LIFE_MOST_MS * Math.random())
    await replica.kill()
    await ended
    if (round % 25 === 24) {
      const changes = histories.reduce((total, history) => total + history.changes.length, 0)
      t.diagnostic(`${round + 1} killed, ${changes} changes begun`)
      assertWhole(fleet.sqlitePath)
    }
  }
  const last = await fleet.add()
  for (const [user, history] of histories.entries()) await look(last, user, history)
  return tokens
}

function keyOf(user: number): KeyOf {
  return { kind: 'session_key', app: 0, openid: `user-${user}` }
}

/** What is stored is the last acknowledged change, or one that was begun after it. */
async function look(replica: Replica, user: number, history: History): Promise<void> {
  const [answer = ''] = Object.keys(await replica.ask('get', keyOf(user), 1))
  const found = history.changes.findLastIndex(
    (value, number) => number >= history.floor && (value ?? 'null') === answer,
  )
  assert.ok(found >= 0, `user ${user}: found ${answer}, but change ${history.floor} was acknowledged`)
  // A removal cannot be told from another one; only what surely came after may count.
  history.floor = answer === 'null' ? history.floor : found
}

/** One change after another until the process dies. */
async function change(replica: Replica, user: number, history: History): Promise<void> {
  for (;;) {
    const number = history.changes.length
    const value = number % 3 === 0 ? null : `change-${number}`
    history.changes.push(value)
    if (value === null) await replica.ask('remove', keyOf(user))
    else await replica.ask('set', keyOf(user), { session_key: value }, 3_600)
    history.floor = number
  }
}

function assertWhole(path: string): void {
  const database = new DatabaseSync(path)
  try {
    assert.deepEqual({ ...database.prepare('pragma integrity_check').get() }, { integrity_check: 'ok' })
  } finally {
    database.close()
  }
}
