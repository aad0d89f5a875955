import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { ownRedisTest, startRedisProxy } from '@drawbridge/bridge/testing'
import type { RedisProxy } from '@drawbridge/bridge/testing'
import { createChangeModel } from './change-model.ts'
import { openFleet } from './fleet.ts'
import type { KeyOf } from './replica.ts'

const REPLICAS = 3
const USERS = 6
const PHASE_MS = 1_800

const token: KeyOf = { kind: 'access_token', app: 0 }

ownRedisTest(
  'whatever becomes of Redis, no read fails, and nothing that was replaced or removed comes back',
  async (redis, t) => {
    let seed = 7
    const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647
    const proxies: RedisProxy[] = []
    for (let replica = 0; replica < REPLICAS; replica += 1) proxies.push(await startRedisProxy(redis.port, random))
    t.after(() => Promise.all(proxies.map((proxy) => proxy.close())))
    const fleet = await openFleet(t, { size: 0 })
    for (const { url } of proxies) await fleet.add({ redisUrl: url })
    const { replicas } = fleet
    const isRedisUsed = async (): Promise<boolean> => {
      const tiers = await Promise.all(replicas.map((replica) => replica.ask('health')))
      return tiers.every(({ redis: isUp }) => isUp === 1)
    }
    await fleet.until(isRedisUsed)

    const [good = ''] = Object.keys(await fleet.get(token, REPLICAS))
    const model = createChangeModel({ replicas, users: USERS, random })
    const failures: unknown[] = []
    let isOver = false
    /** The one record that never changes: every read of it must be it. */
    const readers = replicas.map(async (replica) => {
      while (!isOver) {
        const answers = await replica.ask('get', token, 5)
        if (answers[good] !== 5) failures.push(answers)
        await sleep(5)
      }
    })

    const phases: readonly (readonly [string, () => unknown])[] = [
      ['well', () => undefined],
      ['saving what it holds', () => redis.snapshot()],
      ['failing 5 % of its commands', () => proxies.forEach((proxy) => proxy.fail(0.05))],
      ['well again', () => proxies.forEach((proxy) => proxy.heal())],
      ['accepting, and never answering', () => redis.pause()],
      ['answering again', () => redis.resume()],
      ['emptied', () => redis.flush()],
      ['hanging for one replica alone', () => proxies[0]?.hang()],
      ['well again', () => proxies.forEach((proxy) => proxy.heal())],
      // Changed after what Redis has saved, and not while it is down: nothing is missing there that anybody could bring.
      ['some users resting', () => model.rest(USERS / 2)],
      ['down', () => redis.kill()],
      ['back, with what it held long ago', () => redis.start()],
    ]
    model.start()
    for (const [phase, begin] of phases) {
      await begin()
      await sleep(PHASE_MS)
      t.diagnostic(`${phase}: ${model.done.changes} changes, ${model.done.reads} reads`)
    }
    await model.stop()
    isOver = true
    await Promise.all(readers)
    await fleet.until(isRedisUsed)
    // One that has seen nothing of all this knows only what the stores say.
    const newcomer = await fleet.add({ redisUrl: redis.url })
    await fleet.until(async () => (await newcomer.ask('health'))['redis'] === 1)
    await model.readAll([newcomer])

    assert.deepEqual(failures.slice(0, 3), [])
    assert.equal(fleet.calls('/cgi-bin/stable_token'), 1)
    assert.ok(model.done.changes > 300 && model.done.reads > 1_000, JSON.stringify(model.done))
  },
)
