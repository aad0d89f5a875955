import { DrawbridgeError } from '@drawbridge/protocol'
import type { CredentialValue } from '../credential.ts'
import type { UpstreamAnswer } from './upstream.ts'

/** The text of one field of a credential value or an answer; undefined when it is not there. */
export function textField(value: CredentialValue | undefined, field: string): string | undefined {
  if (value === undefined || Array.isArray(value)) return undefined
  const text = (value as UpstreamAnswer)[field]
  return typeof text === 'string' ? text : undefined
}

/** A field that has to be a non-empty string. Throws `UPSTREAM_ANSWER_INVALID`: such an answer is never kept. */
export function requiredText(answer: UpstreamAnswer, field: string): string {
  const text = textField(answer, field)
  if (text === undefined || text === '') throw new DrawbridgeError('UPSTREAM_ANSWER_INVALID', { field })
  return text
}
