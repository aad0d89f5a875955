import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { ownRedisTest } from '@drawbridge/bridge/testing'
import { loadConfig } from '../../config/load-config.ts'
import { createMachinery } from '../../machinery/create-machinery.ts'

const APPID = 'wx1111111111111111'

ownRedisTest('without its Redis a server is degraded, and credentials are read all the same', async (redis, t) => {
  const cwd = await mkdtemp(join(tmpdir(), 'drawbridge-readiness-'))
  t.after(() => rm(cwd, { recursive: true, force: true }))
  const configText = JSON.stringify({
    apps: [{ platform: 'weixin-mp', appid: APPID, secret: '1'.repeat(32), dcloudAppid: '__UNI__READY' }],
    callers: { allowList: ['127.0.0.1'] },
    store: { redisUrl: redis.url },
    port: 0,
  })
  const { config } = loadConfig({ env: {}, cwd, configText })
  assert.ok(config)
  const sleep = async (ms: number, signal?: AbortSignal): Promise<void> =>
    wait(ms, undefined, { ref: false, ...(signal && { signal }) })
  const { startServer } = createMachinery({ now: () => Date.now(), sleep })
  const server = await startServer({ ...config, port: 0 }, { log: 'none' })
  t.after(() => server.close())
  const readiness = async (): Promise<readonly [number, unknown]> => {
    const reply = await fetch(`${server.endpoint}/readyz`)
    return [reply.status, await reply.json()]
  }
  const user = `${server.endpoint}/v1/apps/weixin-mp/${APPID}/users/o1/session-key`
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ value: { session_key: 'kept' } })
  assert.equal((await fetch(user, { method: 'PUT', headers, body })).status, 204)
  const sqlite = { tier: 'sqlite', ok: true }
  assert.deepEqual(await readiness(), [200, { status: 'ready', tiers: [sqlite, { tier: 'redis', ok: true }] }])

  await redis.kill()
  const [status, told] = await readiness()
  const { tiers, ...rest } = told as { status: string; tiers: readonly { tier: string; ok: boolean }[] }
  assert.deepEqual([status, rest], [200, { status: 'degraded' }])
  assert.deepEqual(
    tiers.map(({ tier, ok }) => [tier, ok]),
    [
      ['sqlite', true],
      ['redis', false],
    ],
  )
  const read = await fetch(user)
  assert.equal(read.status, 200)
  assert.deepEqual(((await read.json()) as { value: unknown }).value, { session_key: 'kept' })

  await redis.start()
  while (((await readiness())[1] as { status: string }).status !== 'ready') await wait(50)
})
