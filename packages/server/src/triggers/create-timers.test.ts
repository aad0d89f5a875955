import assert from 'node:assert/strict'
import { after, afterEach, describe, it } from 'node:test'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { TimerTrigger } from '../functions/function-facts.ts'
import { createTimerClaims } from './timer-claims.ts'
import { createTimerSights } from './timer-sights.ts'
import {
  START,
  closeWorlds,
  createWorld,
  dueSeconds,
  facts,
  openDatabase,
  removeWorlds,
} from './timers-world-fixture.ts'

afterEach(closeWorlds)
after(removeWorlds)

const everyTenSeconds: TimerTrigger = { name: 'tick', cron: '*/10 * * * * * *' }
const everyHour: TimerTrigger = { name: 'hourly', cron: '0 0 * * * * *' }

describe('timers', () => {
  it('run each due moment once, with five replicas of which one is ahead and one is behind', async () => {
    const world = await createWorld(facts('clean', [everyTenSeconds]))
    for (const offMs of [0, 40_000, -25_000, 0, 3]) await world.start({ offMs })
    await world.clock.pass(120_000)
    const seconds = dueSeconds(world.calls)
    assert.deepEqual(
      seconds,
      Array.from({ length: seconds.length }, (_, index) => (seconds[0] ?? 0) + index * 10),
    )
    assert.ok(seconds.includes(0) && seconds.includes(120))
    const rows = await world.database.kysely.selectFrom('timer_runs').selectAll().execute()
    assert.equal(rows.length, seconds.length)
    assert.ok(new Set(rows.map(({ replica }) => replica)).size > 1)
    assert.deepEqual(new Set(rows.map(({ code }) => code)), new Set(['ok']))
  })

  it('tell a function and an object when and by which trigger they run', async () => {
    const world = await createWorld(facts('clean', [everyHour]), facts('todo', [everyHour], 'object'))
    await world.start()
    world.calls.length = 0
    await world.clock.pass(3_600_000)
    const timer = { trigger: 'hourly', dueAt: START + 3_600_000 }
    assert.deepEqual(
      world.calls.map(({ name, facts: { source, timer } }) => ({ name, source, timer })),
      [
        { name: 'clean', source: 'timing', timer },
        { name: 'todo', source: 'timing', timer },
      ],
    )
  })

  it('make up for what was due within the last minute while nobody ran, and for nothing before', async () => {
    const world = await createWorld(facts('clean', [{ name: 'tick', cron: '0 * * * * * *' }]))
    const first = await world.start()
    assert.deepEqual(dueSeconds(world.calls), [0])
    await first.close()
    world.clock.jump(630_000)
    await world.start()
    assert.deepEqual(dueSeconds(world.calls), [0, 600])
  })

  it('make up for nothing that was due before a trigger was there', async () => {
    const everyOther = (name: string) => facts(name, [{ name: 'tick', cron: '*/2 * * * * * *' }])
    const world = await createWorld(everyOther('old'))
    world.clock.jump(30_500)
    await world.start()
    assert.deepEqual(dueSeconds(world.calls), [])
    world.functions.push(everyOther('new'))
    await world.clock.pass(2000)
    assert.deepEqual(
      world.calls.map(({ name, facts: { timer } }) => [name, ((timer?.dueAt ?? 0) - START) / 1000]),
      [
        ['old', 32],
        ['new', 32],
      ],
    )
  })

  it('begin now with a trigger that was given another expression, or was away, while nobody ran', async () => {
    const world = await createWorld(facts('clean', [everyHour]))
    const first = await world.start()
    world.calls.length = 0
    await first.close()
    world.clock.jump(30_500)
    world.functions[0] = facts('clean', [{ name: 'hourly', cron: '*/2 * * * * * *' }])
    const second = await world.start()
    assert.deepEqual(dueSeconds(world.calls), [])
    await second.close()
    const empty = world.functions.splice(0)
    await (await world.start()).close()
    world.functions.push(...empty)
    world.calls.length = 0
    world.clock.jump(10_000)
    await world.start()
    assert.deepEqual(dueSeconds(world.calls), [])
  })

  it('begin where a clock that was a year ahead has seen them', async () => {
    const world = await createWorld(facts('clean', [everyTenSeconds]))
    world.clock.jump(365 * 86_400_000)
    await (await world.start()).close()
    world.clock.jump(-365 * 86_400_000)
    world.calls.length = 0
    await world.start()
    await world.clock.pass(20_000)
    assert.equal(world.calls.length, 3)
  })

  it('wait for a database that is away when a trigger is new, and run those that were there', async () => {
    const world = await createWorld(facts('old', [everyTenSeconds]))
    const sights = createTimerSights(world.database)
    let isAway = false
    await world.start({
      sights: (spaceId, triggers, at) =>
        isAway
          ? Promise.reject(new DrawbridgeError('STORE_UNAVAILABLE', { store: 'timers' }))
          : sights(spaceId, triggers, at),
    })
    isAway = true
    world.functions.push(facts('new', [everyTenSeconds]))
    world.calls.length = 0
    await world.clock.pass(12_000)
    assert.deepEqual(
      world.calls.map(({ name }) => name),
      ['old'],
    )
    isAway = false
    await world.clock.pass(8000)
    assert.deepEqual(world.calls.map(({ name }) => name).sort(), ['new', 'old', 'old'])
  })

  it('run nothing twice when the clock is set back, and go on from there', async () => {
    const world = await createWorld(facts('clean', [everyTenSeconds]))
    await world.start()
    await world.clock.pass(40_000)
    world.clock.jump(-30_000)
    await world.clock.pass(50_000)
    const seconds = dueSeconds(world.calls)
    assert.equal(new Set(seconds).size, seconds.length)
    assert.equal(seconds.at(-1), 60)
  })

  it('go on at once when a clock that was a day ahead is set right', async () => {
    const world = await createWorld(facts('clean', [everyTenSeconds]))
    await world.start()
    await world.clock.pass(10_000)
    world.clock.jump(86_400_000)
    await world.clock.pass(10_000)
    world.clock.jump(-86_400_000)
    world.calls.length = 0
    await world.clock.pass(20_000)
    assert.deepEqual(dueSeconds(world.calls), [30, 40])
  })

  it('of a machine that slept run what was due in the last minute, and nothing before', async () => {
    const world = await createWorld(facts('clean', [everyTenSeconds]))
    await world.start()
    await world.clock.pass(5000)
    world.calls.length = 0
    world.clock.jump(3_600_000)
    await world.clock.pass(1000)
    assert.deepEqual(dueSeconds(world.calls), [3550, 3560, 3570, 3580, 3590, 3600])
  })

  it('let one replica win, when all claim at the same moment', async () => {
    const world = await createWorld()
    const due = { spaceId: 'shop', name: 'clean', trigger: 'tick', dueAt: START }
    const rivals = await Promise.all(
      ['a', 'b', 'c', 'd', 'e'].map(async (name) => createTimerClaims(await openDatabase(world.path), name)),
    )
    const won = await Promise.all(rivals.map((claims) => claims.claim(due, START)))
    assert.equal(won.filter(Boolean).length, 1)
    assert.equal((await world.database.kysely.selectFrom('timer_runs').selectAll().execute()).length, 1)
  })

  it('name the file of a trigger that makes no sense, and run the others', async () => {
    const world = await createWorld(
      facts('clean', [
        { name: 'bad', cron: '0 0 99 * * * *' },
        { name: '1st', cron: '* * * * * * *' },
        everyHour,
        everyHour,
      ]),
    )
    await world.start()
    assert.equal(world.calls.length, 1)
    const faults = world.said.filter((line) => line.includes('/project/clean/package.json'))
    assert.equal(faults.length, 3)
    await world.clock.pass(5000)
    assert.equal(world.said.filter((line) => line.includes('/project/clean/package.json')).length, 3)
  })

  it('follow a project whose triggers change while they run', async () => {
    const world = await createWorld(facts('clean', [everyTenSeconds]))
    await world.start()
    await world.clock.pass(20_000)
    world.functions[0] = facts('clean', [{ name: 'tick', cron: '*/30 * * * * * *' }])
    world.calls.length = 0
    await world.clock.pass(60_000)
    assert.deepEqual(dueSeconds(world.calls), [30, 60])
    world.functions.length = 0
    await world.clock.pass(60_000)
    assert.deepEqual(dueSeconds(world.calls), [30, 60])
  })

  it('note how a run ended and do not repeat one that failed', async () => {
    const world = await createWorld(facts('clean', [everyHour]))
    world.work = () => Promise.reject(new DrawbridgeError('FUNCTION_TIMED_OUT'))
    await world.start()
    await world.clock.pass(5000)
    assert.equal(world.calls.length, 1)
    const [row] = await world.database.kysely.selectFrom('timer_runs').selectAll().execute()
    assert.equal(row?.code, 'FUNCTION_TIMED_OUT')
    assert.equal(row.ended_at, START)
    assert.ok(world.said.some((line) => line.includes('timer run failed')))
  })

  it('note that an object has no _timing', async () => {
    const world = await createWorld(facts('todo', [everyHour], 'object'))
    world.work = () => Promise.resolve('{"errCode":"METHOD_NOT_FOUND","errMsg":"","errSubject":"todo"}')
    await world.start()
    await world.clock.pass(2000)
    const [row] = await world.database.kysely.selectFrom('timer_runs').selectAll().execute()
    assert.equal(row?.code, 'FUNCTION_METHOD_UNKNOWN')
  })

  it('wait for no run before the next one, and for a run that never ends not longer than closing may take', async () => {
    const world = await createWorld(facts('slow', [everyTenSeconds]))
    world.work = () => new Promise(() => undefined)
    await world.start()
    const before = world.calls.length
    await world.clock.pass(20_000)
    assert.equal(world.calls.length, before + 2)
  })

  it('survive a database that is away for some seconds, and skip what it was away for too long', async () => {
    const world = await createWorld(facts('clean', [everyHour]))
    const claims = createTimerClaims(world.database, 'one')
    let isAway = false
    await world.start({
      claims: {
        ...claims,
        claim: (due, at) =>
          isAway
            ? Promise.reject(new DrawbridgeError('STORE_UNAVAILABLE', { store: 'timers' }))
            : claims.claim(due, at),
      },
    })
    world.calls.length = 0
    isAway = true
    await world.clock.pass(3_610_000)
    assert.deepEqual(dueSeconds(world.calls), [])
    isAway = false
    await world.clock.pass(5000)
    assert.deepEqual(dueSeconds(world.calls), [3600])
    isAway = true
    await world.clock.pass(3_700_000)
    isAway = false
    await world.clock.pass(5000)
    assert.deepEqual(dueSeconds(world.calls), [3600])
    assert.ok(world.said.some((line) => line.includes('timer run missed')))
  })

  it('forget after a week what was run', async () => {
    const world = await createWorld(facts('clean', [everyHour]))
    const claims = createTimerClaims(world.database, 'one')
    const due = { spaceId: 'shop', name: 'clean', trigger: 'old', dueAt: START - 8 * 86_400_000 }
    assert.ok(await claims.claim(due, START))
    assert.equal(await claims.claim(due, START), false)
    await world.start()
    const rows = await world.database.kysely.selectFrom('timer_runs').select('trigger_name').execute()
    assert.deepEqual(rows, [{ trigger_name: 'hourly' }])
  })
})
