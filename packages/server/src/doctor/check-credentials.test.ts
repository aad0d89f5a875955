import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { App, Bridge, CredentialSummary } from '@drawbridge/bridge'
import { checkCredentials } from './check-credentials.ts'

const app: App = { platform: 'weixin-mp', appid: 'wx1', secret: 's', dcloudAppid: '*', tokenEndpoint: 'stable' }
const now = () => 1_000_000

function summary(appid: string, more: Partial<CredentialSummary> = {}): CredentialSummary {
  return {
    storageKey: `uni-id:weixin-mp:${appid}:access-token`,
    platform: 'weixin-mp',
    appid,
    kind: 'access_token',
    obtainedAt: 0,
    expiresAt: now() + 60_000,
    source: 'platform',
    revision: 1,
    ...more,
  }
}

const failed = (error: object) =>
  ({ by: 'r', at: 0, reason: 'ahead', outcome: 'failed', failures: 3, retryAt: 0, forcedAt: [], error }) as NonNullable<
    CredentialSummary['lastRefresh']
  >

function holding(
  all: readonly CredentialSummary[],
  note?: CredentialSummary['lastRefresh'],
): Pick<Bridge, 'list' | 'lastRefresh'> {
  return {
    lastRefresh: () => Promise.resolve(note),
    list({ after, limit }) {
      const from = after === undefined ? 0 : all.findIndex(({ storageKey }) => storageKey === after) + 1
      return Promise.resolve(all.slice(from, from + limit))
    },
  }
}

describe('the doctor’s look at the credentials', () => {
  it('explains why the last refresh failed, and for how long the old value is still served', async () => {
    const lastRefresh = failed({ code: 'UPSTREAM_FAILED', errcode: 45009 })
    const bridge = holding([summary('wx1', { lastRefresh })])
    const [finding] = await checkCredentials(bridge, [], now)
    assert.ok(finding)
    assert.equal(finding.state, 'warning')
    assert.match(finding.en, /3 refreshes failed.*60 s.*45009: .*quota/)
    assert.equal(finding.errcode, 45009)
  })

  it('calls it an error when nothing is served any more', async () => {
    const lastRefresh = failed({ code: 'UPSTREAM_FAILED', errcode: 40125 })
    const bridge = holding([summary('wx1', { lastRefresh, expiresAt: now() })])
    const [finding] = await checkCredentials(bridge, [], now)
    assert.equal(finding?.state, 'error')
  })

  it('names what is scheduled and not there', async () => {
    const schedule = [{ app, task: 'accessToken' }] as const
    const subjects = async (stored: readonly CredentialSummary[]) =>
      (await checkCredentials(holding(stored), schedule, now)).filter(({ state }) => state === 'warning').length
    assert.equal(await subjects([]), 1)
    assert.equal(await subjects([summary('wx1')]), 0)
  })

  it('tells why what is scheduled could never be had', async () => {
    const schedule = [{ app, task: 'accessToken' }] as const
    const note = failed({ code: 'UPSTREAM_FAILED', errcode: 40164 })
    const [finding] = await checkCredentials(holding([], note), schedule, now)
    assert.equal(finding?.errcode, 40164)
  })

  it('reads every page', async () => {
    const all = Array.from({ length: 450 }, (_, index) => summary(`wx${String(index).padStart(4, '0')}`))
    const findings = await checkCredentials(holding(all), [], now)
    assert.match(findings.at(-1)?.en ?? '', /^450 /)
  })
})
