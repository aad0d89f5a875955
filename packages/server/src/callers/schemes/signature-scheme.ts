import type { SigningCaller } from '../../config/server-config.ts'
import { andThen } from '../and-then.ts'
import type { Caller, Scheme } from '../caller.ts'
import type { ReplayMemory } from '../signature/replay-memory.ts'
import { createSignatureVerifier } from '../signature/signature-verifier.ts'

/** HTTP Message Signatures (RFC 9421); see `createSignatureVerifier` for what must be covered. */
export function signatureScheme({
  signing,
  replays,
  now,
}: {
  readonly signing: readonly SigningCaller[]
  readonly replays: ReplayMemory
  readonly now: () => number
}): Scheme {
  const verify = createSignatureVerifier({ callers: signing, replays, now })
  const callers = new Map<SigningCaller, Caller>(
    signing.map((key) => [key, { id: `key:${key.keyId}`, scheme: 'signature', scopes: key.scopes, covers: 'request' }]),
  )

  return {
    name: 'signature',
    isGuessable: false,
    presents: ({ headers }) => headers.signature !== undefined || headers['signature-input'] !== undefined,
    identify(request) {
      const { headers } = request
      const { scheme, authority } = request.origin()
      const header = (name: string): string | undefined => {
        const value = headers[name]
        return Array.isArray(value) ? value.join(', ') : value
      }
      const signer = verify({
        method: request.method,
        target: request.target,
        scheme,
        authority,
        header,
        body: request.body,
      })
      return andThen(
        signer,
        (key) => callers.get(key) ?? { id: `key:${key.keyId}`, scheme: 'signature', scopes: [], covers: 'request' },
      )
    },
  }
}
