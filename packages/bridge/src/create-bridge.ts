import { DrawbridgeError } from '@drawbridge/protocol'
import type { Apps, Bridge, BridgeEvent, RefreshOutcome, RefreshReason } from './bridge.ts'
import { changeRecord } from './change-record.ts'
import type { Credential, CredentialKey } from './credential.ts'
import { endOf } from './end-of.ts'
import { kinds } from './kinds/table.ts'
import type { AheadOfEnd, KindPlan } from './kinds/kind.ts'
import type { Leases } from './lease/leases.ts'
import { listCredentials } from './list-credentials.ts'
import { textField } from './providers/text-field.ts'
import type { FetchContext } from './providers/provider.ts'
import type { Upstream } from './providers/upstream.ts'
import { createDueMoments } from './refresh/due-moments.ts'
import { nextForceAt } from './refresh/next-force-at.ts'
import { isByHand } from './refresh/is-by-hand.ts'
import { createRefreshNotes } from './refresh/refresh-notes.ts'
import { createRefresher } from './refresh/refresher.ts'
import type { RefreshPlan } from './refresh/refresher.ts'
import { sameText } from './same-text.ts'
import { createSchedule } from './schedule/schedule.ts'
import type { ScheduledTask } from './schedule/task.ts'
import { storageKey } from './storage-key.ts'
import type { CredentialRecord } from './store/record.ts'
import type { TieredStore } from './store/tiers.ts'

/** What a bridge is made of. */
export interface BridgeDeps {
  readonly apps: Apps
  readonly schedule: readonly ScheduledTask[]
  readonly store: TieredStore
  readonly leases: Leases
  readonly upstream: Upstream
  /** Names this process in refresh notes. */
  readonly replica: string
  /** The upstream's time limit for one call, ms; leases outlive the calls made under them. */
  readonly upstreamTimeoutMs: number
  /** ms since epoch. */
  readonly now: () => number
  /** Rejects when the signal aborts. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  /** In [0, 1); for jitter only. */
  readonly random: () => number
  readonly onEvent: (event: BridgeEvent) => void
}

