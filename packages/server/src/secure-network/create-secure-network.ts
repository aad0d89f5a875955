import type { Bridge } from '@drawbridge/bridge'
import type { Primitives } from '@drawbridge/protocol'
import { nodePrimitives } from '@drawbridge/protocol/node'
import { createRateLimiter } from '../callers/rate-limiter.ts'
import type { RateLimiter } from '../callers/rate-limiter.ts'
import type { CallIntake } from '../calls/call-intake.ts'
import type { CallPath } from '../calls/call-path.ts'
import type { Gateway } from '../gateway/create-gateway.ts'
import { createGatewayRoutes } from '../gateway/create-gateway-routes.ts'
import type { SocketLimits } from '../gateway/socket/socket-limits.ts'
import { withRoutes } from '../gateway/with-routes.ts'
import type { ClientRoute } from '../http/route.ts'
import type { Log } from '../log/create-log.ts'
import type { Space } from '../spaces/space.ts'
import { createCallIntake } from './create-call-intake.ts'
import type { CodeOpenids } from './keys/code-openids.ts'
import { createKeyFinders } from './keys/create-key-finders.ts'
import { createScheduleCache } from './keys/schedule-cache.ts'
import { KEY_LOOKUPS_PER_MINUTE } from './keys/user-key.ts'
import type { Opener } from './opener.ts'
import type { PolicySource } from './policy-source.ts'
import type { ReplayGuard } from './replay/replay-guard.ts'
import { createCallRoute } from './v1/create-call-route.ts'
import type { VerdictSink } from './verdict.ts'

/** What the secure network is made of. */
export interface SecureNetworkDeps {
  readonly spaces: readonly Space[]
  /** Where admitted calls run. */
  readonly path: CallPath
  /** Backends that calls may go on to; left out: none. */
  readonly gateway?: Gateway
  readonly policies: PolicySource
  readonly verdicts: VerdictSink
  readonly bridge: Pick<Bridge, 'apps' | 'get' | 'peek'>
  readonly replay: ReplayGuard
  /** ms since epoch. */
  readonly now: () => number
  /** Monotonic ms. */
  readonly elapsed: () => number
  /** When this process began, ms since epoch; left out where the replay guard outlives processes. */
  readonly bootedAt?: number | undefined
  /** That many bytes fit for keys. */
  readonly random: (length: number) => Uint8Array
  readonly log: Log
  /** Counts requests to `/v1/call` by address; no limit when left out. */
  readonly limiter?: RateLimiter
  /** Whose a login code was; left out: users are known by openid alone. */
  readonly codes?: CodeOpenids
  /** By wire: what opens calls that come protected in another way than USN1. */
  readonly openers?: { readonly unicloud?: Opener }
  /** Suites 1 and 2 on Node's cryptography when left out; `withSm4(nodePrimitives)` adds suite 3. */
  readonly primitives?: Primitives
  /** Waits that long, or until the signal; left out: no sockets. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>
  readonly limits?: Partial<SocketLimits>
  /** Of one call's body; 1 MiB. */
  readonly bodyMaxBytes?: number
}

/** The one pipeline of all calls: receive, open, admit, run, seal. */
export interface SecureNetwork {
  /** For the stock client's wire, URL-ized functions, timers, functions and the command line. */
  readonly intake: CallIntake
  /** `/v1/call`, `/v1/stream` where there is a gateway, and `/v1/socket` where one of its routes takes sockets. */
  readonly routes: readonly ClientRoute[]
}

/**
 * Puts the pipeline together.
 *
 * @example
 * const { intake, routes } = createSecureNetwork({ spaces, path, policies, verdicts, bridge, replay, now, elapsed,
 *   bootedAt: now(), random: randomBytes, log })
 */
export function createSecureNetwork(deps: SecureNetworkDeps): SecureNetwork {
  const { now, elapsed, bridge, bootedAt, primitives = nodePrimitives, openers = {} } = deps
  const noLimit = createRateLimiter({ perMinute: 0, now })
  const keys = createKeyFinders({
    bridge,
    primitives,
    now,
    cache: createScheduleCache({ now, elapsed }),
    asks: createRateLimiter({ perMinute: KEY_LOOKUPS_PER_MINUTE, now }),
    ...(deps.codes && { codes: deps.codes }),
  })
  const { limiter = noLimit, gateway } = deps
  const path = gateway ? withRoutes(deps.path, gateway) : deps.path
  const envelope = { keys, replay: deps.replay, path, primitives, now, bootedAt }
  const wire = { ...deps, path, envelope, limiter }
  return {
    intake: createCallIntake({ ...deps, opener: openers.unicloud }),
    routes: [createCallRoute(wire), ...(gateway ? createGatewayRoutes({ ...wire, gateway }) : [])],
  }
}
