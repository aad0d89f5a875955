import { DrawbridgeError } from '@drawbridge/protocol'
import type { UpstreamAnswer } from './upstream.ts'

/** WeChat's usual life of a token or ticket, s; also what a missing `expires_in` means (as the reference has it). */
const DEFAULT_LIFETIME_S = 7200

/** An answer's life in ms: numbers and numeric strings count, absent or 0 means 7200 s. */
export function lifetimeMs(answer: UpstreamAnswer): number {
  const seconds = Number(answer['expires_in'] ?? 0)
  if (!Number.isFinite(seconds) || seconds < 0) {
    throw new DrawbridgeError('UPSTREAM_ANSWER_INVALID', { field: 'expires_in' })
  }
  return (seconds === 0 ? DEFAULT_LIFETIME_S : seconds) * 1000
}