/** Puts the bridge together: tiers of stores, leases, platforms, schedule. */
export function createBridge(deps: BridgeDeps): Bridge {
  const { apps, store, leases, upstream, now, sleep, random, onEvent } = deps
  const notes = createRefreshNotes(store)
  const leaseMs = 2 * deps.upstreamTimeoutMs + 3_000
  const refresher = createRefresher({
    store,
    leases,
    notes,
    replica: deps.replica,
    leaseMs,
    waitMostMs: 2 * leaseMs,
    now,
    sleep,
    random,
    onEvent,
  })
  const moments = createDueMoments(random)
  const context: FetchContext = {
    upstream,
    now,
    get,
    reportInvalid,
    siblingApp: ({ app }, platform) => apps.resolve(app.dcloudAppid === '*' ? undefined : app.dcloudAppid, platform),
  }

  function isDue(key: CredentialKey, name: string, record: CredentialRecord): boolean {
    const ahead: AheadOfEnd = (of, aheadMs) => moments.dueAt(name, of, aheadMs)
    const dueAt = kinds[key.kind].dueAt(key, record, ahead)
    return dueAt !== null && now() >= dueAt
  }

  /** A good value while it is not yet due; a due one is served all the same and refreshed behind the reader's back. */
  function serve(key: CredentialKey, name: string, record: CredentialRecord): Credential | undefined {
    const at = now()
    if (kinds[key.kind].isOver(record, at)) return undefined
    const credential = kinds[key.kind].view(key, record, at)
    if (credential !== undefined && isDue(key, name, record) && !refresher.isPaused(name)) {
      // Its failure is an event and a note; the reader has what he came for.
      refresh(key, name, 'ahead', record).catch(() => undefined)
    }
    return credential
  }

  async function refresh(
    key: CredentialKey,
    name: string,
    reason: RefreshReason,
    seen: CredentialRecord | undefined,
  ): Promise<CredentialRecord | undefined> {
    const plan = await kinds[key.kind].plan({ key, reason, seen, context })
    return plan === undefined ? undefined : run(key, name, reason, plan)
  }

  function run(
    key: CredentialKey,
    storageName: string,
    reason: RefreshReason,
    plan: KindPlan,
  ): Promise<CredentialRecord> {
    const wantsForce = wantsForceFor(plan.canForce, reason)
    return refresher.refresh({ key, storageKey: storageName, reason, ...plan, wantsForce })
  }

  function wantsForceFor(canForce: boolean, reason: RefreshReason): RefreshPlan['wantsForce'] {
    if (!canForce || (reason !== 'reported' && reason !== 'forced')) return () => false
    const forcer = reason === 'reported' ? 'report' : 'operator'
    return (note) => nextForceAt(note?.forcedAt ?? [], forcer, now()) <= now()
  }

  async function read(key: CredentialKey, name: string): Promise<CredentialRecord | undefined> {
    const { record, tier } = await store.read(name)
    onEvent({ type: 'read', kind: key.kind, tier })
    return record
  }

  /** A value that its platform honours no more although the record lives: renewed before it is handed out, if it can be. */
  async function renewed(key: CredentialKey, name: string, record: CredentialRecord): Promise<Credential | undefined> {
    const fresh = await refresh(key, name, 'expired', record).catch(() => undefined)
    return kinds[key.kind].view(key, fresh ?? record, now())
  }

  async function get(key: CredentialKey, options: Parameters<Bridge['get']>[1] = {}): Promise<Credential | null> {
    const name = storageKey(key)
    const held = store.peek(name)
    const quick = held === undefined ? undefined : serve(key, name, held)
    if (quick !== undefined) {
      onEvent({ type: 'read', kind: key.kind, tier: 'memory' })
      return quick
    }
    const { fallback } = options
    let seen: CredentialRecord | undefined
    try {
      seen = await read(key, name)
    } catch (error) {
      // No store answers. A caller's own way, or a platform that may be asked by anyone, is better than nothing.
      if (fallback === undefined && kinds[key.kind].isOnlyPushed) throw error
    }
    if (seen !== undefined && kinds[key.kind].isOver(seen, now())) return (await renewed(key, name, seen)) ?? null
    const stored = seen === undefined ? undefined : serve(key, name, seen)
    if (stored !== undefined) return stored
    if (fallback !== undefined) return fromFallback(key, fallback)
    const reason = seen === undefined || seen.value === null ? 'absent' : 'expired'
    const fresh = await refresh(key, name, reason, seen)
    return fresh === undefined ? null : viewFresh(key, fresh)
  }

  function viewFresh(key: CredentialKey, record: CredentialRecord): Credential {
    const credential = kinds[key.kind].view(key, record, now())
    if (credential !== undefined) return credential
    if (key.kind === 'encrypt_key') throw new DrawbridgeError('KEY_VERSION_INVALID', { version: key.version ?? null })
    throw new DrawbridgeError('UPSTREAM_ANSWER_INVALID', { field: 'expires_in' })
  }

  async function fromFallback(
    key: CredentialKey,
    fallback: NonNullable<NonNullable<Parameters<Bridge['get']>[1]>['fallback']>,
  ): Promise<Credential | null> {
    const { value, durationSeconds } = await fallback(key)
    if (value === null) return null
    const at = now()
    const expiresAt = durationSeconds === undefined ? at : endOf(durationSeconds, at)
    if (durationSeconds !== undefined) {
      // The caller's own value is good whether or not a store takes it.
      await change.push(key, { value, expiresAt, source: 'fallback', now: at }).catch(() => undefined)
    }
    return { value, expiresAt, obtainedAt: at, source: 'fallback', revision: 0 }
  }

  const change = changeRecord({ store, now, refresher })

  /** Ten thousand callers find the same value dead at once: one question to the shared stores answers them all. */
  const reports = new Map<string, Promise<RefreshOutcome>>()

  function reportInvalid(key: CredentialKey, badValue: string): Promise<RefreshOutcome> {
    const name = `${storageKey(key)} ${badValue}`
    const running = reports.get(name)
    if (running !== undefined) return running
    const report = answerReport(key, badValue).finally(() => reports.delete(name))
    reports.set(name, report)
    return report
  }

  async function answerReport(key: CredentialKey, badValue: string): Promise<RefreshOutcome> {
    const { reportable } = kinds[key.kind]
    if (reportable === undefined) throw notFetchable(key)
    const name = storageKey(key)
    const supersededBy = (seen: CredentialRecord | undefined): RefreshOutcome | undefined => {
      const current = textField(seen?.value ?? undefined, reportable)
      if (sameText(current ?? '', badValue)) return undefined
      return { outcome: 'superseded', expiresAt: seen?.expiresAt ?? null }
    }
    const seen = await store.readShared(name)
    const superseded = supersededBy(seen)
    if (superseded) return superseded
    const answer = await again(key, name, 'reported', seen)
    if (answer.outcome !== 'unchanged') return answer
    // The refresh that held this one up may be later than the look at the value.
    return supersededBy(await store.readShared(name)) ?? answer
  }

  /** A refresh although something is stored: told by a report, or by an operator's hand. */
  async function again(
    key: CredentialKey,
    name: string,
    reason: 'reported' | 'asked' | 'forced',
    seen: CredentialRecord | undefined,
  ): Promise<RefreshOutcome> {
    const plan = await kinds[key.kind].plan({ key, reason, seen, context })
    if (plan === undefined) throw notFetchable(key)
    const note = await notes.read(name)
    const allowedAt = isByHand(note?.reason) ? (note?.at ?? 0) + plan.reportPauseMs : 0
    if (now() < allowedAt) {
      // A storm of reports costs one refresh; and minting twice in a row would kill what the first one gave.
      if (reason === 'reported') return { outcome: 'unchanged', expiresAt: seen?.expiresAt ?? null }
      if (plan.mintsOnCall) throw new DrawbridgeError('REFRESH_LIMITED', { retryAt: allowedAt })
    }
    const fresh = await run(key, name, reason, plan)
    const isSame = JSON.stringify(fresh.value) === JSON.stringify(seen?.value ?? null)
    return { outcome: isSame ? 'unchanged' : 'refreshed', expiresAt: fresh.expiresAt }
  }

  /** The schedule's step: absent, ended or due is refreshed and waited for. Answers when the next look pays. */
  async function ensureFresh(key: CredentialKey): Promise<number | null> {
    const name = storageKey(key)
    const { record } = await store.read(name).catch(() => ({ record: undefined }))
    const good = record === undefined ? undefined : kinds[key.kind].view(key, record, now())
    let current = record
    if (record === undefined || good === undefined) {
      await get(key)
      current = store.peek(name)
    } else if (isDue(key, name, record)) {
      current = await refresh(key, name, 'ahead', record)
    }
    if (current === undefined || current.expiresAt === null) return null
    return kinds[key.kind].dueAt(key, current, (of, aheadMs) => moments.dueAt(name, of, aheadMs)) ?? current.expiresAt
  }

  const schedule = createSchedule({
    tasks: deps.schedule,
    ensureFresh,
    sweep: () => store.sweep(),
    now,
    sleep,
    random,
    onEvent,
  })

  return {
    apps,
    peek(key) {
      const name = storageKey(key)
      const held = store.peek(name)
      return held === undefined ? undefined : serve(key, name, held)
    },
    get,
    async set(key, value, expiresInSeconds) {
      const at = now()
      await change.push(key, { value, expiresAt: endOf(expiresInSeconds, at), source: 'pushed', now: at })
    },
    remove: (key) => change.remove(key),
    reportInvalid,
    async refresh(key, { force = false } = {}) {
      const name = storageKey(key)
      const note = await notes.read(name)
      const allowedAt = force ? nextForceAt(note?.forcedAt ?? [], 'operator', now()) : now()
      if (allowedAt > now()) throw new DrawbridgeError('REFRESH_LIMITED', { retryAt: allowedAt })
      return again(key, name, force ? 'forced' : 'asked', await store.readShared(name))
    },
    list: (options) => listCredentials(store, notes, options),
    lastRefresh: (key) => notes.read(storageKey(key)),
    async runSchedule() {
      await schedule.run()
    },
    start: () => schedule.start(),
    health: () => store.health(),
    async close() {
      schedule.stop()
      await refresher.settled()
      await store.close()
      await leases.close()
    },
  }
}

function notFetchable({ app, kind }: CredentialKey): DrawbridgeError {
  return new DrawbridgeError('CREDENTIAL_NOT_FETCHABLE', { platform: app.platform, kind })
}
