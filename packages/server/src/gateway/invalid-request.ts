import { DrawbridgeError } from '@drawbridge/protocol'

/**
 * `GATEWAY_REQUEST_INVALID`, of which a client is told the field and the reason.
 * @param reason what is wrong with it; names no value that the client sent
 */
export function invalidRequest(field: string, reason = 'wrong'): DrawbridgeError {
  return new DrawbridgeError('GATEWAY_REQUEST_INVALID', { field, reason })
}
