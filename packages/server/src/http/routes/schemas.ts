import { Type } from 'typebox'

/** Parts that the rows' schemas share. */
export const schemas = {
  moment,
  queryNumber,
  queryText,
  /** A query string that must be empty. */
  noQuery: Type.Object({}, { additionalProperties: false }),
  /** A path without parameters. */
  noParams: Type.Object({}, { additionalProperties: false }),
  /** A request without a body. */
  noBody: Type.Undefined(),
} as const

/** A moment on the wire. */
function moment(description: string) {
  return Type.Integer({ description: `${description}; ms since epoch` })
}

/** A number in a query string, where everything is text. */
function queryNumber(description: string) {
  return Type.Optional(Type.String({ pattern: '^[0-9]{1,16}$', description }))
}

/** Text in a query string. */
function queryText(description: string) {
  return Type.Optional(Type.String({ minLength: 1, maxLength: 128, description }))
}
