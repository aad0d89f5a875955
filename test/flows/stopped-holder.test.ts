import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { miniProgram, officialAccount, openFleet, sum } from './fleet.ts'
import type { Fleet } from './fleet.ts'
import type { KeyOf, ReplicaOptions, Tally } from './replica.ts'
import type { Replica } from './start-replica.ts'
import { onRedis, onSqlite } from './stores.ts'
import type { OpenStores } from './stores.ts'

const CALLERS = 100
const UPSTREAM_TIMEOUT_MS = 400
/** The platform takes so long for one answer, well within the limit: time enough to be stopped in. */
const SLOW_MS = 200
/** A token that was replaced lives so long at the platform. */
const OVERLAP_MS = 300_000

const places = [
  { title: 'before the platform was asked', stopAt: 'asking' },
  { title: 'before the platform has answered', stopAt: undefined },
  { title: 'when the platform has answered', stopAt: 'answered' },
] as const

const endpoints: readonly {
  readonly title: string
  readonly path: string
  readonly app: ReplicaOptions['apps'][number]
}[] = [
  { title: 'stable_token', path: '/cgi-bin/stable_token', app: miniProgram },
  { title: 'the old endpoint', path: '/cgi-bin/token', app: { ...officialAccount, tokenEndpoint: 'legacy' } },
]

const stores: readonly { readonly title: string; readonly open: OpenStores }[] = [
  { title: 'SQLite', open: onSqlite },
  { title: 'Redis', open: onRedis },
]

const key: KeyOf = { kind: 'access_token', app: 0 }

describe('a replica stopped past its lease', { concurrency: 2 }, () => {
  for (const store of stores) {
    for (const { title, path, app } of endpoints) {
      describe(`in a refresh over ${title}, on ${store.title}`, { concurrency: true }, () => {
        for (const place of places) {
          test(`${place.title}: it overwrites nothing, and its callers get a live token`, async (t) => {
            const shared = await store.open(t)
            if (shared === undefined) return
            const options = { size: 1, apps: [app], upstreamTimeoutMs: UPSTREAM_TIMEOUT_MS, ...shared }
            await stoppedHolder(t, path, options, place.stopAt)
          })
        }
      })
    }
  }
})

async function stoppedHolder(
  t: TestContext,
  path: string,
  options: Partial<ReplicaOptions> & { readonly size: number },
  stopAt: ReplicaOptions['stopAt'],
): Promise<void> {
  const fleet = await openFleet(t, options)
  const { control } = fleet.simulator
  const other = fleet.replicas[0] ?? assert.fail()
  const holder = await fleet.add(stopAt === undefined ? {} : { stopAt })
  if (stopAt === undefined) control.failures.inject({ kind: 'stall', ms: SLOW_MS, path, count: 1 })

  const held = holder.ask('get', key, CALLERS)
  if (stopAt === undefined) {
    await fleet.until(() => fleet.calls(path) === 1)
    holder.stop()
  } else {
    await fleet.until(() => isStopped(holder))
  }
  // The other one waits for the lease to end, and asks by itself.
  const after = await other.ask('get', key, CALLERS)
  assertOneLiveToken(fleet, after)
  holder.go()
  assertOneLiveToken(fleet, await held)

  // Whatever the late one wrote would show now; and the token that was not the last dies soon.
  const passes = [0, 30_000, OVERLAP_MS]
  for (const ms of passes) {
    await fleet.pass(ms)
    await fleet.until(async () => {
      const answers = sum(await Promise.all(fleet.replicas.map((replica) => replica.ask('get', key, 5))))
      for (const answer of Object.keys(answers)) assert.ok(control.tokens.isLive(answer), answer.slice(0, 60))
      await sleep(150)
      return Object.keys(answers).length === 1
    })
  }
  assert.ok(fleet.calls(path) <= 2, `${fleet.calls(path)} calls`)
}

async function isStopped({ pid }: Replica): Promise<boolean> {
  return /^State:\s+T/m.test(await readFile(`/proc/${pid}/status`, 'utf8'))
}

function assertOneLiveToken(fleet: Fleet, answers: Tally): void {
  const [token = '', ...others] = Object.keys(answers)
  assert.deepEqual(others, [])
  assert.ok(fleet.simulator.control.tokens.isLive(token), token.slice(0, 60))
}
