import type { CredentialRecord } from './record.ts'
import type { ListedRecord } from './credential-store.ts'

/** Which tier answered; `none`: none holds it. */
export type Tier = 'memory' | 'fast' | 'durable' | 'none'

/** What a read of the tiers finds. */
export interface TieredRead {
  readonly record: CredentialRecord | undefined
  readonly tier: Tier
}

/**
 * How a tier is. `error` of one that is not ok: why, in a word (`gone`, `timeout`; `behind`: it answers, and has not
 * yet what it missed). Of one that is ok: what is wrong with it all the same (`maxmemory-policy allkeys-lru`: it throws
 * keys away; `maxmemory-policy unknown`: it does not tell).
 */
export interface TierAnswer {
  readonly tier: string
  readonly ok: boolean
  readonly error?: string
}

/** How a record is written to the tiers. */
export interface TieredWrite {
  /** Written only if exactly this revision is stored; 0: nothing is. Left out: if the record's revision is greater. */
  readonly expectedRevision?: number
  /**
   * `durable`: not acknowledged before the database has it (`STORE_UNAVAILABLE`). `cache`: what can be obtained again
   * may live in the tiers that answer, memory alone if need be, and reaches the database when it is back.
   */
  readonly durability: 'cache' | 'durable'
}

/** Memory, fast tier and durable tier as one. Tombstones (`value: null`) are answered as records. */
export interface TieredStore {
  /** From memory, if it holds a record that something vouches for; no promise, no I/O. */
  peek(key: string): CredentialRecord | undefined
  /** Memory, then the fast tier, then the durable one. Throws `STORE_UNAVAILABLE` when nobody can tell. */
  read(key: string): Promise<TieredRead>
  /** Never from memory: what the replicas share. Refreshes are decided on it. */
  readShared(key: string): Promise<CredentialRecord | undefined>
  /** Answers whether it was written; false: another revision is stored. */
  write(key: string, record: CredentialRecord, options: TieredWrite): Promise<boolean>
  list(options: {
    readonly prefix?: string
    readonly after?: string
    readonly limit: number
  }): Promise<readonly ListedRecord[]>
  sweep(): Promise<number>
  /** Whether each tier answers right now. In a process that has just begun the fast tier is given two seconds first. */
  health(): Promise<readonly TierAnswer[]>
  close(): Promise<void>
}
