import { DrawbridgeError } from '@drawbridge/protocol'
import type { BridgeEvent } from '../bridge.ts'
import type { FastStore } from './fast-store.ts'
import type { TierAnswer } from './tiers.ts'

/** Asks the tiers how they are. */
export interface TierHealth {
  /** Never throws. */
  ask(): Promise<readonly TierAnswer[]>
  /** Waits for what is under way; `sleep` has to reject by then. */
  settled(): Promise<void>
}

/** A new process connects, and takes over what the fast tier missed: not to be judged before, ms. */
const FIRST_TRUST_WITHIN_MS = 2_000
const LOOK_EVERY_MS = 20

/**
 * Tells once of a fast tier that throws keys away (an event with `state: 'up'` and an `error`), and again when its
 * policy was changed: what may come only once is remembered there. `sleep` rejects when the store closes.
 */
export function createTierHealth(deps: {
  readonly durable: { readonly name: string; readonly ask: () => Promise<unknown> }
  readonly fast?: { readonly store: FastStore; readonly isTrusted: () => boolean }
  readonly sleep: (ms: number) => Promise<void>
  readonly onEvent: (event: BridgeEvent) => void
}): TierHealth {
  const { durable, fast, sleep, onEvent } = deps
  const firstTrust = fast && untilTrusted(fast)
  let looking: Promise<unknown> | undefined
  let toldPolicy: string | undefined

  if (fast) startLooking(fast.store)

  async function untilTrusted({ isTrusted }: { readonly isTrusted: () => boolean }): Promise<void> {
    const over = new AbortController()
    const end = (): void => over.abort()
    sleep(FIRST_TRUST_WITHIN_MS).then(end, end)
    while (!over.signal.aborted && !isTrusted()) await sleep(LOOK_EVERY_MS).catch(end)
  }

  function startLooking(store: FastStore): void {
    const look = (): void => {
      looking = lookAtPolicy(store).catch(() => undefined)
    }
    store.subscribe({
      state(state) {
        if (state === 'up') look()
      },
      changed: () => undefined,
    })
    // It may have connected before anybody listened.
    if (store.isUp()) look()
  }

  /** What is wrong with how it keeps what it is given. */
  async function lookAtPolicy(store: FastStore): Promise<string | undefined> {
    const policy = await store.evictionPolicy()
    const fault = policy === 'noeviction' ? undefined : `maxmemory-policy ${policy ?? 'unknown'}`
    if (policy !== undefined && policy !== toldPolicy) {
      toldPolicy = policy
      if (fault !== undefined) onEvent({ type: 'tier', tier: store.name, state: 'up', error: fault })
    }
    return fault
  }

  async function askFast({ store, isTrusted }: NonNullable<typeof fast>): Promise<string | undefined> {
    await firstTrust
    await store.check()
    // It answers, and is not asked before it has what it missed.
    if (!isTrusted()) throw new DrawbridgeError('STORE_UNAVAILABLE', { store: store.name, reason: 'behind' })
    return lookAtPolicy(store)
  }

  return {
    ask: () =>
      Promise.all([
        answer(
          durable.name,
          durable.ask().then(() => undefined),
        ),
        ...(fast ? [answer(fast.store.name, askFast(fast))] : []),
      ]),
    async settled() {
      await Promise.all([firstTrust, looking])
    },
  }
}

async function answer(tier: string, question: Promise<string | undefined>): Promise<TierAnswer> {
  try {
    const fault = await question
    return { tier, ok: true, ...(fault !== undefined && { error: fault }) }
  } catch (error) {
    const reason = error instanceof DrawbridgeError ? (error.detail['reason'] ?? error.code) : 'failed'
    return { tier, ok: false, error: String(reason) }
  }
}
