import type { GatewayError } from './gateway-error.ts'

/** The body of a refusal on the stock client's wire: a JSON object with `error`, whatever the status. */
export function refusalBody({ code, message }: Omit<GatewayError, 'status'>, requestId: string): object {
  return { success: false, error: { code, message }, header: { 'x-serverless-request-id': requestId } }
}
