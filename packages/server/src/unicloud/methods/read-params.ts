import { DrawbridgeError } from '@drawbridge/protocol'
import type { Static, TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { readJson } from '../../http/read-json.ts'
import { schemaMismatch } from '../../http/schema-mismatch.ts'

/** Reads a method's `params`. Throws `REQUEST_INVALID` whose field begins with `params`. */
export function paramsReader<Schema extends TSchema>(schema: Schema): (text: string) => Static<Schema> {
  const validator = Compile(schema)
  return (text) => {
    const value = parse(text)
    if (!validator.Check(value)) throw within(schemaMismatch('body', validator.Errors(value)))
    return value
  }
}

function parse(text: string): unknown {
  try {
    return readJson(text)
  } catch (error) {
    throw error instanceof DrawbridgeError ? within(error) : error
  }
}

/** The same refusal, its field told as one of `params`. */
function within({ detail }: DrawbridgeError): DrawbridgeError {
  const { field, reason = 'wrong' } = detail
  const place = typeof field === 'string' && field !== 'body' ? `params.${field.replace(/^body\./, '')}` : 'params'
  return new DrawbridgeError('REQUEST_INVALID', { field: place, reason })
}
