import type { TokenRecord } from '../callers/tokens/token-store.ts'
import type { ServerConfig } from '../config/server-config.ts'

/** How many ways there are to be a caller; 0.0.0.0 alone admits nobody and does not count. */
export function countCallers(
  { callers }: Pick<ServerConfig, 'callers'>,
  tokens: readonly Pick<TokenRecord, 'expiresAt' | 'revokedAt'>[],
  now: number,
): number {
  const addresses = callers.allowList.filter((entry) => entry !== '0.0.0.0' && entry !== '::').length
  const living = tokens.filter(({ expiresAt, revokedAt }) => revokedAt === null && expiresAt > now).length
  return addresses + callers.signing.length + (callers.s2s ? 1 : 0) + living
}
