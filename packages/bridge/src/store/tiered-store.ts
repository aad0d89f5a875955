import { DrawbridgeError } from '@drawbridge/protocol'
import type { BridgeEvent } from '../bridge.ts'
import { FAST_INCARNATION } from './durable-store.ts'
import type { ChangedKeys, DurableStore } from './durable-store.ts'
import type { FastStore } from './fast-store.ts'
import { createFastTier } from './fast-tier.ts'
import type { FastAnswer } from './fast-tier.ts'
import { createMemoryTier } from './memory-tier.ts'
import type { Fill } from './memory-tier.ts'
import { newest } from './newest.ts'
import type { CredentialRecord } from './record.ts'
import { createTierHealth } from './tier-health.ts'
import type { TieredRead, TieredStore, TieredWrite } from './tiers.ts'
import { createUnsavedRecords } from './unsaved-records.ts'
import { createVouching } from './vouching.ts'

/** What tiers are made of; they belong to the composition, which closes them. */
export interface TieredStoreDeps {
  readonly durable: DurableStore
  readonly fast?: FastStore
  readonly memoryEntriesMost?: number
  /** ms since epoch. */
  readonly now: () => number
  /** ms; goes on while the process is stopped, and nobody sets it back. */
  readonly monotonic: () => number
  /** Rejects when the signal aborts. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  readonly onEvent: (event: BridgeEvent) => void
}

const MEMORY_ENTRIES = 50_000
/** The tiers are looked after so often, ms: a change that a store missed is brought to it, one that is back is used. */
const TEND_EVERY_MS = 1_000

/**
 * Memory, the fast tier and the durable tier as one. The durable tier decides who wins; the others never show what was
 * removed or replaced, whatever becomes of them meanwhile.
 */
export function createTieredStore(deps: TieredStoreDeps): TieredStore {
  const { durable, now, monotonic, sleep, onEvent } = deps
  const memory = createMemoryTier({ entriesMost: deps.memoryEntriesMost ?? MEMORY_ENTRIES, now, monotonic })
  const fast = deps.fast && createFastTier({ store: deps.fast, durable, monotonic, onPending: forget })
  const unsaved = createUnsavedRecords({ durable, isFastPending, now })
  const vouching = createVouching({
    feed: durable.changes,
    isTracking: () => fast?.isTrusted() === true && deps.fast?.isTracking() === true,
    monotonic,
    onChanged,
  })
  const reads = new Map<string, Promise<TieredRead>>()
  const closing = new AbortController()
  const health = createTierHealth({
    durable: { name: durable.name, ask: () => fromDurable(durable.recall('health')) },
    ...(deps.fast && fast && { fast: { store: deps.fast, isTrusted: () => fast.isTrusted() } }),
    sleep: (ms) => sleep(ms, closing.signal),
    onEvent,
  })
  let tending: Promise<void> | undefined
  let isDurableUp = true

  deps.fast?.subscribe({
    state(state, error) {
      onEvent({ type: 'tier', tier: deps.fast?.name ?? 'fast', state, ...(error === undefined ? {} : { error }) })
    },
    changed(keys) {
      // This process's own writes are told of too; the feed does not, and a change is durable before it is told.
      const isCovered = vouching.isCoveredByFeed()
      // A fast tier that was emptied is filled by the next reads; so they must not end in memory.
      if (keys === 'all' || !isCovered) onTold(keys)
    },
  })
  if (fast) startTending()

  /** Other replicas, or this one when it is configured otherwise, may use a fast tier that must learn of each change. */
  async function isFastPending(): Promise<boolean> {
    return fast !== undefined || (await durable.recall(FAST_INCARNATION)) !== undefined
  }

  function onTold(keys: readonly string[] | 'all'): void {
    if (keys === 'all') forgetAll()
    else for (const key of keys) forget(key)
  }

  function onChanged(keys: ChangedKeys['keys']): void {
    if (keys === 'all') {
      forgetAll()
      return
    }
    for (const { key, revision, isFastPending: isMissed } of keys) {
      forget(key, revision)
      if (isMissed) fast?.note(key)
    }
  }

  function forget(key: string, revision?: number): void {
    memory.drop(key, revision)
    // Who comes now must not be answered from a read that began before the change.
    reads.delete(key)
  }

  function forgetAll(): void {
    memory.doubt()
    reads.clear()
  }

  async function fromDurable<Result>(work: Promise<Result>): Promise<Result> {
    try {
      const result = await work
      durableState(true)
      return result
    } catch (error) {
      if (isUnavailable(error)) durableState(false, error)
      else if (error instanceof DrawbridgeError) {
        // One record that cannot be opened; it was set aside and is absent from now on.
        onEvent({
          type: 'tier',
          tier: durable.name,
          state: 'up',
          error: `${error.code} ${String(error.detail['key'] ?? '')}`,
        })
      }
      throw error
    }
  }

  function durableState(isUp: boolean, error?: DrawbridgeError): void {
    if (isUp === isDurableUp) return
    isDurableUp = isUp
    const reason = error === undefined ? {} : { error: String(error.detail['reason'] ?? error.code) }
    onEvent({ type: 'tier', tier: durable.name, state: isUp ? 'up' : 'down', ...reason })
  }

  function peek(key: string): CredentialRecord | undefined {
    const held = memory.peek(key)
    return held !== undefined && vouching.isVouched() ? held : undefined
  }

  function read(key: string): Promise<TieredRead> {
    const held = peek(key)
    if (held !== undefined) return Promise.resolve({ record: held, tier: 'memory' })
    const running = reads.get(key)
    if (running !== undefined) return running
    const reading = readThrough(key).finally(() => {
      if (reads.get(key) === reading) reads.delete(key)
    })
    reads.set(key, reading)
    return reading
  }

  async function readThrough(key: string): Promise<TieredRead> {
    await vouching.settle(false)
    const held = peek(key)
    if (held !== undefined) return { record: held, tier: 'memory' }
    const fill = memory.fill(key)
    try {
      return await fillFrom(key, fill)
    } finally {
      fill.end()
    }
  }

  async function fillFrom(key: string, fill: Fill): Promise<TieredRead> {
    const readAt = monotonic()
    const quick = await askFast(key)
    if (quick.record !== undefined) {
      fill.keep(quick.record)
      return { record: quick.record, tier: 'fast' }
    }
    let record: CredentialRecord | undefined
    try {
      record = await fromDurable(durable.read(key))
    } catch (error) {
      const last = isUnavailable(error) ? newest(memory.lastResort(key), unsaved.get(key)) : undefined
      if (last === undefined) throw error
      return { record: last, tier: 'memory' }
    }
    const late = newest(unsaved.get(key), record && memory.lastResort(key))
    // Kept while the durable tier was gone, and not yet brought to it.
    if (late !== undefined && late.revision > (record?.revision ?? 0)) return { record: late, tier: 'memory' }
    if (record === undefined) return { record, tier: 'none' }
    fill.keep(record)
    if (quick.isKnown) fast?.promote(key, record, readAt)
    return { record, tier: 'durable' }
  }

  /** What the fast tier has, unless this process has seen that something newer exists. */
  async function askFast(key: string): Promise<FastAnswer> {
    const answer = await fast?.read(key)
    if (answer?.record === undefined) return answer ?? { isKnown: false, record: undefined }
    return answer.record.revision >= memory.floor(key) ? answer : { isKnown: true, record: undefined }
  }

  async function readShared(key: string): Promise<CredentialRecord | undefined> {
    await vouching.settle(true)
    const readAt = monotonic()
    const quick = await askFast(key)
    if (quick.record !== undefined) return newest(quick.record, unsaved.get(key))
    try {
      const record = await fromDurable(durable.read(key))
      if (quick.isKnown && record !== undefined) fast?.promote(key, record, readAt)
      return newest(record, unsaved.get(key))
    } catch (error) {
      if (!isUnavailable(error)) throw error
      const known = newest(unsaved.get(key), memory.lastResort(key))
      // A fast tier that answers is what the replicas share now; without one nobody can tell.
      if (known === undefined && !quick.isKnown) throw error
      return known
    }
  }

  async function write(key: string, record: CredentialRecord, options: TieredWrite): Promise<boolean> {
    try {
      return await writeThrough(key, record, options.expectedRevision)
    } catch (error) {
      if (options.durability === 'durable' || !isUnavailable(error)) throw error
      return writeWithoutDurable(key, record, options.expectedRevision)
    }
  }

  async function writeThrough(key: string, record: CredentialRecord, expectedRevision?: number): Promise<boolean> {
    // From before it is durable until it is brought, nobody here takes the fast tier's word for it.
    const arrived = fast?.expect(key)
    try {
      if (!(await writeDurable(key, record, expectedRevision))) {
        await learn(key)
        return false
      }
      unsaved.saved(key, record.revision)
      memory.put(key, record)
      reads.delete(key)
      await fast?.bring(key, record)
      return true
    } finally {
      arrived?.()
    }
  }

  async function writeDurable(key: string, record: CredentialRecord, expected?: number): Promise<boolean> {
    const options = { isFastPending: await fromDurable(isFastPending()) }
    if (await fromDurable(durable.write(key, record, expected, options))) return true
    if (expected === undefined || expected === 0) return false
    // What was expected may have been kept while the durable tier was gone: then it is behind, and not ahead.
    const kept = newest(unsaved.get(key), (await deps.fast?.read(key).catch(() => undefined)) ?? undefined)
    if (kept?.revision !== expected || fast?.isTrusted() === false) return false
    const stored = (await fromDurable(durable.read(key)))?.revision ?? 0
    if (stored >= expected) return false
    return fromDurable(durable.write(key, record, stored, options))
  }

  /** A write that lost: whoever reads next, or tries again, must see the winner and not what made it lose. */
  async function learn(key: string): Promise<void> {
    reads.delete(key)
    const winner = await durable.read(key).catch(() => undefined)
    if (winner === undefined) memory.drop(key)
    else memory.put(key, winner)
  }

  async function writeWithoutDurable(key: string, record: CredentialRecord, expected?: number): Promise<boolean> {
    const quick = await askFast(key)
    const known = newest(quick.record, unsaved.get(key), memory.lastResort(key))
    if (expected !== undefined && expected !== (known?.revision ?? 0)) return false
    if (known !== undefined && record.revision <= known.revision) return false
    if (quick.isKnown && deps.fast) {
      const written = await deps.fast.write(key, record, quick.record?.revision).catch(() => true)
      if (!written) return false
    }
    unsaved.add(key, record)
    memory.put(key, record)
    reads.delete(key)
    startTending()
    return true
  }

  /** Goes on while there is something to look after. */
  function startTending(): void {
    tending ??= tendAlways().finally(() => {
      tending = undefined
    })
  }

  async function tendAlways(): Promise<void> {
    while (!closing.signal.aborted && (fast !== undefined || !unsaved.isEmpty())) {
      if (!unsaved.isEmpty()) await unsaved.save(async (key, record) => fast?.bring(key, record))
      await fast?.tend()
      // An aborted sleep rejects; the loop's own condition ends it.
      await sleep(TEND_EVERY_MS, closing.signal).catch(() => undefined)
    }
  }

  return {
    peek,
    read,
    readShared,
    write,
    async list(options) {
      try {
        return await fromDurable(durable.list(options))
      } catch (error) {
        if (fast?.isTrusted() !== true || deps.fast === undefined) throw error
        return deps.fast.list(options)
      }
    },
    sweep: () => fromDurable(durable.sweep()),
    health: () => health.ask(),
    async close() {
      closing.abort()
      await Promise.all([tending, health.settled()])
      if (!unsaved.isEmpty()) await unsaved.save(async (key, record) => fast?.bring(key, record))
      await fast?.settled()
      await deps.fast?.close()
      await durable.close()
    },
  }
}

function isUnavailable(error: unknown): error is DrawbridgeError {
  return error instanceof DrawbridgeError && error.code === 'STORE_UNAVAILABLE'
}
