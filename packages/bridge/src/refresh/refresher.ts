import { DrawbridgeError } from '@drawbridge/protocol'
import type { BridgeEvent, RefreshNote, RefreshReason } from '../bridge.ts'
import type { CredentialKey } from '../credential.ts'
import type { Lease, Leases } from '../lease/leases.ts'
import type { CredentialRecord } from '../store/record.ts'
import type { TieredStore } from '../store/tiers.ts'
import { isByHand, isByOperator } from './is-by-hand.ts'
import { cooldownMs, LONGEST_PAUSE_MS } from './cooldown.ts'
import { notedError, rememberedError } from './refresh-notes.ts'
import type { RefreshNotes } from './refresh-notes.ts'

/** One refresh to be made, or found already made by somebody else. */
export interface RefreshPlan {
  readonly key: CredentialKey
  readonly storageKey: string
  readonly reason: RefreshReason
  readonly durability: 'cache' | 'durable'
  /** Whether asking shortens the life of the value before; then it is not asked unless the shared stores answer. */
  readonly mintsOnCall: boolean
  /** A pause ends early when this number changes (the revision of the session key that a failure was met with). */
  readonly context?: number
  /** Whether what the shared stores hold makes asking needless. */
  satisfied(shared: CredentialRecord | undefined): boolean
  /** Whether the platform's force is to be used; it then counts against the day's limit. */
  wantsForce(note: RefreshNote | undefined): boolean
  /** Asks the platform and makes the next record of the answer. */
  obtain(seen: CredentialRecord | undefined, force: boolean): Promise<NextRecord>
}

/** The next record, yet without a revision. */
export type NextRecord = Omit<CredentialRecord, 'revision'>

/** Makes each refresh once, however many callers and replicas want it. */
export interface Refresher {
  /**
   * The record after the refresh: made here, joined, or found in the shared stores. Throws what the platform
   * answered, also to those who come before the pause after a failure is over.
   */
  refresh(plan: RefreshPlan): Promise<CredentialRecord>
  /** Whether a refresh of this key would be refused now, as far as this process knows; no I/O. */
  isPaused(storageKey: string, context?: number): boolean
  /** A value was pushed or removed: the pause after a failure means nothing any more. */
  clearPause(storageKey: string): void
  /** Resolves when everything in flight is kept or has failed. */
  settled(): Promise<void>
}

/** What a refresher needs. `waitMostMs`: how long a caller waits for another replica's refresh. */
export interface RefresherDeps {
  readonly store: TieredStore
  readonly leases: Leases
  readonly notes: RefreshNotes
  /** Names this process in notes. */
  readonly replica: string
  readonly leaseMs: number
  readonly waitMostMs: number
  readonly now: () => number
  readonly sleep: (ms: number) => Promise<void>
  readonly random: () => number
  readonly onEvent: (event: BridgeEvent) => void
}

interface Pause {
  readonly until: number
  readonly context: number | undefined
  readonly note: RefreshNote
}

type Outcome = 'ok' | 'unchanged' | 'joined' | 'lost'

