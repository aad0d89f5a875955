import { DrawbridgeError } from '@drawbridge/protocol'

/**
 * `GATEWAY_REQUEST_INVALID` with a sentence that names the field, for a client is told nothing else.
 * @param reason what is wrong with it; names no value that the client sent
 */
export function invalidRequest(field: string, reason = 'wrong'): DrawbridgeError {
  const error = new DrawbridgeError('GATEWAY_REQUEST_INVALID', { field, reason })
  error.message = `${error.message} (${field}: ${reason})`
  return error
}
