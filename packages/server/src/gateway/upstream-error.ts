import { DrawbridgeError } from '@drawbridge/protocol'
import type { ErrorCode } from '@drawbridge/protocol'

/** By the code of the socket's or the HTTP client's error; what is not here broke off in the middle, or is no HTTP. */
const codes: ReadonlyMap<string, ErrorCode> = new Map<string, ErrorCode>([
  ['EAI_AGAIN', 'GATEWAY_UPSTREAM_UNREACHABLE'],
  ['ECONNREFUSED', 'GATEWAY_UPSTREAM_UNREACHABLE'],
  ['EHOSTUNREACH', 'GATEWAY_UPSTREAM_UNREACHABLE'],
  ['ENETUNREACH', 'GATEWAY_UPSTREAM_UNREACHABLE'],
  ['ENOENT', 'GATEWAY_UPSTREAM_UNREACHABLE'],
  ['ENOTFOUND', 'GATEWAY_UPSTREAM_UNREACHABLE'],
  ['UND_ERR_CONNECT_TIMEOUT', 'GATEWAY_UPSTREAM_UNREACHABLE'],
  ['UND_ERR_INVALID_ARG', 'GATEWAY_REQUEST_INVALID'],
])

/** What went wrong between us and the backend, in our codes; `reason` names the kind of failure and no address. */
export function upstreamError(cause: unknown, route: string): DrawbridgeError {
  if (cause instanceof DrawbridgeError) return cause
  const reason = reasonOf(cause)
  const isTls = /^(?:CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/.test(reason)
  const code = isTls ? 'GATEWAY_UPSTREAM_UNREACHABLE' : (codes.get(reason) ?? 'GATEWAY_RESPONSE_INVALID')
  return new DrawbridgeError(code, { route, reason }, { cause })
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'unknown'
  // Several addresses of one name: each failed, and the first one tells as much as the others.
  if (cause instanceof AggregateError) return reasonOf(cause.errors[0])
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name
}
