import { DrawbridgeError } from '@drawbridge/protocol'
import type { ServerConfig } from '../config/server-config.ts'
import { addressNetwork } from './address-network.ts'
import type { MaybePromise } from './and-then.ts'
import type { Caller, CallerRequest, Scheme } from './caller.ts'
import { createRateLimiter } from './rate-limiter.ts'
import { createReplayMemory } from './signature/replay-memory.ts'
import type { ReplayMemory } from './signature/replay-memory.ts'
import { SIGNATURE_KEPT_SECONDS } from './signature/signature-verifier.ts'
import { schemeTable } from './table.ts'
import type { BearerTokens } from './tokens/bearer-tokens.ts'

/** Who may come in. */
export interface Callers {
  /**
   * The caller of a request. Throws `CALLER_UNKNOWN`, `SIGNATURE_INVALID`, `REPLAY_REFUSED` or `ADDRESS_REFUSED`, and
   * `RATE_LIMITED` to an address that has failed too often: nothing is looked up for it, and no connect code compared.
   */
  identify(request: CallerRequest): MaybePromise<Caller>
  readonly tokens: BearerTokens
  close(): Promise<void>
}

/** A stranger's attempts per minute and address. */
const FAILED_ATTEMPTS_PER_MINUTE = 600

/**
 * The ways in that the configuration opens. A request identifies by exactly one scheme: with a credential of one it is
 * judged by that alone (a bad one is refused even from an allowed address), and with credentials of two it is refused.
 */
export function createCallers({
  config,
  tokens,
  now,
  replays = createReplayMemory({ now, keepSeconds: SIGNATURE_KEPT_SECONDS }),
  failedAttemptsPerMinute = FAILED_ATTEMPTS_PER_MINUTE,
}: {
  readonly config: ServerConfig['callers']
  readonly tokens: BearerTokens
  readonly now: () => number
  /** Where nonces are remembered: in this process when left out. */
  readonly replays?: ReplayMemory
  readonly failedAttemptsPerMinute?: number
}): Callers {
  const { credentials, otherwise } = schemeTable({ config, tokens, replays, now })
  const failures = createRateLimiter({ perMinute: failedAttemptsPerMinute, now })

  const failed = (request: CallerRequest, error: unknown): never => {
    // A store that is down is no attempt of a stranger's.
    if (error instanceof DrawbridgeError && error.status < 500) failures.take(addressNetwork(request.address))
    throw error
  }

  return {
    tokens,
    identify(request) {
      const isFlooded = failures.isSpent(() => addressNetwork(request.address))
      let scheme: Scheme | undefined
      try {
        scheme = schemeOf(request, credentials, otherwise)
        // Who shows no credential guesses none: probes of health must not lock others at the same address out.
        if (scheme === otherwise) return scheme.identify(request, isFlooded)
      } catch (error) {
        if (scheme === otherwise) throw error
        return failed(request, error)
      }
      try {
        if (isFlooded && scheme.isGuessable) throw new DrawbridgeError('CALLER_UNKNOWN')
        const caller = scheme.identify(request, isFlooded)
        return caller instanceof Promise ? caller.catch((error: unknown) => failed(request, error)) : caller
      } catch (error) {
        return failed(request, error)
      }
    },
    close: () => tokens.close(),
  }
}

function schemeOf(request: CallerRequest, credentials: readonly Scheme[], otherwise: Scheme): Scheme {
  let found: Scheme | undefined
  for (const scheme of credentials) {
    if (!scheme.presents(request)) continue
    if (found) {
      throw new DrawbridgeError('CALLER_UNKNOWN', {
        reason: `the request carries credentials of two schemes, ${found.name} and ${scheme.name}; send one`,
      })
    }
    found = scheme
  }
  return found ?? otherwise
}
