import type { ReplayMark } from './replay-guard.ts'

/** What tells one message from all others. Lengths stand before the parts: no two run together to the same bytes. */
export function markBytes({ subject, keyId, rid }: Omit<ReplayMark, 'ts'>): readonly Uint8Array[] {
  const name = Buffer.from(subject)
  return [Buffer.from([name.length >> 8, name.length & 0xff, keyId.length & 0xff]), name, keyId, rid]
}
