import Type from 'typebox'
import type { Static } from 'typebox'
import { platformIds, taskNames } from './platform-table.ts'
import { filesSchema } from './files-schema.ts'
import { gatewaySchema } from './gateway-schema.ts'
import { identitySchema } from './identity-schema.ts'
import { secretSchema } from './secret-schema.ts'
import { secureNetworkSchema } from './secure-network-schema.ts'
import { spaceSchema } from './space-schema.ts'

const strict = { additionalProperties: false } as const

function words<const Word extends string>(list: readonly Word[], description: string) {
  return Type.Unsafe<Word>(Type.Enum([...list], { description }))
}

const appSchema = Type.Object(
  {
    platform: words(platformIds, 'The platform, as uni-open-bridge names it.'),
    appid: Type.String({ minLength: 1, description: 'The appid that the platform gave.' }),
    secret: Type.Optional(secretSchema),
    dcloudAppid: Type.Optional(
      Type.String({ minLength: 1, description: 'The DCloud app; without it the app serves any.' }),
    ),
    tokenEndpoint: Type.Optional(
      words(
        ['stable', 'legacy', 'none'],
        'How the application access_token is obtained: cgi-bin/stable_token, cgi-bin/token (QQ: api/getToken), or never (only pushed).',
      ),
    ),
    tasks: Type.Optional(
      Type.Array(words(taskNames, 'A credential to keep fresh ahead of time.'), { uniqueItems: true }),
    ),
  },
  {
    ...strict,
    description: 'One app. Without "secret" it adds switches to an app that uni-config-center knows.',
  },
)

const s2sSchema = Type.Object(
  {
    type: Type.Optional(words(['connectCode', 'sign'], 'How uni-cloud-s2s callers prove themselves.')),
    connectCode: Type.Optional(secretSchema),
    signKey: Type.Optional(secretSchema),
    hashMethod: Type.Optional(words(['md5', 'sha1', 'sha256', 'hmac-sha256'], 'Both sides must agree; hmac-sha256.')),
    timeDiffTolerance: Type.Optional(Type.Number({ exclusiveMinimum: 0, description: 'Seconds; 60.' })),
    allowUnsignedValue: Type.Optional(
      Type.Boolean({
        description:
          'Whether a plain signature may write, although it does not cover the value; false in production, else true.',
      }),
    ),
    requireBinding: Type.Optional(
      Type.Boolean({
        description:
          'Refuses signatures without the header drawbridge-s2s-binding; for when every peer adds it. false.',
      }),
    ),
    md5AsSha256: Type.Optional(
      Type.Boolean({ description: 'The peer is uni-cloud-s2s 1.0.1, which hashes with MD5 when told sha256.' }),
    ),
  },
  {
    ...strict,
    description: 'Replaces uni-cloud-s2s/config.json; without "type" the switches are added to it.',
  },
)

const signingCallerSchema = Type.Object(
  {
    keyId: Type.String({ minLength: 1 }),
    algorithm: words(['hmac-sha256', 'ed25519'], 'The algorithm of RFC 9421.'),
    key: secretSchema,
    scopes: Type.Array(
      Type.String({
        pattern:
          '^[\\w*-]{1,64}:(access_token|user_access_token|session_key|encrypt_key|ticket|\\*):(read|write|refresh|list|admin|\\*)$',
        description: 'app:kind:verb, for example "*:access_token:read".',
      }),
      { minItems: 1 },
    ),
  },
  { ...strict, description: 'A caller that signs its requests (RFC 9421); key: base64 secret, or PEM public key.' },
)

