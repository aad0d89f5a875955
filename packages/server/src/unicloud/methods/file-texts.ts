import Type from 'typebox'

/** No further fields. */
export const strict = { additionalProperties: false } as const

/** A name, path or id of a file. */
export const fileText = Type.String({ minLength: 1, maxLength: 2048 })

/** As many files as uniCloud takes at once. */
export const FILES_MAX = 50

/** A list of them. */
export const fileTexts = Type.Array(fileText, { minItems: 1, maxItems: FILES_MAX })
