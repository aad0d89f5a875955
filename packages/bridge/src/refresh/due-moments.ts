import type { CredentialRecord } from '../store/record.ts'

/** Between two refreshes ahead of one credential, ms. */
const APART_MS = 30_000
const REMEMBERED_MOST = 10_000

/** When each record wants a refresh ahead of its end. */
export interface DueMoments {
  /**
   * ms since epoch; null: never. Between `most` and `least` ms before the end, chosen once for each
   * revision, so that replicas spread and one replica does not change its mind.
   */
  dueAt(storageKey: string, record: CredentialRecord, aheadMs: readonly [least: number, most: number]): number | null
}

/** Remembers the chosen moments, a bounded number of them. */
export function createDueMoments(random: () => number): DueMoments {
  const chosen = new Map<string, { readonly revision: number; readonly at: number }>()
  return {
    dueAt(storageKey, record, [least, most]) {
      if (record.expiresAt === null) return null
      const before = chosen.get(storageKey)
      if (before?.revision === record.revision) return before.at
      const at = Math.max(
        record.expiresAt - (least + (most - least) * random()),
        // The platform may answer early callers with the same value: no second call in the same breath.
        record.obtainedAt + APART_MS,
      )
      if (chosen.size >= REMEMBERED_MOST) chosen.clear()
      chosen.set(storageKey, { revision: record.revision, at })
      return at
    },
  }
}
