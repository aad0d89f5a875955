import Type from 'typebox'
import type { Static } from 'typebox'

const strict = { additionalProperties: false } as const

/** A secret in the file: the text itself, or where to find it. */
export const secretSchema = Type.Union(
  [
    Type.String({ minLength: 1, description: 'The secret in clear; warned about in production.' }),
    Type.Object({ env: Type.String({ minLength: 1 }) }, { ...strict, description: 'An environment variable.' }),
    Type.Object(
      { file: Type.String({ minLength: 1 }) },
      { ...strict, description: 'A file with the secret as its only content; relative to this file.' },
    ),
  ],
  { description: '"…" | {"env": "NAME"} | {"file": "path"}' },
)

/** A secret as the file has it. */
export type SecretInFile = Static<typeof secretSchema>
