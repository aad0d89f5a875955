import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { ownRedisTest } from '@drawbridge/bridge/testing'
import { miniProgram, officialAccount, openFleet } from './fleet.ts'
import type { Fleet } from './fleet.ts'
import { startRedisClockProxy } from './redis-clock-proxy.ts'
import type { KeyOf, Tally } from './replica.ts'
import type { Replica } from './start-replica.ts'

const OFF_MS = 600_000
const LIFE_MS = 7_200_000
const GENERATIONS = 3
const READS = 20

const apps = [miniProgram, { ...officialAccount, tokenEndpoint: 'legacy' as const }]
const keys: readonly KeyOf[] = [
  { kind: 'access_token', app: 0 },
  { kind: 'access_token', app: 1 },
]

interface ClockFleet {
  readonly fleet: Fleet
  /** For the platform, Redis and every replica alike. */
  pass(ms: number): Promise<void>
}

ownRedisTest(
  'of five replicas one is ten minutes fast and one slow: no dead token is served, and the platform is not called more',
  async (redis, t) => {
    const { fleet, pass } = await clockFleet(t, redis.port, [0, 0, 0, OFF_MS, -OFF_MS])
    await live(fleet, pass, t)
    for (const [at, offMs] of [0, 0, 0, OFF_MS, -OFF_MS].entries()) {
      await untilReported(fleet, fleet.replicas[at] ?? assert.fail(), offMs)
    }
  },
)

ownRedisTest(
  'a clock that is set wrong while a replica runs is noticed, told, and does no harm from then on',
  async (redis, t) => {
    const { fleet, pass } = await clockFleet(t, redis.port, [0, 0])
    const [first = assert.fail(), second = assert.fail()] = fleet.replicas
    await fleet.get({ kind: 'access_token', app: 0 }, 2)
    await first.ask('setClock', OFF_MS)
    await second.ask('setClock', -OFF_MS)
    await Promise.all([untilReported(fleet, first, OFF_MS), untilReported(fleet, second, -OFF_MS)])
    await live(fleet, pass, t)
  },
)

async function clockFleet(t: TestContext, port: number, clocksOffMs: readonly number[]): Promise<ClockFleet> {
  const proxy = await startRedisClockProxy(port)
  const fleet = await openFleet(t, { size: 0, apps, redisUrl: proxy.url })
  t.after(() => proxy.close())
  // No clock is brought: the bridge has the machine's, such as it is.
  for (const machineClockOffMs of clocksOffMs) await fleet.add({ machineClockOffMs })
  return {
    fleet,
    async pass(ms) {
      // Nobody may ask one clock before and another one after.
      proxy.hold()
      await fleet.pass(ms)
      proxy.pass(ms)
    },
  }
}

/** Through whole lives of tokens, in small steps around their ends: what is handed out is alive at that moment. */
async function live(fleet: Fleet, pass: ClockFleet['pass'], t: TestContext): Promise<void> {
  const steps = [
    ...Array.from({ length: 5 }, () => 1_200_000),
    ...Array.from({ length: 12 }, () => 50_000),
    ...Array.from({ length: 36 }, () => 25_000),
  ]
  const before = keys.map((_, index) => callsFor(fleet, index))
  let passedMs = 0
  for (let generation = 1; generation <= GENERATIONS; generation += 1) {
    for (const ms of steps) {
      for (const key of keys) assertAlive(fleet, await fleet.get(key, READS))
      for (const key of keys) await settled(fleet, key)
      await pass(ms)
      passedMs += ms
    }
    const calls = keys.map((_, index) => callsFor(fleet, index) - (before[index] ?? 0))
    t.diagnostic(`${passedMs / 60_000} min, calls: ${calls.join(', ')}`)
  }
  // One a life, and one for the life that the last minutes were already the next one's.
  const most = Math.ceil(passedMs / (LIFE_MS - 300_000)) + 1
  for (const index of keys.keys()) {
    const calls = callsFor(fleet, index) - (before[index] ?? 0)
    assert.ok(calls <= most, `${calls} calls for app ${index} in ${passedMs / 60_000} min`)
  }
}

function callsFor(fleet: Fleet, index: number): number {
  return fleet.simulator.control.calls.count({ appid: apps[index]?.appid })
}

async function settled(fleet: Fleet, key: KeyOf): Promise<void> {
  await fleet.until(async () => {
    const answers = await fleet.get(key, fleet.replicas.length)
    assertAlive(fleet, answers)
    return Object.keys(answers).length === 1
  })
}

function assertAlive(fleet: Fleet, answers: Tally): void {
  for (const answer of Object.keys(answers)) {
    assert.ok(fleet.simulator.control.tokens.isLive(answer), `a live token, not ${answer.slice(0, 60)}`)
  }
}

/** Waits until the last that it has told of its clock is that it is so far off. */
async function untilReported(fleet: Fleet, replica: Replica, offMs: number): Promise<void> {
  let toldMs: number | undefined
  await fleet.until(async () => {
    // Whoever asks for the time notices that a clock has jumped.
    await replica.ask('get', { kind: 'access_token', app: 0 }, 1)
    const events = await replica.ask('events')
    const told = events.findLast((event) => event.type === 'clock' && event.host === 'redis')
    if (told?.type === 'clock') toldMs = told.skewMs
    return toldMs !== undefined && Math.abs(toldMs - offMs) < 5_000
  })
}
