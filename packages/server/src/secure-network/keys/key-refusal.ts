import { DrawbridgeError } from '@drawbridge/protocol'
import type { ErrorCode } from '@drawbridge/protocol'
import { refuse } from '../refusal.ts'
import type { Refused } from '../refusal.ts'

type Row = readonly [code: ErrorCode, reason: string]

/** By the bridge's own code: what the client is told, and the operator. */
const byCode: ReadonlyMap<string, Row> = new Map<string, Row>([
  ['KEY_VERSION_INVALID', ['ENCRYPT_KEY_UNKNOWN', 'WeChat lists no such version, or not any more']],
  ['CREDENTIAL_KEY_INVALID', ['ENCRYPT_KEY_UNKNOWN', 'the version or the openid cannot be']],
  ['SESSION_KEY_MISSING', ['ENCRYPT_KEY_UNAVAILABLE', 'the user has no session key: a login is needed']],
])

/** By WeChat's errcode. 87007 and 87009 say that the session key is not the user's newest one any more. */
const byErrcode: ReadonlyMap<number, Row> = new Map<number, Row>([
  [40003, ['USER_UNKNOWN', 'WeChat does not know the openid']],
  [87007, ['ENCRYPT_KEY_UNAVAILABLE', 'WeChat has no key of the user (87007): a new login is needed']],
  [87008, ['ENCRYPT_KEY_UNAVAILABLE', 'WeChat refuses the signature method (87008)']],
  [87009, ['ENCRYPT_KEY_UNAVAILABLE', 'the session key is not the newest (87009): a new login is needed']],
])

/** What keeps a key from being had, as the client may know it. Rethrows what nobody expected. */
export function keyRefusal(error: unknown): Refused {
  if (!(error instanceof DrawbridgeError)) throw error
  const { code, detail } = error
  if (code === 'RATE_LIMITED') {
    const wait = detail['retryAfterSeconds']
    const refusal = { code, reason: 'too many key lookups from this address' } as const
    return { refused: typeof wait === 'number' ? { ...refusal, retryAfterSeconds: wait } : refusal }
  }
  const { errcode } = detail
  const row = typeof errcode === 'number' ? byErrcode.get(errcode) : byCode.get(code)
  const told = typeof errcode === 'number' ? `${code} ${errcode}` : code
  return row ? refuse(...row) : refuse('ENCRYPT_KEY_UNAVAILABLE', `the platform did not give the key: ${told}`)
}
