import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { App, Bridge } from '@drawbridge/bridge'
import { createApps } from '@drawbridge/bridge'
import { createMetrics } from './create-metrics.ts'

const NOW = 1_700_000_000_000
const app: App = {
  platform: 'weixin-mp',
  appid: 'wx1',
  secret: 'SECRETMARKER',
  dcloudAppid: '__UNI__A',
  tokenEndpoint: 'stable',
}

function bridge(forcedAt: readonly number[] = []): Bridge {
  const unused = (): never => assert.fail('not asked for by metrics')
  return {
    apps: createApps([app]),
    peek: ({ kind }) =>
      kind === 'access_token'
        ? {
            value: { access_token: 'SECRETMARKER' },
            expiresAt: NOW + 90_000,
            obtainedAt: NOW,
            source: 'platform',
            revision: 1,
          }
        : undefined,
    lastRefresh: async () => ({
      by: 'r',
      at: NOW,
      reason: 'forced',
      outcome: 'ok',
      failures: 0,
      retryAt: 0,
      forcedAt,
    }),
    list: unused,
    get: unused,
    set: unused,
    remove: unused,
    reportInvalid: unused,
    refresh: unused,
    runSchedule: unused,
    start: unused,
    health: unused,
    close: unused,
  }
}

async function rendered(metrics: ReturnType<typeof createMetrics>, forcedAt: readonly number[] = []): Promise<string> {
  return metrics.render({ bridge: bridge(forcedAt), audit: { queued: 3, dropped: 4 } })
}

function metricsWithoutProcess() {
  return createMetrics({ now: () => NOW, processMetrics: false })
}

test('refreshes are counted by outcome and reason, upstream calls by errcode, reads by tier', async () => {
  const metrics = metricsWithoutProcess()
  const refresh = {
    type: 'refresh',
    storageKey: 's',
    platform: 'weixin-mp',
    appid: 'wx1',
    kind: 'access_token',
    durationMs: 1,
  } as const
  metrics.onBridgeEvent({ ...refresh, reason: 'ahead', outcome: 'ok' })
  metrics.onBridgeEvent({ ...refresh, reason: 'reported', outcome: 'failed' })
  metrics.onBridgeEvent({
    type: 'upstream',
    platform: 'weixin-mp',
    appid: 'wx1',
    path: '/cgi-bin/stable_token',
    errcode: 45009,
    durationMs: 3,
  })
  metrics.onBridgeEvent({
    type: 'upstream',
    platform: 'weixin-mp',
    appid: 'wx1',
    path: '/cgi-bin/stable_token',
    durationMs: 3,
  })
  metrics.onBridgeEvent({ type: 'read', kind: 'ticket', tier: 'fast' })
  metrics.onMemoryRead('ticket')
  metrics.onMemoryRead('ticket')
  const text = await rendered(metrics)
  for (const line of [
    'drawbridge_refreshes_total{platform="weixin-mp",kind="access_token",reason="ahead",outcome="ok"} 1',
    'drawbridge_refreshes_total{platform="weixin-mp",kind="access_token",reason="reported",outcome="failed"} 1',
    'drawbridge_upstream_seconds_count{platform="weixin-mp",path="/cgi-bin/stable_token",errcode="45009"} 1',
    'drawbridge_upstream_seconds_count{platform="weixin-mp",path="/cgi-bin/stable_token",errcode="none"} 1',
    'drawbridge_reads_total{kind="ticket",tier="fast"} 1',
    'drawbridge_reads_total{kind="ticket",tier="memory"} 2',
    'drawbridge_audit_queued 3',
    'drawbridge_audit_dropped_total 4',
  ]) {
    assert.ok(text.includes(`${line}\n`), line)
  }
  assert.ok((await rendered(metrics)).includes('drawbridge_reads_total{kind="ticket",tier="memory"} 2\n'))
})

test('remaining life and the day’s forced refreshes are told for each app, and no secret is', async () => {
  const text = await rendered(metricsWithoutProcess(), [NOW - 60_000, NOW - 120_000])
  assert.ok(
    text.includes('drawbridge_credential_remaining_seconds{platform="weixin-mp",appid="wx1",kind="access_token"} 90\n'),
  )
  assert.ok(text.includes('drawbridge_forced_refreshes_left{platform="weixin-mp",appid="wx1"} 18\n'))
  assert.doesNotMatch(text, /SECRETMARKER/)
})

test('latencies fall into buckets that add up', async () => {
  const metrics = metricsWithoutProcess()
  for (const seconds of [0.0001, 0.0005, 0.002, 99]) metrics.onRequest('readTicket', 200, seconds)
  metrics.onRequest('readTicket', 403, 0.002)
  const text = await rendered(metrics)
  const bucket = (le: string): string => `drawbridge_request_seconds_bucket{le="${le}",route="readTicket",status="200"}`
  assert.ok(text.includes(`${bucket('0.0005')} 2\n`))
  assert.ok(text.includes(`${bucket('0.0025')} 3\n`))
  assert.ok(text.includes(`${bucket('10')} 3\n`))
  assert.ok(text.includes(`${bucket('+Inf')} 4\n`))
  assert.ok(text.includes('drawbridge_request_seconds_count{route="readTicket",status="200"} 4\n'))
  assert.ok(text.includes('drawbridge_request_seconds_count{route="readTicket",status="403"} 1\n'))
})

test('a platform that invents errcodes makes no endless list of them', async () => {
  const metrics = metricsWithoutProcess()
  for (let errcode = 1; errcode <= 500; errcode++) {
    metrics.onBridgeEvent({ type: 'upstream', platform: 'qq-mp', appid: 'q', path: '/x', errcode, durationMs: 1 })
  }
  const text = await rendered(metrics)
  assert.ok((text.match(/drawbridge_upstream_seconds_count/g) ?? []).length <= 61)
  assert.match(text, /errcode="other"} 440/)
})
