import { DrawbridgeError } from '@drawbridge/protocol'
import type { IdentityEvent } from '../identity-event.ts'

/** Runs `work` and tells what became of it; `note` adds what is known only on the way. Errors pass through. */
export async function reported<Result>(
  { onEvent }: { readonly onEvent: (event: IdentityEvent) => void },
  about: Pick<IdentityEvent, 'type' | 'spaceId' | 'platform'>,
  work: (note: (more: Pick<IdentityEvent, 'type'>) => void) => Promise<Result>,
): Promise<Result> {
  let known = about
  try {
    const result = await work((more) => (known = { ...known, ...more }))
    onEvent({ ...known, outcome: 'ok' })
    return result
  } catch (error) {
    onEvent({ ...known, ...reasonOf(error) })
    throw error
  }
}

function reasonOf(error: unknown): Pick<IdentityEvent, 'outcome' | 'code' | 'errcode'> {
  if (!(error instanceof DrawbridgeError)) return { outcome: 'failed', code: 'SYSTEM_ERROR' }
  const errcode = error.cause instanceof DrawbridgeError ? error.cause.detail['errcode'] : undefined
  return {
    outcome: error.code === 'LOGIN_REFUSED' ? 'refused' : 'failed',
    code: error.code === 'LOGIN_REFUSED' ? String(error.detail['errCode']) : error.code,
    ...(typeof errcode === 'number' && { errcode }),
  }
}
