import { BridgeError } from '@drawbridge/bridge'
import { DrawbridgeError, SECURE_NETWORK_SUBJECT, secureNetworkRows } from '@drawbridge/protocol'
import type { WireError } from '@drawbridge/protocol'

/** The subject of errors that are not the secure network's own. */
const SUBJECT = 'drawbridge'

/**
 * Any error as a caller of `/v1/call` reads it: our number and sentence. What a function threw is in its log and
 * nowhere else, and of an error that is not ours nothing is told.
 */
export function wireError(error: unknown): WireError {
  const known = knownError(error)
  const { code, number: errCode } = known
  const isOwn = Object.hasOwn(secureNetworkRows, code) || code === 'SYSTEM_ERROR'
  return { errCode, errSubject: isOwn ? SECURE_NETWORK_SUBJECT : SUBJECT, errMsg: sentence(known) }
}

/** The error, if it is one of ours, else a bare `SYSTEM_ERROR`. */
export function knownError(error: unknown): DrawbridgeError {
  if (error instanceof DrawbridgeError) return error
  if (error instanceof BridgeError && error.cause instanceof DrawbridgeError) return error.cause
  return new DrawbridgeError('SYSTEM_ERROR')
}

function sentence({ code, message, detail: { field, reason } }: DrawbridgeError): string {
  const isTold = (code === 'REQUEST_INVALID' || code === 'GATEWAY_REQUEST_INVALID') && field !== undefined
  return isTold ? `${message} (${String(field)}: ${String(reason ?? 'wrong')})` : message
}
