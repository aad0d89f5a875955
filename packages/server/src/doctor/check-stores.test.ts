import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { ownRedisTest } from '@drawbridge/bridge/testing'
import { Redis } from 'ioredis'
import { loadConfig } from '../config/load-config.ts'
import { createMachinery } from '../machinery/create-machinery.ts'
import type { Finding } from './finding.ts'
import { runDoctor } from './run-doctor.ts'

/** A doctor who has just come: opens the stores anew, as each run of the command does. */
async function examined(context: TestContext, redisUrl: string): Promise<readonly Finding[]> {
  const cwd = await mkdtemp(join(tmpdir(), 'drawbridge-doctor-'))
  context.after(() => rm(cwd, { recursive: true, force: true }))
  const now = (): number => Date.now()
  const sleep = async (ms: number): Promise<void> => wait(ms)
  const loaded = loadConfig({ env: {}, cwd, configText: JSON.stringify({ apps: [], store: { redisUrl } }) })
  const machinery = createMachinery({ now, sleep })
  const findings = await runDoctor({ loaded, machinery, mayAskPlatform: false, now, onPart: () => undefined })
  return findings.filter(({ check }) => check === 'store')
}

const short = (findings: readonly Finding[]): unknown =>
  findings.map(({ state, subject, en }) => [state, subject, en.slice(0, 47)])

const answers = [
  ['ok', 'sqlite', 'It answers.'],
  ['ok', 'redis', 'It answers.'],
]
const record = ['ok', 'record', 'A record was written, read and removed.']

ownRedisTest('the doctor finds nothing wrong with a Redis that answers, however often', async (redis, context) => {
  for (let round = 0; round < 3; round += 1)
    assert.deepEqual(short(await examined(context, redis.url)), [...answers, record])
})

ownRedisTest('the doctor finds a Redis gone that was stopped', async (redis, context) => {
  await redis.kill()
  const found = await examined(context, redis.url)
  assert.deepEqual(short(found), [answers[0], ['error', 'redis', 'It does not answer: gone.'], record])
})

ownRedisTest('the doctor warns of a Redis that throws keys away when it is full', async (redis, context) => {
  const client = new Redis(redis.url)
  context.after(() => client.disconnect())
  await client.config('SET', 'maxmemory-policy', 'allkeys-lru')
  assert.deepEqual(short(await examined(context, redis.url)), [...answers, record], 'there is no limit')
  await client.config('SET', 'maxmemory', '64mb')
  const found = await examined(context, redis.url)
  const warning = ['warning', 'redis', 'When its memory is full it throws keys away (ma']
  assert.deepEqual(short(found), [...answers, warning, record])
  assert.match(found[2]?.en ?? '', /maxmemory-policy allkeys-lru/)
  assert.match(found[2]?.zh ?? '', /maxmemory-policy allkeys-lru/)
  assert.match(`${found[2]?.remedyEn} ${found[2]?.remedyZh}`, /noeviction.*noeviction/)
  await client.config('SET', 'maxmemory-policy', 'noeviction')
  assert.deepEqual(short(await examined(context, redis.url)), [...answers, record])
})

ownRedisTest('what Redis does not let the doctor see is said to be unseen, and is no fault', async (redis, context) => {
  const client = new Redis(redis.url)
  context.after(() => client.disconnect())
  const setUser = (...rights: readonly string[]) =>
    client.call('ACL', 'SETUSER', 'bridge', 'reset', 'on', '>word', '~*', '&*', '+@all', ...rights)
  const url = redis.url.replace('//', '//bridge:word@')
  await setUser('-config', '-info', '+info|server')
  const unseen = ['skipped', 'redis', 'Whether it throws keys away could not be looked']
  assert.deepEqual(short(await examined(context, url)), [...answers, unseen, record])
  await setUser('-info')
  const behind = ['warning', 'redis', 'It answers, and is not used: it has not yet wha']
  assert.deepEqual(short(await examined(context, url)), [answers[0], behind, record])
})