/** The one documented configuration file, `drawbridge.config.json`; the JSON Schema that ships is made from it. */
export const configFileSchema = Type.Object(
  {
    $schema: Type.Optional(Type.String()),
    production: Type.Optional(Type.Boolean({ description: 'Strict checks; also on when NODE_ENV is production.' })),
    host: Type.Optional(Type.String({ minLength: 1, description: 'The address to listen on; 127.0.0.1.' })),
    port: Type.Optional(Type.Integer({ minimum: 0, maximum: 65535, description: '7400; 0: any free port.' })),
    tlsProxy: Type.Optional(Type.Boolean({ description: 'A TLS proxy stands in front of this server.' })),
    trustedProxies: Type.Optional(
      Type.Array(Type.String(), { description: 'Addresses and CIDR ranges whose X-Forwarded-For is believed.' }),
    ),
    dataDir: Type.Optional(
      Type.String({ minLength: 1, description: 'Where the database and development keys are; .drawbridge.' }),
    ),
    uniConfigCenter: Type.Optional(
      Type.String({ minLength: 1, description: 'The uni-config-center folder, or the project that has it.' }),
    ),
    apps: Type.Optional(Type.Array(appSchema)),
    spaces: Type.Optional(Type.Array(spaceSchema)),
    files: Type.Optional(filesSchema),
    identity: Type.Optional(identitySchema),
    secureNetwork: Type.Optional(secureNetworkSchema),
    gateway: Type.Optional(gatewaySchema),
    store: Type.Optional(
      Type.Object(
        { sqlitePath: Type.Optional(Type.String({ minLength: 1 })), redisUrl: Type.Optional(secretSchema) },
        strict,
      ),
    ),
    masterKey: Type.Optional(secretSchema),
    callers: Type.Optional(
      Type.Object(
        {
          allowList: Type.Optional(
            Type.Array(Type.String(), { description: 'Addresses and CIDR ranges that are callers by themselves.' }),
          ),
          s2s: Type.Optional(s2sSchema),
          signing: Type.Optional(Type.Array(signingCallerSchema)),
        },
        strict,
      ),
    ),
    rateLimitPerMinute: Type.Optional(
      Type.Integer({ minimum: 0, description: 'Requests per minute and caller; 60000; 0: no limit.' }),
    ),
    bodyMaxBytes: Type.Optional(Type.Integer({ minimum: 1024, maximum: 16_777_216, description: '65536.' })),
    audit: Type.Optional(
      Type.Object(
        {
          keepDays: Type.Optional(Type.Integer({ minimum: 1, description: '30.' })),
          maxRows: Type.Optional(Type.Integer({ minimum: 1000, description: '200000.' })),
        },
        strict,
      ),
    ),
    upstream: Type.Optional(
      Type.Object(
        {
          weixin: Type.Optional(Type.String({ pattern: '^https?://', description: 'https://api.weixin.qq.com' })),
          weixinBackup: Type.Optional(
            Type.String({
              pattern: '^https?://',
              description:
                'Takes the calls while `weixin` cannot be reached; https://api2.weixin.qq.com, and none where `weixin` is overridden.',
            }),
          ),
          qq: Type.Optional(Type.String({ pattern: '^https?://', description: 'https://api.q.qq.com' })),
          graphQq: Type.Optional(Type.String({ pattern: '^https?://', description: 'https://graph.qq.com' })),
          timeoutMs: Type.Optional(Type.Integer({ minimum: 100, maximum: 60_000, description: '5000.' })),
        },
        { ...strict, description: 'Where the platforms are; overridden to reach a simulator or a proxy.' },
      ),
    ),
    logLevel: Type.Optional(words(['debug', 'info', 'warn', 'error'], 'info')),
  },
  { ...strict, title: 'drawbridge.config.json', description: 'The configuration of a Drawbridge server.' },
)

/** What a valid file holds. */
export type ConfigFile = Static<typeof configFileSchema>

/** The JSON Schema that editors use, as text; `packages/server/data/drawbridge.config.schema.json` is this. */
export function configFileJsonSchema(): string {
  const schema = { $schema: 'https://json-schema.org/draft/2020-12/schema', ...configFileSchema }
  return JSON.stringify(schema, undefined, 2) + '\n'
}
