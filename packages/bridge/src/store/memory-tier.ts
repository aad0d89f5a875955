import { createRecentMap } from './recent-map.ts'
import type { CredentialRecord } from './record.ts'

/** A read of the other tiers under way, whose result memory is to keep. */
export interface Fill {
  /** Keeps the record, unless it is known to have been replaced since the fill began. */
  keep(record: CredentialRecord): void
  end(): void
}

/**
 * The first tier: this process's own memory. An entry is believed for a while and until something raises a doubt; what
 * is not believed any more stays as a last resort, unless it is known to have been replaced.
 */
export interface MemoryTier {
  /** A believed record that has not ended. */
  peek(key: string): CredentialRecord | undefined
  /** A record that has not ended and is not known to have been replaced. */
  lastResort(key: string): CredentialRecord | undefined
  /** The highest revision that this process has seen under the key, while that record lives; what is older is stale. */
  floor(key: string): number
  /** To be called before the other tiers are asked. */
  fill(key: string): Fill
  /** This process has written it. */
  put(key: string, record: CredentialRecord): void
  /** Others have changed the key; `revision`, where known, is what is stored now. */
  drop(key: string, revision?: number): void
  /** Anything may have changed: nothing is believed before it was read again. */
  doubt(): void
}

interface Entry {
  readonly record: CredentialRecord | undefined
  readonly revision: number
  readonly expiresAt: number | null
  readonly keptAt: number
  readonly era: number
}

/** However well vouched for, an entry is read again after this, ms. */
const TRUST_MS = 60_000

/** `now`: ms since epoch. `monotonic`: ms, goes on while the process is stopped. */
export function createMemoryTier(deps: {
  readonly entriesMost: number
  readonly now: () => number
  readonly monotonic: () => number
}): MemoryTier {
  const { now, monotonic } = deps
  const entries = createRecentMap<Entry>(deps.entriesMost)
  const fills = new Map<string, Set<{ leastRevision: number }>>()
  let era = 0

  function live(key: string): Entry | undefined {
    const entry = entries.get(key)
    return entry !== undefined && (entry.expiresAt === null || entry.expiresAt > now()) ? entry : undefined
  }

  function put(key: string, record: CredentialRecord): void {
    const { revision, expiresAt } = record
    entries.set(key, { record, revision, expiresAt, keptAt: monotonic(), era })
  }

  function fence(key: string, leastRevision: number): void {
    for (const fill of fills.get(key) ?? []) fill.leastRevision = Math.max(fill.leastRevision, leastRevision)
  }

  return {
    peek(key) {
      const entry = live(key)
      if (entry === undefined || entry.era !== era || monotonic() - entry.keptAt >= TRUST_MS) return undefined
      return entry.record
    },
    lastResort: (key) => live(key)?.record,
    floor: (key) => live(key)?.revision ?? 0,
    fill(key) {
      const fill = { leastRevision: 0 }
      const eraAtStart = era
      const others = fills.get(key) ?? new Set()
      fills.set(key, others.add(fill))
      return {
        keep(record) {
          if (era !== eraAtStart || record.revision < fill.leastRevision) return
          if (record.revision >= (live(key)?.revision ?? 0)) put(key, record)
        },
        end() {
          others.delete(fill)
          if (others.size === 0 && fills.get(key) === others) fills.delete(key)
        },
      }
    },
    put(key, record) {
      fence(key, record.revision)
      if (record.revision >= (live(key)?.revision ?? 0)) put(key, record)
    },
    drop(key, revision = Number.POSITIVE_INFINITY) {
      fence(key, revision)
      const entry = entries.get(key)
      // What is here already is what is stored: this process wrote it, or has read it since.
      if (entry === undefined || entry.revision >= revision) return
      entries.set(key, { ...entry, record: undefined })
    },
    doubt() {
      era += 1
    },
  }
}
