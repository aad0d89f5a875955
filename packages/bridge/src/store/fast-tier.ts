import { FAST_INCARNATION } from './durable-store.ts'
import type { DurableStore } from './durable-store.ts'
import type { FastStore } from './fast-store.ts'
import { createPendingKeys } from './pending-keys.ts'
import type { CredentialRecord } from './record.ts'

/** What the fast tier says of a key. `isKnown`: it was asked, and may be believed. */
export interface FastAnswer {
  readonly isKnown: boolean
  readonly record: CredentialRecord | undefined
}

/** The fast store with its trust: it may come back as it was long ago, and is asked for nothing that it may have wrong. */
export interface FastTier {
  isTrusted(): boolean
  /** Never throws. */
  read(key: string): Promise<FastAnswer>
  /** Must be called before a change is made durable, as pending; its end after `bring`. */
  expect(key: string): () => void
  /** Brings a change that is durable. Never throws: what it misses is brought later, and not read meanwhile. */
  bring(key: string, record: CredentialRecord): Promise<void>
  /** Fills it with what the durable tier has held at `readAt` (monotonic, ms). Never throws. */
  promote(key: string, record: CredentialRecord, readAt: number): void
  /** Others have changed the key, and the fast store may not have it. */
  note(key: string): void
  /** Looks after it: finds out whether it is back, brings what it missed, trusts it again. Never throws. */
  tend(): Promise<void>
  /** Waits for what is under way. */
  settled(): Promise<void>
}

const LIST_MOST = 500
const ROUNDS_MOST = 40
const ATTEMPTS = 2
/** A value read longer ago than this, ms, is not promoted: its removal may have been forgotten meanwhile. */
const PROMOTE_WITHIN_MS = 2_000

/** `onPending` is told of changes that the fast store has missed. `monotonic`: ms. */
export function createFastTier(deps: {
  readonly store: FastStore
  readonly durable: DurableStore
  readonly monotonic: () => number
  readonly onPending: (key: string, revision: number) => void
}): FastTier {
  const { store, durable, monotonic, onPending } = deps
  const pending = createPendingKeys()
  const background = new Set<Promise<unknown>>()
  let isTrusted = false
  // Something wrong may be in it that no list names.
  let isSuspect = false
  let losses = 0
  let tending: Promise<void> | undefined
  let isTendingWanted = false

  store.subscribe({
    state(state) {
      if (state === 'up') {
        inBackground(tend())
        return
      }
      losses += 1
      isTrusted = false
    },
    changed: () => undefined,
  })

  async function read(key: string): Promise<FastAnswer> {
    const mayRead = (): boolean => isTrusted && store.isUp() && !pending.has(key)
    if (!mayRead()) return { isKnown: false, record: undefined }
    try {
      const record = await store.read(key)
      // Meanwhile it may have become known that this is not to be believed.
      if (mayRead()) return { isKnown: true, record }
    } catch {
      // The durable tier answers.
    }
    return { isKnown: false, record: undefined }
  }

  async function bring(key: string, record: CredentialRecord): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS && store.isUp(); attempt += 1) {
      try {
        await store.write(key, record)
        inBackground(durable.clearFastPending(key, record.revision))
        return
      } catch {
        // Once more; then it stays on the list.
      }
    }
    pending.add(key)
  }

  async function promoteAndVerify(key: string, record: CredentialRecord, readAt: number): Promise<void> {
    if (!isTrusted || pending.has(key) || monotonic() - readAt > PROMOTE_WITHIN_MS) return
    // One that failed may have been done all the same.
    if (!(await store.write(key, record).catch(() => true))) return
    // The key may have been changed after it was read, and the fast store have lost that change: then what was just
    // written is a value that was replaced. Any change after this look comes with a write of its own.
    try {
      const current = await durable.read(key)
      if (current?.revision === record.revision) return
      if (current === undefined) await store.forget(key, record.revision)
      else await store.write(key, current)
    } catch {
      isTrusted = false
      isSuspect = true
    }
  }

  /** Whether the server is one whose records may be believed; another one is emptied first. */
  async function isAdmitted(): Promise<boolean> {
    try {
      const incarnation = await store.incarnation()
      const known = await durable.recall(FAST_INCARNATION)
      if (!isSuspect && incarnation !== undefined && incarnation === known) return true
      await store.clear()
      await durable.remember(FAST_INCARNATION, incarnation ?? '')
      isSuspect = false
      return true
    } catch {
      return false
    }
  }

  /** Brings what was missed. Answers whether everything that is still missing is known by name. */
  async function drain(): Promise<boolean> {
    for (let round = 0; round < ROUNDS_MOST; round += 1) {
      const done = pending.listing()
      const changes = await durable.fastPending(LIST_MOST)
      done(
        changes.map(({ key }) => key),
        changes.length < LIST_MOST,
      )
      for (const { key, revision } of changes) onPending(key, revision)
      if (changes.length === 0 || !store.isUp()) return changes.length < LIST_MOST
      const brought = await Promise.all(
        changes.map(async ({ key, revision, record }) => {
          try {
            if (record === undefined) await store.forget(key, revision)
            else await store.write(key, record)
            await durable.clearFastPending(key, revision)
            return true
          } catch {
            return false
          }
        }),
      )
      if (!brought.includes(true)) return changes.length < LIST_MOST
    }
    return false
  }

  async function tendOnce(): Promise<void> {
    await store.check().catch(() => undefined)
    const lossesBefore = losses
    if (store.isUp() && (isTrusted || (await isAdmitted()))) {
      const isWholeListKnown = await drain().catch(() => isTrusted)
      isTrusted = isWholeListKnown && losses === lossesBefore && store.isUp() && !isSuspect
    } else {
      isTrusted = false
      // Away as it is: what it misses is to be known from the first moment on.
      await drain().catch(() => undefined)
    }
  }

  function tend(): Promise<void> {
    isTendingWanted = true
    tending ??= (async () => {
      while (isTendingWanted) {
        isTendingWanted = false
        await tendOnce()
      }
    })().finally(() => {
      tending = undefined
    })
    return tending
  }

  function inBackground(work: Promise<unknown>): void {
    const tracked: Promise<unknown> = work.catch(() => undefined).finally(() => background.delete(tracked))
    background.add(tracked)
  }

  return {
    isTrusted: () => isTrusted && store.isUp(),
    read,
    expect: (key) => pending.expect(key),
    bring,
    promote: (key, record, readAt) => {
      if (isTrusted) inBackground(promoteAndVerify(key, record, readAt))
    },
    note: (key) => {
      pending.add(key)
    },
    tend,
    async settled() {
      while (background.size > 0) await Promise.all(background)
    },
  }
}
