import { DrawbridgeError } from '@drawbridge/protocol'
import type { CredentialValue } from '../credential.ts'
import type { UpstreamAnswer } from './upstream.ts'

/** WeChat's usual life of a token or ticket, s; also what a missing `expires_in` means (as the reference has it). */
const DEFAULT_LIFETIME_S = 7200

/** An answer's life in ms: numbers and numeric strings count, absent or 0 means 7200 s. */
export function lifetimeMs(answer: UpstreamAnswer): number {
  const seconds = Number(answer['expires_in'] ?? 0)
  if (!Number.isFinite(seconds) || seconds < 0)
    throw new DrawbridgeError('UPSTREAM_ANSWER_INVALID', { field: 'expires_in' })
  return (seconds === 0 ? DEFAULT_LIFETIME_S : seconds) * 1000
}

/** A field that has to be a non-empty string. Throws `UPSTREAM_ANSWER_INVALID`: such an answer is never kept. */
export function requiredText(answer: UpstreamAnswer, field: string): string {
  const text = answer[field]
  if (typeof text !== 'string' || text === '') throw new DrawbridgeError('UPSTREAM_ANSWER_INVALID', { field })
  return text
}

/** The answer without the named fields; what stays is the credential's value, unknown fields included. */
export function without(answer: UpstreamAnswer, ...fields: readonly string[]): CredentialValue {
  return Object.fromEntries(Object.entries(answer).filter(([name]) => !fields.includes(name)))
}

/** The text of one field of a credential value; undefined when it is not there. */
export function textField(value: CredentialValue | undefined, field: string): string | undefined {
  if (value === undefined || Array.isArray(value)) return undefined
  const text = (value as UpstreamAnswer)[field]
  return typeof text === 'string' ? text : undefined
}
