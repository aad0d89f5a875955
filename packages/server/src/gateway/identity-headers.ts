import type { ClientProof } from '../secure-network/client-proof.ts'
import type { Header } from './client-headers.ts'
import { invalidRequest } from './invalid-request.ts'

/** Whose request it is. */
export interface Identity {
  /** Undefined: it came plain, and nobody has proved anything. */
  readonly proof: ClientProof | undefined
  readonly requestId: string
  /** ms since epoch. */
  readonly at: number
}

/** Begins the names that are the gateway's alone. */
const PREFIX = 'x-drawbridge-'
const VALUE = /^[\x21-\x7e]*$/

/**
 * What the backend is told of the caller, all of it proved. What is not known has no header; a plain call has level 0,
 * secret type `none` and no app. Throws `GATEWAY_REQUEST_INVALID` for a proof that no header can carry.
 */
export function identityHeaders({ proof, requestId, at }: Identity): readonly Header[] {
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['app', proof?.appId],
    ['openid', proof?.openid],
    ['wx-appid', proof?.wxAppid],
    ['device', proof?.deviceId],
    ['platform', proof?.platform],
    ['version', proof?.version],
    ['level', String(proof?.level ?? 0)],
    ['secret-type', proof?.secretType ?? 'none'],
    ['request-id', requestId],
    ['timestamp', String(at)],
  ]
  return facts.flatMap(([name, value]): Header[] => {
    if (value === undefined || value === '') return []
    if (!VALUE.test(value)) throw invalidRequest(name)
    return [[`${PREFIX}${name}`, value]]
  })
}
