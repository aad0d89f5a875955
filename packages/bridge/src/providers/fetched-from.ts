import { lifetimeMs } from './lifetime-ms.ts'
import type { Fetched } from './provider.ts'
import { requiredText } from './text-field.ts'
import type { UpstreamAnswer } from './upstream.ts'

/**
 * An answer as a credential: `field` has to be there, `expires_in` becomes the end, counted from before the request,
 * the fields of `dropped` go, and what the platform may have added stays.
 * Throws `UPSTREAM_ANSWER_INVALID`.
 */
export function fetchedFrom(
  answer: UpstreamAnswer,
  {
    field,
    startedAt,
    dropped = [],
  }: { readonly field: string; readonly startedAt: number; readonly dropped?: readonly string[] },
): Fetched {
  requiredText(answer, field)
  const kept = Object.entries(answer).filter(([name]) => name !== 'expires_in' && !dropped.includes(name))
  return { value: Object.fromEntries(kept), expiresAt: startedAt + lifetimeMs(answer) }
}
