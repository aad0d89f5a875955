import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { demandConfig, loadConfig } from '../config/load-config.ts'
import { readOrigin } from '../files/public-origin.ts'
import { createLog } from '../log/create-log.ts'
import { createMetrics } from '../metrics/create-metrics.ts'
import { openReplica } from './open-replica.ts'
import { openSpaceSide } from './open-space-side.ts'

/** The space `shop` with the function `pay`, and what its server has logged of policies. */
async function openShop(context: TestContext, manifest: object) {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-space-side-'))
  const pay = join(folder, 'uniCloud', 'cloudfunctions', 'pay')
  mkdirSync(pay, { recursive: true })
  writeFileSync(join(pay, 'index.js'), 'exports.main = async () => 1\n')
  const write = (content: object): void => writeFileSync(join(pay, 'package.json'), JSON.stringify(content, null, 1))
  write(manifest)
  const says = {
    dataDir: 'data',
    spaces: [{ spaceId: 'shop', clientSecret: 'plain-for-tests', functions: '.' }],
    secureNetwork: { mode: 'monitor', apps: [{ appId: 'A', platform: 'android' }] },
  }
  writeFileSync(join(folder, 'drawbridge.config.json'), JSON.stringify(says))
  const config = demandConfig(loadConfig({ env: {}, cwd: folder }))
  const lines: string[] = []
  const log = createLog({ level: 'info', destination: { write: (line) => void lines.push(line) } })
  const now = Date.now
  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    wait(ms, undefined, { ref: false, ...(signal && { signal }) })
  const replica = await openReplica(config, { now, sleep })
  const metrics = createMetrics({ now, processMetrics: false })
  const ownOrigin = () => readOrigin('http://127.0.0.1:1')
  const side = await openSpaceSide(config, { connected: replica.connected, log, metrics, now, sleep, ownOrigin })
  context.after(async () => {
    await side.stop()
    await side.close()
    await replica.connected.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const { functions, policies } = side.served
  assert.ok(functions && policies)
  const told = () =>
    lines
      .splice(0)
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ event }) => /policy (of|without)|not loaded/.test(String(event)))
  return { side, functions, policies, write, told }
}

test('what a policy does not do is logged at the start, after new code, and after another mode', async (context) => {
  const { side, functions, policies, write, told } = await openShop(context, {})
  side.start()
  assert.deepEqual(told(), [])

  write({ drawbridge: { policy: [{}] } })
  await functions.reload('shop')
  assert.deepEqual(
    told().map(({ event, code, name }) => [event, code, name]),
    [['policy without effect', 'POLICY_NOT_IN_FORCE', 'pay']],
  )
  await functions.reload('shop')
  assert.deepEqual(told(), [])

  const by = { caller: 'cli:ann', address: '', requestId: 'r' }
  await policies.change('shop', { mode: 'enforce' }, by)
  assert.deepEqual(told(), [])
  await policies.change('shop', { mode: 'off' }, by)
  const [finding] = told()
  assert.match(String(finding?.['message']), /the mode is off/)
})

test('a wrong policy is logged as that, with its code, place and remedy, and not as a function that is not loaded', async (context) => {
  const { functions, write, told } = await openShop(context, {})
  told()
  write({ drawbridge: { policy: [{ platform: 'weixin-mp' }] } })
  await functions.reload('shop')
  const [line, ...others] = told()
  assert.deepEqual(others, [])
  const { event, level, code, name, line: at, remedy, remedyZh, message } = line ?? {}
  assert.deepEqual([event, level, code, name, at], ['policy of a function', 'warn', 'RULE_PLATFORM_UNKNOWN', 'pay', 5])
  assert.match(String(remedy), /^Write mp-weixin/)
  assert.match(String(remedyZh), /mp-weixin/)
  assert.match(String(message), /^drawbridge\.policy\[0\]\.platform: .* nobody may call the function\.$/)
})
