import { DrawbridgeError } from '@drawbridge/protocol'
import type { ErrorCode } from '@drawbridge/protocol'

/** An error as the stock client reads it: what goes into `error`, and the HTTP status. */
export interface GatewayError {
  readonly status: number
  readonly code: string
  readonly message: string
}

type Translate = (error: DrawbridgeError) => Pick<GatewayError, 'status' | 'code'> & { readonly message?: string }

/**
 * Our codes in those that uniCloud documents for its aliyun gateway, with their statuses. What is not named here keeps
 * its own code, status and sentence.
 */
const translations: Readonly<Partial<Record<ErrorCode, Translate>>> = Object.assign(
  Object.create(null) as Partial<Record<ErrorCode, Translate>>,
  {
    BODY_TOO_LARGE: () => ({ status: 400, code: 'RequestContentLength.Exceeded' }),
    BODY_NOT_JSON: () => ({ status: 400, code: 'InvalidBody.Format' }),
    CLIENT_TIME_WRONG: () => ({ status: 400, code: 'InvalidBody.Format' }),
    REQUEST_INVALID: (error) => ({ status: 400, code: fieldCode(error) }),
    RATE_LIMITED: () => ({ status: 400, code: 'Throttling.Api' }),
    SPACE_UNKNOWN: () => ({ status: 404, code: 'InvalidSpaceId.NotFound' }),
    CLIENT_SIGNATURE_INVALID: () => ({ status: 403, code: 'SignatureNotMatch' }),
    CLIENT_TOKEN_INVALID: () => ({ status: 401, code: 'GATEWAY_INVALID_TOKEN' }),
    CLIENT_METHOD_UNKNOWN: () => ({ status: 400, code: 'InvalidMethod.Format' }),
    // The client looks for the name in the message. 200, so that browsers write no red line for what apps try by themselves.
    FUNCTION_NOT_FOUND: ({ message }) => ({
      status: 200,
      code: 'FUNCTION_NOT_FOUND',
      message: `FUNCTION_NOT_FOUND: ${message}`,
    }),
    FUNCTION_FAILED: (error) => ({ status: 200, code: 'FunctionBizError', message: ownMessage(error) }),
    FUNCTION_METHOD_UNKNOWN: () => ({ status: 200, code: 'FunctionBizError' }),
    FUNCTION_TIMED_OUT: () => ({ status: 400, code: 'RequestTimeout' }),
    FUNCTION_BUSY: () => ({ status: 400, code: 'Throttling.Api.Concurrency' }),
    FUNCTION_MEMORY_EXCEEDED: () => ({ status: 200, code: 'FunctionResourceExhausted' }),
    FUNCTION_LOAD_FAILED: () => ({ status: 200, code: 'FunctionServerError' }),
    FUNCTION_CRASHED: () => ({ status: 200, code: 'FunctionServerError' }),
    FUNCTION_FRAME_INVALID: () => ({ status: 200, code: 'FunctionServerError' }),
    FUNCTION_RESULT_INVALID: () => ({ status: 200, code: 'FunctionServerError' }),
    FUNCTION_DEPTH_EXCEEDED: () => ({ status: 200, code: 'FunctionServerError' }),
  } satisfies Partial<Record<ErrorCode, Translate>>,
)

/** The one place where an error becomes what the stock client understands; a foreign one tells nothing of itself. */
export function gatewayError(error: unknown): GatewayError {
  if (!(error instanceof DrawbridgeError)) {
    const { message } = new DrawbridgeError('SYSTEM_ERROR')
    return { status: 500, code: 'InternalError', message }
  }
  const { status, code } = error
  return { status, code, message: sentence(error), ...translations[code]?.(error) }
}

function fieldCode({ detail: { field, reason } }: DrawbridgeError): string {
  if (field === 'method') return reason === 'missing' ? 'MissingMethod' : 'InvalidMethod.Format'
  if (field === 'params') return reason === 'missing' ? 'MissingParams' : 'InvalidParams.Format'
  if (typeof field === 'string' && field.startsWith('params.')) return 'InvalidParams.Format'
  return 'InvalidBody.Format'
}

/** What the function threw is its developer's own sentence, meant for his app. */
function ownMessage({ detail, message }: DrawbridgeError): string {
  return typeof detail['message'] === 'string' && detail['message'] !== '' ? detail['message'] : message
}

function sentence({ message, detail: { field, reason } }: DrawbridgeError): string {
  return field === undefined ? message : `${message} (${String(field)}: ${String(reason ?? 'wrong')})`
}
