import type { Log } from '../../log/create-log.ts'
import type { Space } from '../../spaces/space.ts'
import type { Sender } from '../usn1/call-facts.ts'
import { knownError } from '../wire-error.ts'

/**
 * Writes down an error that a call is answered with. What a function or a backend did wrong stands in the log of its
 * own, of functions or of the gateway; here what the server did.
 */
export function noteFailure(
  error: unknown,
  { sender, space }: { readonly sender: Sender; readonly space?: Space | undefined },
  log: Log,
): void {
  const { code, status } = knownError(error)
  const fields = { requestId: sender.requestId, spaceId: space?.spaceId, status, code }
  if (status >= 500 && !/^(?:FUNCTION|GATEWAY)_/.test(code)) log.failure('call failed', error, fields)
  else log.debug('call refused', fields)
}
