import Type from 'typebox'
import type { Static } from 'typebox'
import { fileSettingsSchema } from './files-schema.ts'
import { secretSchema } from './secret-schema.ts'

const strict = { additionalProperties: false } as const

/** What a space is for functions that ask for their provider. */
const providers = ['aliyun', 'alipay', 'tencent', 'dcloud'] as const

const workersSchema = Type.Object(
  {
    max: Type.Optional(Type.Integer({ minimum: 1, maximum: 256, description: 'Worker processes at once; 4.' })),
    memoryMb: Type.Optional(
      Type.Integer({ minimum: 64, maximum: 65_536, description: 'Memory of one worker, MiB; 256.' }),
    ),
    timeoutSeconds: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 7200,
        description: 'For functions whose package.json says no timeout; 10.',
      }),
    ),
    queueMax: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 100_000, description: 'Calls that may wait for a worker; 1000.' }),
    ),
    uid: Type.Optional(
      Type.Integer({ minimum: 0, description: 'Runs workers as this user, where the server is root.' }),
    ),
    gid: Type.Optional(Type.Integer({ minimum: 0, description: 'Their group; goes with uid.' })),
  },
  { ...strict, description: 'What the functions of the space may take.' },
)

/** One entry of `spaces`. */
export const spaceSchema = Type.Object(
  {
    spaceId: Type.String({ pattern: '^[\\w-]{1,64}$', description: 'What clients name as spaceId.' }),
    clientSecret: secretSchema,
    origins: Type.Optional(
      Type.Array(Type.String(), {
        description: 'Origins of browsers that may call: "https://shop.example.com"; "*": any. None when left out.',
      }),
    ),
    functions: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'The folder uniCloud/cloudfunctions, or the project that has it; relative to this file.',
      }),
    ),
    provider: Type.Optional(
      Type.Unsafe<(typeof providers)[number]>(
        Type.Enum([...providers], { description: 'What functions are told as provider; aliyun.' }),
      ),
    ),
    dcloudAppids: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        uniqueItems: true,
        description: 'The apps whose credentials the functions may use; every configured app when left out.',
      }),
    ),
    workers: Type.Optional(workersSchema),
    files: Type.Optional(fileSettingsSchema),
    redisUrl: Type.Optional(secretSchema),
    environment: Type.Optional(
      Type.Record(Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]{0,127}$' }), secretSchema, {
        ...strict,
        description: 'Environment variables that the functions see; they see no others. Plain text is no secret here.',
      }),
    ),
  },
  { ...strict, description: 'A service space: what clients of uniCloud call.' },
)

/** An entry as a valid file has it. */
export type SpaceInFile = Static<typeof spaceSchema>
