import { hash } from 'node:crypto'
import { createFingerprintTable } from './fingerprint-table.ts'
import { MESSAGE_LIFE_MS } from '../usn1/check-time.ts'
import { markBytes } from './mark-bytes.ts'
import type { ReplayGuard, ReplayMark } from './replay-guard.ts'
import { senderQuota } from './sender-quota.ts'

const GENERATION_MS = MESSAGE_LIFE_MS
/** 16 MiB a generation; 1.4 million messages in three minutes. */
const SLOTS = 2 ** 21
const SUBJECT_CELLS = 2 ** 16

/**
 * The memory of one process, of fixed size: two generations of fingerprints, so that each is kept for three minutes at
 * least. Fingerprints are 64 bits of a keyed hash: who does not know the key cannot make two that are alike.
 *
 * @param elapsed monotonic ms
 * @param key 32 random bytes of this process's own
 * @param slots a power of two, of 16 bytes each
 */
export function createReplayMemory({
  elapsed,
  key,
  slots = SLOTS,
}: {
  readonly elapsed: () => number
  readonly key: Uint8Array
  readonly slots?: number
}): ReplayGuard {
  let current = createFingerprintTable(slots)
  let previous = createFingerprintTable(slots)
  const shares = new Uint16Array(SUBJECT_CELLS)
  let since = elapsed()

  const turn = (): void => {
    const age = elapsed() - since
    if (age < GENERATION_MS) return
    ;[current, previous] = [previous, current]
    current.clear()
    if (age >= 2 * GENERATION_MS) previous.clear()
    shares.fill(0)
    since += age
  }

  return {
    take({ subject, keyId, rid }) {
      turn()
      const [high, low] = fingerprint(key, { subject, keyId, rid })
      if (current.has(high, low) || previous.has(high, low)) return 'seen'
      const cell = shareCell(key, subject)
      const taken = shares[cell] ?? 0
      if (current.fill() >= senderQuota.fromFill && taken >= senderQuota.messages) return 'full'
      if (!current.add(high, low)) return 'full'
      shares[cell] = Math.min(taken + 1, 0xffff)
      return 'fresh'
    },
  }
}

/** The key first and 64 bits of the hash: what lengthens a hash needs all of it. */
function fingerprint(key: Uint8Array, mark: Omit<ReplayMark, 'ts'>): readonly [high: number, low: number] {
  const digest = hash('sha256', Buffer.concat([key, ...markBytes(mark)]), 'buffer')
  const [high, low] = [digest.readUInt32BE(0), digest.readUInt32BE(4)]
  // Zeros mean an empty slot.
  return high === 0 && low === 0 ? [1, low] : [high, low]
}

/** FNV-1a from a secret start. Who shares a cell shares a quota; nobody chooses his openid to meet another's. */
function shareCell(key: Uint8Array, subject: string): number {
  let mixed = Buffer.from(key.buffer, key.byteOffset, key.byteLength).readUInt32BE(0)
  for (let at = 0; at < subject.length; at += 1) mixed = Math.imul(mixed ^ subject.charCodeAt(at), 0x01000193)
  return ((mixed >>> 16) ^ mixed) & (SUBJECT_CELLS - 1)
}