/** The refresh machine: flight (this process) → lease (all replicas) → shared stores again → platform → keep. */
export function createRefresher(deps: RefresherDeps): Refresher {
  const { store, leases, notes, replica, leaseMs, waitMostMs, now, sleep, random, onEvent } = deps
  const flights = new Map<string, Promise<CredentialRecord>>()
  const pauses = new Map<string, Pause>()
  const background = new Set<Promise<unknown>>()

  async function fly(plan: RefreshPlan): Promise<CredentialRecord> {
    const startedAt = now()
    try {
      const { record, outcome } = await underLease(plan)
      report(plan, startedAt, outcome, record.expiresAt)
      return record
    } catch (error) {
      report(plan, startedAt, 'failed', undefined, error)
      throw error
    }
  }

  async function underLease(plan: RefreshPlan): Promise<{ record: CredentialRecord; outcome: Outcome }> {
    let waitedMs = 0
    let firstNote: RefreshNote | undefined
    for (let round = 0; ; round += 1) {
      const lease = await leases.acquire(plan.storageKey, leaseMs).catch(() => 'unknown' as const)
      const done = lease && (await holding(plan, lease))
      if (done !== undefined) return done
      if (round === 0) firstNote = await notes.read(plan.storageKey)
      if (waitedMs >= waitMostMs) throw new DrawbridgeError('REFRESH_TIMED_OUT', { waitedMs })
      const pauseMs = Math.min(200, 20 * 2 ** Math.min(round, 4)) * (0.5 + random())
      await sleep(pauseMs)
      waitedMs += pauseMs
      const shared = await store.readShared(plan.storageKey).catch(() => undefined)
      if (shared !== undefined && plan.satisfied(shared)) return { record: shared, outcome: 'joined' }
      const note = await notes.read(plan.storageKey)
      if (note !== undefined && note.outcome === 'failed' && note.at !== firstNote?.at) throw pauseBy(plan, note)
    }
  }

  /** undefined: the lease has ended before its work has begun, as for a process that was stopped; another one is needed. */
  async function holding(
    plan: RefreshPlan,
    lease: Lease | 'unknown',
  ): Promise<{ record: CredentialRecord; outcome: Outcome } | undefined> {
    try {
      const shared = await readShared(plan)
      if (shared !== undefined && plan.satisfied(shared)) return { record: shared, outcome: 'joined' }
      const note = await notes.read(plan.storageKey)
      if (note !== undefined && mustWait(plan, note)) throw pauseBy(plan, note)
      if (lease !== 'unknown' && !lease.isHeld()) return undefined
      return await ask(plan, shared, note)
    } finally {
      if (lease !== 'unknown') await lease.release()
    }
  }

  async function readShared(plan: RefreshPlan): Promise<CredentialRecord | undefined> {
    try {
      return await store.readShared(plan.storageKey)
    } catch (error) {
      // Nobody can tell what the others hold. Where asking harms nothing, asking is better than failing.
      if (plan.mintsOnCall || plan.durability === 'durable') throw error
      return undefined
    }
  }

  async function ask(
    plan: RefreshPlan,
    seen: CredentialRecord | undefined,
    note: RefreshNote | undefined,
  ): Promise<{ record: CredentialRecord; outcome: Outcome }> {
    const startedAt = now()
    const force = plan.wantsForce(note)
    try {
      const next = await twice(plan, () => plan.obtain(seen, force))
      const kept = await keep(plan, next, seen, startedAt)
      pauses.delete(plan.storageKey)
      const noting = notes.write(plan.storageKey, noteOf(plan, note, force ? startedAt : undefined))
      // The next report, or the next forced refresh, is judged by this note; for all others it can wait.
      if (isByHand(plan.reason)) await noting
      else inBackground(noting)
      return kept
    } catch (error) {
      // Slow, or stopped for longer than its lease: what another replica has obtained meanwhile is as good.
      const winner = await store.readShared(plan.storageKey).catch(() => undefined)
      if (winner !== undefined && winner.revision > (seen?.revision ?? 0) && plan.satisfied(winner)) {
        pauses.delete(plan.storageKey)
        return { record: winner, outcome: 'joined' }
      }
      const noted = noteOf(plan, note, force ? startedAt : undefined, error)
      const failed = { ...noted, retryAt: Math.max(noted.retryAt, quietUntil(plan, seen, error)) }
      // Before the lease is released: those who wait for it must not find the platform unasked.
      await notes.write(plan.storageKey, failed)
      pauseBy(plan, failed)
      throw error
    }
  }

  /** "System busy" and nonsense pass by themselves more often than not: one more try, a moment later. */
  async function twice<Result>({ mintsOnCall }: RefreshPlan, obtain: () => Promise<Result>): Promise<Result> {
    try {
      return await obtain()
    } catch (error) {
      if (!isWorthRetrying(error) || (mintsOnCall && !isRefusal(error))) throw error
      await sleep(100 + 200 * random())
      return obtain()
    }
  }

  /** Compare-and-set; a late result never replaces a newer one. */
  async function keep(
    plan: RefreshPlan,
    obtained: NextRecord,
    before: CredentialRecord | undefined,
    startedAt: number,
  ): Promise<{ record: CredentialRecord; outcome: Outcome }> {
    let seen = before
    for (;;) {
      const record = { ...obtained, revision: Math.max(startedAt, (seen?.revision ?? 0) + 1) }
      const written = await store.write(plan.storageKey, record, {
        expectedRevision: seen?.revision ?? 0,
        durability: plan.durability,
      })
      if (written) return { record, outcome: isSame(record, before) ? 'unchanged' : 'ok' }
      const winner = await store.readShared(plan.storageKey)
      // Removed meanwhile: our callers asked before that and get what they asked for; the stores do not.
      if (winner === undefined || winner.value === null) return { record, outcome: 'lost' }
      // Where each call makes a new value, the one asked for last is the one that lives: a winner from before our
      // request was sent is dead or dying, and ours takes its place.
      const isOurs = plan.mintsOnCall && winner.source === 'platform' && winner.obtainedAt < startedAt
      if (!isOurs || winner.revision === seen?.revision) return { record: winner, outcome: 'lost' }
      seen = winner
    }
  }

  function mustWait(plan: RefreshPlan, note: RefreshNote): boolean {
    if (note.outcome !== 'failed' || note.context !== plan.context) return false
    return now() < endOfPause(plan, note)
  }

  /** Who has just mended something need not wait. */
  function endOfPause({ reason }: RefreshPlan, note: RefreshNote): number {
    const until = Math.min(note.retryAt, now() + LONGEST_PAUSE_MS)
    return isByOperator(reason) ? note.at : until
  }

  function pauseBy(plan: RefreshPlan, note: RefreshNote): DrawbridgeError {
    if (pauses.size >= PAUSES_REMEMBERED) pauses.clear()
    pauses.set(plan.storageKey, {
      until: Math.min(note.retryAt, now() + LONGEST_PAUSE_MS),
      context: note.context,
      note,
    })
    return rememberedError(note)
  }

  function noteOf(
    plan: RefreshPlan,
    before: RefreshNote | undefined,
    forcedAt: number | undefined,
    error?: unknown,
  ): RefreshNote {
    const at = now()
    const failures = error === undefined ? 0 : (before?.outcome === 'failed' ? before.failures : 0) + 1
    return {
      by: replica,
      at,
      reason: plan.reason,
      outcome: error === undefined ? 'ok' : 'failed',
      failures,
      retryAt: error === undefined ? at : at + cooldownMs(error, failures, random),
      forcedAt: [...(before?.forcedAt ?? []), ...(forcedAt === undefined ? [] : [forcedAt])].slice(-FORCES_REMEMBERED),
      ...(error === undefined ? {} : { error: notedError(error) }),
      ...(plan.context === undefined ? {} : { context: plan.context }),
    }
  }

  function report(
    { key, storageKey, reason }: RefreshPlan,
    startedAt: number,
    outcome: Outcome | 'failed',
    expiresAt: number | null | undefined,
    error?: unknown,
  ): void {
    onEvent({
      type: 'refresh',
      storageKey,
      platform: key.app.platform,
      appid: key.app.appid,
      kind: key.kind,
      reason,
      outcome,
      durationMs: now() - startedAt,
      ...(expiresAt === undefined ? {} : { expiresAt }),
      ...(error === undefined ? {} : { error: notedError(error) }),
    })
  }

  function inBackground(work: Promise<unknown>): void {
    const tracked: Promise<unknown> = work.finally(() => background.delete(tracked))
    background.add(tracked)
  }

  return {
    refresh(plan) {
      const running = flights.get(plan.storageKey)
      if (running !== undefined) return running
      const pause = pauses.get(plan.storageKey)
      if (pause !== undefined && pause.context === plan.context && now() < endOfPause(plan, pause.note)) {
        return Promise.reject(rememberedError(pause.note))
      }
      const flight = fly(plan).finally(() => flights.delete(plan.storageKey))
      flights.set(plan.storageKey, flight)
      return flight
    },
    isPaused(storageKey, context) {
      const pause = pauses.get(storageKey)
      return pause !== undefined && pause.context === context && now() < pause.until
    },
    clearPause: (storageKey) => void pauses.delete(storageKey),
    async settled() {
      await Promise.allSettled([...flights.values()])
      await Promise.allSettled([...background])
    },
  }
}

/** A forgotten pause costs a look at the shared note. */
const PAUSES_REMEMBERED = 10_000

/** More than WeChat allows in a day, so that the whole day is always there to count. */
const FORCES_REMEMBERED = 24

function isWorthRetrying(error: unknown): boolean {
  if (!(error instanceof DrawbridgeError)) return false
  return error.code === 'UPSTREAM_ANSWER_INVALID' || error.detail['errcode'] === -1
}

/** The platform has said no, in its own words: it has changed nothing. */
function isRefusal(error: unknown): boolean {
  return error instanceof DrawbridgeError && typeof error.detail['errcode'] === 'number'
}

/**
 * A call whose answer was lost may have made a value all the same; the good one then lives for its last minutes, and
 * a second call would end it at once. So no second one before its end.
 */
function quietUntil({ mintsOnCall, reason }: RefreshPlan, seen: CredentialRecord | undefined, error: unknown): number {
  return mintsOnCall && reason === 'ahead' && !isRefusal(error) ? (seen?.expiresAt ?? 0) : 0
}

function isSame(record: CredentialRecord, before: CredentialRecord | undefined): boolean {
  return before !== undefined && JSON.stringify(record.value) === JSON.stringify(before.value)
}
