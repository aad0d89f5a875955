import type { JsonObject } from '@drawbridge/runtime'
import Type from 'typebox'
import type { Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { readJson } from '../../http/read-json.ts'
import { schemaMismatch } from '../../http/schema-mismatch.ts'

/** What a call carries: the user's data, and what the client says of itself and its user. */
const schema = Type.Object(
  {
    spaceId: Type.String({ pattern: '^[\\w-]{1,64}$' }),
    data: Type.Optional(Type.Unsafe<JsonObject>(Type.Object({}))),
    clientInfo: Type.Optional(Type.Unsafe<JsonObject>(Type.Object({}))),
    uniIdToken: Type.Optional(Type.String({ maxLength: 8192 })),
  },
  { additionalProperties: false },
)
const sealed = Compile(schema)
const plain = Compile(
  Type.Object({ ...schema.properties, target: Type.String({ maxLength: 2048 }) }, { additionalProperties: false }),
)

/** The body of an envelope, opened. */
export type SealedBody = Static<typeof schema>

/** The body of a call without an envelope: the same, and the target in clear. */
export type PlainBody = SealedBody & { readonly target: string }

/** Reads what was inside an envelope. Throws `BODY_NOT_JSON`, `REQUEST_INVALID`. */
export function readSealedBody(text: string): SealedBody {
  const value = readJson(text)
  if (!sealed.Check(value)) throw schemaMismatch('body', sealed.Errors(value))
  return value
}

/** Checks a plain call. Throws `REQUEST_INVALID`. */
export function readPlainBody(value: unknown): PlainBody {
  if (!plain.Check(value)) throw schemaMismatch('body', plain.Errors(value))
  return value
}
