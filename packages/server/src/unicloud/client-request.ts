import { DrawbridgeError } from '@drawbridge/protocol'
import Type from 'typebox'
import type { Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { readJson, readText } from '../http/read-json.ts'
import { schemaMismatch } from '../http/schema-mismatch.ts'

/** A clock that is further off than this is told; nothing older can be sent again. */
const SKEW_MAX_MS = 86_400_000

/**
 * Exactly the keys that the client sends. The patterns keep the signed text unambiguous: it joins keys and values
 * without escaping, so in all but `params` a `&` or `=` could stand for a key that is not there.
 */
const schema = Type.Object(
  {
    method: Type.String({ pattern: '^[A-Za-z]+(\\.[A-Za-z]+){1,7}$', maxLength: 128 }),
    params: Type.String({ minLength: 2 }),
    spaceId: Type.String({ pattern: '^[\\w-]{1,64}$' }),
    timestamp: Type.Integer({ minimum: 1_000_000_000_000, maximum: 9_999_999_999_999 }),
    token: Type.Optional(Type.String({ pattern: '^[\\w.-]{1,256}$' })),
  },
  { additionalProperties: false },
)
const request = Compile(schema)

/** The body of a request of the stock client; `params` is JSON as text, `timestamp` in ms. */
export type ClientRequest = Static<typeof schema>

/**
 * Reads a body. Throws `BODY_NOT_JSON`; `REQUEST_INVALID` with the field that is not as the client writes it;
 * `CLIENT_TIME_WRONG` when the timestamp is a day off.
 */
export function readClientRequest(body: Uint8Array | undefined, now: number): ClientRequest {
  const value = readJson(readText(body ?? new Uint8Array()))
  if (!request.Check(value)) throw schemaMismatch('body', request.Errors(value))
  if (Math.abs(now - value.timestamp) > SKEW_MAX_MS)
    throw new DrawbridgeError('CLIENT_TIME_WRONG', { aheadSeconds: Math.round((value.timestamp - now) / 1000) })
  return value
}
