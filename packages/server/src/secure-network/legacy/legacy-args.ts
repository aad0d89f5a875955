import type { JsonObject } from '@drawbridge/runtime'
import Type from 'typebox'
import { Compile } from 'typebox/compile'

/** base64 of what the wire takes at most. */
const CIPHERTEXT_MAX_CHARS = 1_048_576
const KEY_VERSION_MAX = 0xffff_ffff

const who = {
  /** The version of the user's key. */
  encryptKeyId: Type.Integer({ minimum: 1, maximum: KEY_VERSION_MAX }),
  mpWeixinCode: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
  mpWeixinOpenid: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
}
const ciphertext = Type.String({ minLength: 1, maxLength: CIPHERTEXT_MAX_CHARS })
const strict = { additionalProperties: false } as const

const encrypted = Compile(
  Type.Object(
    {
      content: ciphertext,
      _uniCloudOptions: Type.Object(
        { secretType: Type.Union([Type.Literal('request'), Type.Literal('both')]), ...who },
        strict,
      ),
    },
    strict,
  ),
)
const answered = Compile(
  Type.Object(
    {
      content: Type.Unsafe<JsonObject>(Type.Object({})),
      _uniCloudOptions: Type.Object({ secretType: Type.Literal('response'), ...who }, strict),
    },
    strict,
  ),
)
const signed = Compile(Type.Object({ verifyClientSign: ciphertext, ...who }, strict))

/** How the client names its user and the key; its bare word. */
export interface LegacyOptions {
  readonly encryptKeyId: number
  readonly mpWeixinCode?: string
  readonly mpWeixinOpenid?: string
}

/** What a call of the stock client carries. */
export type LegacyArgs = { readonly options: LegacyOptions } & (
  | { readonly mode: 'request' | 'both'; readonly ciphertext: string }
  /** Nothing of the request is encrypted, and nothing proves who sent it. */
  | { readonly mode: 'response'; readonly args: JsonObject }
  /** The request is clear; the signature covers none of it. */
  | { readonly mode: 'signature'; readonly ciphertext: string; readonly args: JsonObject }
)

/** Reads the arguments as the stock client writes them for a mini program; undefined for anything else. */
export function readLegacyArgs(sent: JsonObject): LegacyArgs | undefined {
  if (encrypted.Check(sent)) {
    const { content, _uniCloudOptions: options } = sent
    return { mode: options.secretType, options, ciphertext: content }
  }
  if (answered.Check(sent)) return { mode: 'response', options: sent._uniCloudOptions, args: sent.content }
  const { _uniCloudOptions: options, ...args } = sent
  return signed.Check(options) ? { mode: 'signature', options, ciphertext: options.verifyClientSign, args } : undefined
}
