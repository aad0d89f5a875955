import Type from 'typebox'
import type { Static } from 'typebox'

const strict = { additionalProperties: false } as const

function words<const Word extends string | number>(list: readonly Word[], description: string) {
  return Type.Unsafe<Word>(Type.Enum([...list], { description }))
}

const platforms = ['mp-weixin', 'android', 'ios', 'harmony'] as const
const secretTypes = ['none', 'request', 'response', 'both'] as const
const passes = ['allow', 'refuse'] as const
const ids = (description: string) =>
  Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 256 }), { uniqueItems: true, description }))

const suites = Type.Optional(
  Type.Array(words([1, 2, 3], 'A suite.'), { uniqueItems: true, description: 'Which suites the platform may use.' }),
)

/** A rule, wherever one stands. */
export const ruleSchema = Type.Object(
  {
    appId: Type.Optional(Type.String({ minLength: 1, description: 'The DCloud app.' })),
    platform: Type.Optional(Type.String({ minLength: 1, description: 'mp-weixin, android, ios, harmony.' })),
    version: Type.Optional(words(['production', 'development'], 'By the binding in "apps".')),
    minLevel: Type.Optional(words([0, 1, 2, 3], 'The least evidence of the device; mini programs have 0.')),
    secretType: Type.Optional(words(secretTypes, 'The least that must be encrypted.')),
    fresh: Type.Optional(Type.Boolean({ description: 'The device’s key must have signed this very call.' })),
  },
  { ...strict, description: 'Who may call. What is left out is not asked.' },
)

const appSchema = Type.Object(
  {
    appId: Type.String({ minLength: 1, maxLength: 255, description: 'The DCloud app.' }),
    platform: words(platforms, 'Where it runs.'),
    release: ids('What it is in release: WeChat appids for mp-weixin.'),
    development: ids('The same for development builds.'),
  },
  { ...strict, description: 'An app that may come, and on which platform.' },
)

/** `secureNetwork` of the configuration file. */
export const secureNetworkSchema = Type.Object(
  {
    mode: Type.Optional(
      words(
        ['off', 'monitor', 'enforce'],
        'enforce where this section is there; monitor: what would be refused is told and passes.',
      ),
    ),
    guards: Type.Optional(
      words(
        ['all', 'rules'],
        'Which functions are guarded: all, or those that rules name; rules where there are some.',
      ),
    ),
    rules: Type.Optional(
      Type.Record(Type.String({ minLength: 1, maxLength: 4096 }), Type.Array(ruleSchema), {
        description: 'By function, several functions with commas between, or "*". An empty list refuses everybody.',
      }),
    ),
    apps: Type.Optional(
      Type.Array(appSchema, {
        description: 'Which apps may come; the mini programs with a dcloudAppid in "apps" of this file when left out.',
      }),
    ),
    legacyWire: Type.Optional(
      words(['off', 'on'], 'Whether uniCloud’s own client may seal in its own way; off in production, else on.'),
    ),
    legacyOpenid: Type.Optional(
      Type.Boolean({
        description: 'Whether that client may name its openid itself; never for guarded functions. false.',
      }),
    ),
    sources: Type.Optional(
      Type.Object(
        {
          http: Type.Optional(words(passes, 'Whether URL-ized calls reach guarded functions; refuse.')),
          timing: Type.Optional(words(passes, 'The same for timers; allow.')),
          function: Type.Optional(words(passes, 'The same for functions that call functions; allow.')),
          server: Type.Optional(words(passes, 'The same for the command line; allow.')),
          files: Type.Optional(
            words(passes, 'Whether uniCloud’s own client may use files where a rule guards drawbridge-files; refuse.'),
          ),
        },
        { ...strict, description: 'Calls that can prove nothing.' },
      ),
    ),
    suites: Type.Optional(
      Type.Object(
        { 'mp-weixin': suites, android: suites, ios: suites, harmony: suites },
        { ...strict, description: '1: AES-256-GCM, 2: ChaCha20-Poly1305, 3: SM4-GCM (needs sm-crypto-v2). 1 and 2.' },
      ),
    ),
  },
  { ...strict, description: 'The secure network: which clients may call which functions, and what must be encrypted.' },
)

/** `secureNetwork` as a valid file has it. */
export type SecureNetworkInFile = Static<typeof secureNetworkSchema>
