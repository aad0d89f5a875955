import { DrawbridgeError } from '@drawbridge/protocol'
import { andThen } from '../and-then.ts'
import type { Scheme } from '../caller.ts'
import type { BearerTokens } from '../tokens/bearer-tokens.ts'

/** `Authorization: Bearer dbt_…` (RFC 6750). */
export function bearerScheme({ tokens }: { readonly tokens: BearerTokens }): Scheme {
  return {
    name: 'bearer',
    isGuessable: false,
    presents: ({ headers }) => headers.authorization !== undefined,
    identify({ headers }, isFlooded) {
      const text = headers.authorization ?? ''
      if (text.slice(0, 7).toLowerCase() !== 'bearer ') {
        throw new DrawbridgeError('CALLER_UNKNOWN', { reason: 'the Authorization header is no bearer token' })
      }
      return andThen(tokens.find(text.slice(7), { onlyKnown: isFlooded }), (caller) => {
        if (caller) return caller
        throw new DrawbridgeError('CALLER_UNKNOWN', { reason: 'the bearer token is unknown, expired or revoked' })
      })
    },
  }
}
