import type { KeySchedule } from '@drawbridge/protocol'
import { isRefused } from '../refusal.ts'
import type { Refused } from '../refusal.ts'

/** A schedule, and how long it is good. */
export interface KeptSchedule {
  readonly schedule: KeySchedule
  /** The platform's key that it was made of, to see whether that is still the same one. */
  readonly material: string
  /** ms since epoch; messages sealed with it are refused from then on. */
  readonly acceptedUntil: number
}

/** Schedules of keys in use, so that a message costs no derivation and no look at the stores. */
export interface ScheduleCache {
  /** What `look` gives, or gave a moment ago; `look` runs once however many ask, and is told what was kept before. */
  get(
    name: string,
    look: (before: KeptSchedule | undefined) => Promise<KeptSchedule | Refused>,
  ): KeptSchedule | Refused | Promise<KeptSchedule | Refused>
}

/** A session that has ended, or a user who was taken out, is noticed so late at most. */
const RECHECK_MS = 30_000
const ENTRIES_MAX = 10_000

/** @param elapsed monotonic ms */
export function createScheduleCache({
  now,
  elapsed,
  entriesMax = ENTRIES_MAX,
}: {
  readonly now: () => number
  readonly elapsed: () => number
  readonly entriesMax?: number
}): ScheduleCache {
  const entries = new Map<string, { readonly kept: KeptSchedule; readonly checkAt: number }>()
  const looks = new Map<string, Promise<KeptSchedule | Refused>>()

  async function lookUp(
    name: string,
    look: (before: KeptSchedule | undefined) => Promise<KeptSchedule | Refused>,
  ): Promise<KeptSchedule | Refused> {
    const before = entries.get(name)?.kept
    // Out before it is looked up: what fails in between must not leave it standing.
    entries.delete(name)
    const found = await look(before)
    if (!isRefused(found)) {
      // The oldest checked goes first; those in use are checked again and again.
      for (const oldest of entries.keys()) {
        if (entries.size < entriesMax) break
        entries.delete(oldest)
      }
      entries.set(name, { kept: found, checkAt: elapsed() + RECHECK_MS })
    }
    return found
  }

  return {
    get(name, look) {
      const entry = entries.get(name)
      if (entry && elapsed() < entry.checkAt && now() < entry.kept.acceptedUntil) return entry.kept
      const running = looks.get(name)
      if (running) return running
      const started = lookUp(name, look).finally(() => looks.delete(name))
      looks.set(name, started)
      return started
    },
  }
}
