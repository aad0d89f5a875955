import type { ServerConfig } from '../config/server-config.ts'
import type { Scheme } from './caller.ts'
import { addressScheme } from './schemes/address-scheme.ts'
import { bearerScheme } from './schemes/bearer-scheme.ts'
import { s2sScheme } from './schemes/s2s-scheme.ts'
import { signatureScheme } from './schemes/signature-scheme.ts'
import type { ReplayMemory } from './signature/replay-memory.ts'
import type { BearerTokens } from './tokens/bearer-tokens.ts'

/** Every way to prove who is calling. A new one is a file and a row here. */
export function schemeTable({
  config,
  tokens,
  replays,
  now,
}: {
  readonly config: ServerConfig['callers']
  readonly tokens: BearerTokens
  readonly replays: ReplayMemory
  readonly now: () => number
}): { readonly credentials: readonly Scheme[]; readonly otherwise: Scheme } {
  return {
    credentials: [
      bearerScheme({ tokens }),
      signatureScheme({ signing: config.signing, replays, now }),
      s2sScheme({ config: config.s2s, now }),
    ],
    // A request without any credential is judged by where it comes from.
    otherwise: addressScheme({ allowList: config.allowList }),
  }
}
