import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DrawbridgeError } from '@drawbridge/protocol'
import { loadConfig } from '../config/load-config.ts'
import { checkPlatforms } from './check-platforms.ts'

const masterKey = Buffer.alloc(32).toString('base64')
const app = (platform: string, appid: string) => ({ platform, appid, secret: 's' })

function configFor(apps: readonly object[]) {
  const env = { DRAWBRIDGE_MASTER_KEY: masterKey }
  const { config } = loadConfig({ env, cwd: '/nowhere', configText: JSON.stringify({ apps }) })
  assert.ok(config)
  return config
}

const now = () => 1_000_000_000_000

describe('the doctor’s look at the platforms', () => {
  it('asks each host that the apps need once, and no other', async () => {
    const asked: string[] = []
    const config = configFor([app('weixin-mp', 'a'), app('weixin-h5', 'b'), app('qq-mp', 'c')])
    const findings = await checkPlatforms({
      config,
      probe: async (url) => {
        asked.push(url)
        return { status: 404, date: now(), tookMs: 10 }
      },
      now,
    })
    assert.deepEqual(asked, ['https://api.weixin.qq.com', 'https://api.q.qq.com'])
    assert.ok(findings.every(({ state }) => state === 'ok'))
  })

  it('tells a clock that is a little off from one that is far off, and in which direction', async () => {
    const clockWith = async (skewMs: number) => {
      const probe = async () => ({ status: 200, date: now() - skewMs, tookMs: 0 })
      const findings = await checkPlatforms({ config: configFor([app('weixin-mp', 'a')]), probe, now })
      return findings.find(({ check }) => check === 'clock')
    }
    assert.equal((await clockWith(1000))?.state, 'ok')
    assert.equal((await clockWith(20_000))?.state, 'warning')
    assert.match((await clockWith(20_000))?.en ?? '', /20 s ahead/)
    assert.equal((await clockWith(-120_000))?.state, 'error')
    assert.match((await clockWith(-120_000))?.zh ?? '', /慢/)
  })

  it('says which platform cannot be reached', async () => {
    const probe = async () => {
      throw new DrawbridgeError('UPSTREAM_UNREACHABLE', {})
    }
    const [finding] = await checkPlatforms({ config: configFor([app('weixin-mp', 'a')]), probe, now })
    assert.deepEqual(
      [finding?.check, finding?.state, finding?.subject],
      ['platform', 'error', 'https://api.weixin.qq.com'],
    )
  })
})
