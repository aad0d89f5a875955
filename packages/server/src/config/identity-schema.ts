import Type from 'typebox'
import type { Static } from 'typebox'
import { secretSchema } from './secret-schema.ts'

const seconds = (description: string) => Type.Optional(Type.Integer({ minimum: 1, maximum: 315_360_000, description }))

/** `identity` of the configuration file: logins and their tokens. */
export const identitySchema = Type.Object(
  {
    tokenSecret: Type.Optional(secretSchema),
    previousTokenSecrets: Type.Optional(
      Type.Array(secretSchema, {
        maxItems: 8,
        description: 'Secrets of before: their tokens are taken until they end.',
      }),
    ),
    tokenExpiresIn: seconds('Seconds that a token lives; uni-id/config.json decides, else 7200.'),
    tokenExpiresThreshold: seconds('A token with fewer seconds left is replaced; uni-id/config.json, else 1200.'),
    maxTokenLength: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 100,
        description: 'Logins of one user at once; uni-id/config.json, else 10.',
      }),
    ),
    refusedCodesPerMinute: Type.Optional(
      Type.Integer({ minimum: 1, description: 'Login codes that WeChat may refuse to one address in a minute; 60.' }),
    ),
    weixinCallsPerMinute: Type.Optional(
      Type.Integer({ minimum: 1, description: 'Calls to WeChat for logins to one app in a minute; 3000.' }),
    ),
  },
  {
    additionalProperties: false,
    description: 'Logins. tokenSecret replaces the one of uni-config-center/uni-id/config.json.',
  },
)

/** `identity` as a valid file has it. */
export type IdentityInFile = Static<typeof identitySchema>
