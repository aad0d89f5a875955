import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'
import type { Bridge, BridgeEvent, CredentialKind } from '@drawbridge/bridge'
import { forcesLeft } from '@drawbridge/bridge'
import type { HostEvent } from '../functions/host-event.ts'
import type { GatewayEvent } from '../gateway/gateway-event.ts'
import type { IdentityEvent } from '../identity/identity-event.ts'
import type { Verdict } from '../secure-network/verdict.ts'
import { boundedLabel } from './bounded-label.ts'
import { createFunctionMetrics } from './create-function-metrics.ts'
import { createSocketMetrics } from './create-socket-metrics.ts'
import { createRequestTally } from './request-tally.ts'

/** What the process measures. Labels take few values each: no openid, no caller and nothing secret is one. */
export interface Metrics {
  /** Counts an event of the bridge. */
  onBridgeEvent(event: BridgeEvent): void
  /** Counts an event of the function host, or of a login. */
  onFunctionEvent(event: HostEvent | IdentityEvent): void
  /** Counts the gateway's sockets. */
  onGatewayEvent(event: GatewayEvent): void
  /** Counts a verdict of the secure network. */
  onVerdict(verdict: Verdict): void
  /** A credential that was served from this process's memory, without asking the bridge further. */
  onMemoryRead(kind: CredentialKind): void
  /** One answered request. `route` is a route's own path or id, never the path as sent. */
  onRequest(route: string, status: number, seconds: number): void
  /** The text for Prometheus. */
  render(state: {
    readonly bridge: Bridge
    readonly audit: { readonly queued: number; readonly dropped: number }
  }): Promise<string>
  readonly contentType: string
}

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]
const ERRCODES_MAX = 60

/** @param processMetrics whether to add Node's own (memory, event loop, garbage collection). */
export function createMetrics({
  now,
  processMetrics = true,
}: {
  readonly now: () => number
  readonly processMetrics?: boolean
}): Metrics {
  const registry = new Registry()
  const registers = [registry]
  if (processMetrics) collectDefaultMetrics({ register: registry })

  const reads = new Counter({
    name: 'drawbridge_reads_total',
    help: 'Credential reads by the tier that answered (none: there was no credential)',
    labelNames: ['kind', 'tier'] as const,
    registers,
  })
  const refreshes = new Counter({
    name: 'drawbridge_refreshes_total',
    help: 'Refreshes by why they were made and what came of them',
    labelNames: ['platform', 'kind', 'reason', 'outcome'] as const,
    registers,
  })
  const upstream = new Histogram({
    name: 'drawbridge_upstream_seconds',
    help: 'Calls to the platforms; errcode 0: success, none: no readable answer',
    labelNames: ['platform', 'path', 'errcode'] as const,
    buckets: SECONDS,
    registers,
  })
  const requests = createRequestTally(SECONDS)
  /** Reads from memory since the last scrape: the one event that every request makes. */
  const memoryReads = new Map<CredentialKind, number>()
  const tierUp = new Gauge({
    name: 'drawbridge_tier_up',
    help: 'Whether a tier of the store answers, as far as this process has tried it',
    labelNames: ['tier'] as const,
    registers,
  })
  const clockSkew = new Gauge({
    name: 'drawbridge_clock_skew_seconds',
    help: 'This machine’s clock less that of the platform, or of Redis, by which it is corrected',
    labelNames: ['host'] as const,
    registers,
  })
  const tasks = new Counter({
    name: 'drawbridge_tasks_total',
    help: 'Rounds of scheduled tasks by outcome',
    labelNames: ['outcome'] as const,
    registers,
  })
  const remaining = new Gauge({
    name: 'drawbridge_credential_remaining_seconds',
    help: 'Life left of the credentials of each app that this process holds in memory',
    labelNames: ['platform', 'appid', 'kind'] as const,
    registers,
  })
  const forcesLeftGauge = new Gauge({
    name: 'drawbridge_forced_refreshes_left',
    help: 'Forced refreshes that the platform still allows today',
    labelNames: ['platform', 'appid'] as const,
    registers,
  })
  const auditQueued = new Gauge({ name: 'drawbridge_audit_queued', help: 'Audit entries not yet written', registers })
  const auditDropped = new Gauge({
    name: 'drawbridge_audit_dropped_total',
    help: 'Audit entries lost since the start, because the queue was full',
    registers,
  })
  const verdicts = new Counter({
    name: 'drawbridge_verdicts_total',
    help: 'Calls of clients by what the secure network decided, and why',
    labelNames: ['space', 'outcome', 'code'] as const,
    registers,
  })
  const errcodeLabel = boundedLabel(ERRCODES_MAX)

  const readState = async (bridge: Bridge): Promise<void> => {
    remaining.reset()
    forcesLeftGauge.reset()
    for (const app of bridge.apps.all()) {
      for (const kind of ['access_token', 'ticket'] as const) {
        const expiresAt = bridge.peek({ kind, app })?.expiresAt
        if (typeof expiresAt !== 'number') continue
        remaining.set({ platform: app.platform, appid: app.appid, kind }, Math.max(0, (expiresAt - now()) / 1000))
      }
      if (app.tokenEndpoint !== 'stable') continue
      const note = await bridge.lastRefresh({ kind: 'access_token', app })
      forcesLeftGauge.set({ platform: app.platform, appid: app.appid }, forcesLeft(note?.forcedAt ?? [], now()))
    }
  }

  return {
    contentType: registry.contentType,
    onFunctionEvent: createFunctionMetrics(registers, SECONDS),
    onGatewayEvent: createSocketMetrics(registers),
    onVerdict: ({ spaceId: space, outcome, code = 'none' }) => verdicts.inc({ space, outcome, code }),
    onMemoryRead: (kind) => memoryReads.set(kind, (memoryReads.get(kind) ?? 0) + 1),
    onRequest: (route, status, seconds) => {
      requests.observe(route, status, seconds)
    },

    onBridgeEvent(event) {
      if (event.type === 'read') {
        reads.inc({ kind: event.kind, tier: event.tier })
      } else if (event.type === 'refresh') {
        const { platform, kind, reason, outcome } = event
        refreshes.inc({ platform, kind, reason, outcome })
      } else if (event.type === 'upstream') {
        const errcode = event.errcode === undefined ? 'none' : errcodeLabel(String(event.errcode))
        upstream.observe({ platform: event.platform, path: event.path, errcode }, event.durationMs / 1000)
      } else if (event.type === 'tier') {
        tierUp.set({ tier: event.tier }, event.state === 'up' ? 1 : 0)
      } else if (event.type === 'clock') {
        clockSkew.set({ host: event.host }, event.skewMs / 1000)
      } else {
        tasks.inc({ outcome: event.outcome })
      }
    },

    async render({ bridge, audit }) {
      auditQueued.set(audit.queued)
      auditDropped.set(audit.dropped)
      for (const [kind, count] of memoryReads) reads.inc({ kind, tier: 'memory' }, count)
      memoryReads.clear()
      await readState(bridge)
      return `${await registry.metrics()}\n${requests.render()}`
    },
  }
}
