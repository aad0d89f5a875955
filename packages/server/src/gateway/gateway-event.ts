import type { ErrorCode } from '@drawbridge/protocol'

/** What became of a request to a backend; holds nothing of the request itself. `route`: undefined where none matched. */
export type GatewayEvent = {
  readonly requestId: string
  readonly spaceId: string
  readonly route: string | undefined
  /** Until the response was there, of a stream its head; or until it was clear that there is none, or that it broke. */
  readonly durationMs: number
} & (
  | { readonly type: 'gateway-forwarded'; readonly status: number }
  | { readonly type: 'gateway-refused'; readonly code: ErrorCode }
  /** A stream's response ended too early, after its head had gone out. */
  | { readonly type: 'gateway-broken'; readonly code: ErrorCode }
)
