import { DrawbridgeError } from '@drawbridge/protocol'
import type { Json } from '@drawbridge/runtime'
import type { Static, TSchema } from 'typebox'
import { Value } from 'typebox/value'

/** Parameters that fit the schema. Throws `REQUEST_INVALID`. */
export function readParams<Schema extends TSchema>(schema: Schema, params: Json | undefined): Static<Schema> {
  if (Value.Check(schema, params)) return params
  const [fault] = Value.Errors(schema, params)
  throw new DrawbridgeError('REQUEST_INVALID', { field: fault?.instancePath ?? '', reason: fault?.message ?? 'wrong' })
}
