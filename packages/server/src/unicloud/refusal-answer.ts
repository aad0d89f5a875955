import type { Answer } from '../http/answer.ts'
import type { GatewayError } from './gateway-error.ts'
import { refusalBody } from './refusal-body.ts'

/** A refusal of the stock client's wire. */
export function refusalAnswer(
  error: GatewayError,
  requestId: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const body = JSON.stringify(refusalBody(error, requestId))
  return { status: error.status, body, headers: { ...headers, 'request-id': requestId } }
}
