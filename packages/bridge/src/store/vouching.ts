import type { ChangedKeys, ChangeFeed } from './durable-store.ts'

/** Says whether memory may be believed, because whoever changes something would be noticed. */
export interface Vouching {
  /** Right now; no promise, and no I/O but a look at the database's version every so often. */
  isVouched(): boolean
  /** Finds out what others have changed and tells it; `isStrict`: everything up to this very moment. Never throws. */
  settle(isStrict: boolean): Promise<void>
  /** The fast tier tells of a change. Whether the feed will know of it, and more exactly: it is asked anew before anything is vouched for. */
  isCoveredByFeed(): boolean
}

/** The database's version is looked at no more often, ms. */
const LOOK_EVERY_MS = 100
/** Others may write without end; after so many looks in a row what is known is good enough. */
const LOOKS_MOST = 3

/**
 * The durable tier's own feed of changes vouches where it has one, since every change goes through it; while it is
 * gone, or has none, the fast tier's tellings do.
 */
export function createVouching(deps: {
  readonly feed: ChangeFeed | undefined
  /** Whether the fast tier is trusted and tells of every change. */
  readonly isTracking: () => boolean
  readonly monotonic: () => number
  readonly onChanged: (keys: ChangedKeys['keys']) => void
}): Vouching {
  const { feed, isTracking, monotonic, onChanged } = deps
  let state: 'sure' | 'unsure' | 'gone' = 'unsure'
  let lookedAt = Number.NEGATIVE_INFINITY
  let last: number | undefined
  let settling: Promise<void> | undefined

  /** Whether the feed has nothing new; raises the doubt where it has. */
  function look(from: ChangeFeed): boolean {
    lookedAt = monotonic()
    try {
      if (!from.mayHaveChanged()) return true
      state = 'unsure'
    } catch {
      lose()
    }
    return false
  }

  function lose(): void {
    if (state === 'gone') return
    state = 'gone'
    // Changes between the last look and the moment at which others began to tell of them are known to nobody.
    onChanged('all')
  }

  async function catchUp(from: ChangeFeed): Promise<void> {
    try {
      const changed = await from.changesSince(last)
      last = changed.last
      onChanged(changed.keys)
      state = 'sure'
    } catch {
      lose()
    }
    lookedAt = monotonic()
  }

  function isFresh(): boolean {
    return monotonic() - lookedAt < LOOK_EVERY_MS
  }

  return {
    isCoveredByFeed() {
      lookedAt = Number.NEGATIVE_INFINITY
      return feed !== undefined && state !== 'gone'
    },
    isVouched() {
      if (feed === undefined || state === 'gone') return isTracking()
      if (state === 'unsure') return false
      if (isFresh() || look(feed)) return true
      // What look() has found out a line above.
      return (state as string) === 'gone' && isTracking()
    },
    async settle(isStrict) {
      if (feed === undefined) return
      for (let looks = 0; looks < LOOKS_MOST; looks += 1) {
        if (state === 'sure' && ((!isStrict && isFresh()) || look(feed))) return
        // A database that is gone is not asked by everyone all the time.
        if (state === 'gone' && isFresh()) return
        settling ??= catchUp(feed).finally(() => {
          settling = undefined
        })
        await settling
        if (!isStrict) return
      }
    },
  }
}
