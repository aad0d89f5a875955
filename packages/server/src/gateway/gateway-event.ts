import type { ErrorCode } from '@drawbridge/protocol'

/** How a socket ended: the code of its close, 1006 where there was none, and who ended it. */
export interface SocketEnd {
  readonly closeCode: number
  readonly by: 'client' | 'backend' | 'server'
}

/** What became of a request to a backend; holds nothing of the request itself. `route`: undefined where none matched. */
export type GatewayEvent = {
  readonly requestId: string
  readonly spaceId: string
  readonly route: string | undefined
  /** Until the response was there, of a stream its head; or until it was clear that there is none, or that it broke. */
  readonly durationMs: number
} & (
  | { readonly type: 'gateway-forwarded'; readonly status: number }
  | {
      readonly type: 'gateway-refused'
      readonly code: ErrorCode
      /** Of what a backend did: the kind of failure. */
      readonly reason?: string
      /** What a backend answered instead of opening a socket. */
      readonly status?: number
    }
  | { readonly type: 'gateway-socket-opened' }
  /** `durationMs`: how long it was open. */
  | ({ readonly type: 'gateway-socket-ended' } & SocketEnd)
  /** A stream's response ended too early, after its head had gone out. */
  | { readonly type: 'gateway-broken'; readonly code: ErrorCode }
)
