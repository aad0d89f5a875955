import { Type } from 'typebox'
import type { Static } from 'typebox'
import type { CredentialKey, CredentialKind } from '@drawbridge/bridge'

const platform = Type.Enum(['weixin-mp', 'weixin-h5', 'weixin-web', 'weixin-app', 'qq-mp', 'qq-app'], {
  description: 'The platform, as uni-open-bridge names it',
})
const app = Type.String({
  pattern: '^[A-Za-z0-9_]{1,64}$',
  description: 'The platform’s appid, or the dcloudAppid that belongs to it',
})
const openid = Type.String({ minLength: 1, maxLength: 128, description: 'The user’s openid' })

/**
 * All that may stand in a credential's path. The router gives exactly the parts that a path names, so one schema
 * serves them all.
 */
export const credentialParams = Type.Object(
  {
    platform,
    app,
    openid: Type.Optional(openid),
    version: Type.Optional(
      Type.String({
        pattern: '^[0-9]{1,9}$',
        description: 'The encrypt key’s version, as the client’s getLatestUserKey gives it',
      }),
    ),
    ticketType: Type.Optional(Type.Enum(['jsapi', 'wx_card'])),
  },
  { additionalProperties: false },
)

/** A credential's path, read. */
export type CredentialParams = Static<typeof credentialParams>

/** One kind of credential as a resource of the /v1 API. */
export interface CredentialResource {
  readonly kind: CredentialKind
  /** For operation ids: `readAccessToken`. */
  readonly name: string
  readonly title: string
  /** Below `/v1/apps/{platform}/{app}`. */
  readonly path: string
  /** The field of the value that must be there when it is pushed. */
  readonly fields: readonly string[]
  /** The key's own part, from a checked path. */
  key(params: CredentialParams): Omit<CredentialKey, 'app' | 'kind'>
}

/** The five kinds as resources. A new one is a row here. */
export const credentialResources: readonly CredentialResource[] = [
  {
    kind: 'access_token',
    name: 'AccessToken',
    title: 'the app’s access token',
    path: '/access-token',
    fields: ['access_token'],
    key: () => ({}),
  },
  {
    kind: 'ticket',
    name: 'Ticket',
    title: 'a ticket of the app (jsapi, wx_card)',
    path: '/tickets/{ticketType}',
    fields: ['ticket'],
    key: ({ ticketType = 'jsapi' }) => ({ ticketType }),
  },
  {
    kind: 'user_access_token',
    name: 'UserAccessToken',
    title: 'a user’s OAuth access token',
    path: '/users/{openid}/access-token',
    fields: ['access_token'],
    key: userKey,
  },
  {
    kind: 'session_key',
    name: 'SessionKey',
    title: 'a user’s session key',
    path: '/users/{openid}/session-key',
    fields: ['session_key'],
    key: userKey,
  },
  {
    kind: 'encrypt_key',
    name: 'EncryptKey',
    title: 'one version of a user’s encrypt key',
    path: '/users/{openid}/encrypt-keys/{version}',
    fields: ['encrypt_key', 'iv'],
    key: (path) => ({ ...userKey(path), version: Number(path.version) }),
  },
]

function userKey({ openid: user }: CredentialParams): { readonly openid?: string } {
  return user === undefined ? {} : { openid: user }
}
