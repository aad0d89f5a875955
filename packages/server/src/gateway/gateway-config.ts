import type { Rule } from '@drawbridge/protocol'

/** A part of a backend that clients may call. */
export interface GatewayRoute {
  /** Unique; under `h:name` the rules of a space know the route. */
  readonly name: string
  /** See `compilePattern`. */
  readonly path: string
  /** In capitals; undefined: every one that the gateway knows. */
  readonly methods?: readonly string[]
  /** Scheme, host, port, and the path that stands before every path; no slash at its end. */
  readonly upstream: string
  /** Taken off the path before it goes to the backend; no slash at its end; '': nothing. */
  readonly stripPrefix: string
  /** Who may call; undefined: the rules of the space decide. */
  readonly policy?: readonly Rule[]
  /** Of a request's and of a response's body, and of one message of a socket. */
  readonly bodyMaxBytes: number
  /** Until the response is there, or the socket is open; of a stream the longest gap. */
  readonly timeoutMs: number
  /** The space whose clients may call; undefined: any. */
  readonly spaceId?: string
  /** Whether calls without an envelope go on to the policy. */
  readonly plain: 'refuse' | 'allow'
  /** Whether it takes sockets on GET; left out: none. */
  readonly webSocket?: boolean
  /** Response headers that go to the client besides the usual ones; in lower case. */
  readonly responseHeaders: readonly string[]
}

/** The backends behind this server. */
export interface GatewayConfig {
  /** Signs the identity headers; backends have it too. */
  readonly signingKey: string
  /** The first that matches decides. */
  readonly routes: readonly GatewayRoute[]
}

/** The methods that a route may take. */
export const gatewayMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

/** What a route has that says nothing. */
export const routeDefaults = { bodyMaxBytes: 1_048_576, timeoutMs: 10_000 } as const
