import { BridgeError } from '@drawbridge/bridge'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { Log } from '../log/create-log.ts'
import type { Answer } from './answer.ts'
import { errorFaces } from './error-faces.ts'
import type { ErrorFace } from './error-faces.ts'
import type { Visit } from './visit.ts'

/**
 * The one place where an error becomes bytes. A known code shows itself; anything else is a bare `SYSTEM_ERROR` with
 * the request id, and its cause goes to the log.
 */
export function errorAnswer(
  error: unknown,
  { face, visit, log }: { readonly face: ErrorFace; readonly visit: Visit; readonly log: Log },
): Answer & { readonly body: string } {
  const known =
    error instanceof DrawbridgeError || error instanceof BridgeError ? error : new DrawbridgeError('SYSTEM_ERROR')
  const row = errorFaces[face]
  const status = row.status?.(known) ?? statusOf(known)
  const { requestId, outsideRequestId } = visit
  const code = ourCode(known)
  // A platform that fails is told of once by the bridge's own events, not once for every request that it fails.
  if (status === 500 || code === 'STORE_UNAVAILABLE')
    log.failure('request failed', error, { requestId, outsideRequestId, status })
  else log.debug('request refused', { requestId, outsideRequestId, status, code })
  return {
    status,
    body: JSON.stringify(row.body(known, visit)),
    contentType: row.contentType,
    headers: errorHeaders(known, status, visit.at),
  }
}

/** The code of our table for an error; what the audit trail writes down. */
export function ourCode(error: unknown): string {
  if (error instanceof DrawbridgeError) return error.code
  if (!(error instanceof BridgeError)) return 'SYSTEM_ERROR'
  return error.cause instanceof DrawbridgeError ? error.cause.code : 'CREDENTIAL_VALUE_INVALID'
}

function statusOf(error: DrawbridgeError | BridgeError): number {
  if (error instanceof DrawbridgeError) return error.status
  if (error.cause instanceof DrawbridgeError) return error.cause.status
  return 400
}

function errorHeaders(
  error: DrawbridgeError | BridgeError,
  status: number,
  at: number,
): Readonly<Record<string, string>> {
  const wait = retryAfterSeconds(error instanceof BridgeError ? error.cause : error, at)
  return {
    ...(wait === undefined ? {} : { 'retry-after': String(wait) }),
    ...(status === 401 ? { 'www-authenticate': 'Bearer realm="drawbridge"' } : {}),
  }
}

function retryAfterSeconds(error: unknown, at: number): number | undefined {
  if (!(error instanceof DrawbridgeError)) return undefined
  const { retryAfterSeconds: seconds, retryAt } = error.detail
  if (typeof seconds === 'number') return seconds
  return typeof retryAt === 'number' ? Math.max(1, Math.ceil((retryAt - at) / 1000)) : undefined
}
