/** The six platforms, named as uni-open-bridge names them. */
export type PlatformId = 'weixin-mp' | 'weixin-h5' | 'weixin-web' | 'weixin-app' | 'qq-mp' | 'qq-app'

/** The five kinds of credential. `user_access_token` is WeChat's per-user OAuth access_token. */
export type CredentialKind = 'access_token' | 'user_access_token' | 'session_key' | 'encrypt_key' | 'ticket'

/** A credential's own fields, as the platform names them; a secret as a whole. */
export type CredentialValue = Readonly<Record<string, unknown>> | readonly unknown[]

/** One app of one platform: what the configuration says of it. */
export interface App {
  readonly platform: PlatformId
  /** The platform's appid. With `platform` it names the records in the stores. */
  readonly appid: string
  readonly secret: string
  /** The DCloud app that this app belongs to; several may share one appid and so its records. */
  readonly dcloudAppid: string
  /** How the application access_token is obtained; `none`: it is only ever pushed. */
  readonly tokenEndpoint: 'stable' | 'legacy' | 'none'
}

/** Which credential. `openid` for the user-level three, `version` for encrypt_key, `ticketType` for ticket. */
export interface CredentialKey {
  readonly kind: CredentialKind
  readonly app: App
  readonly openid?: string
  readonly version?: number
  readonly ticketType?: 'jsapi' | 'wx_card'
}

/** Who put a value there: the platform (asked by us), a caller (set), or a caller's fallback function. */
export type CredentialSource = 'platform' | 'pushed' | 'fallback'

/** What a reader gets. */
export interface Credential {
  readonly value: CredentialValue
  /** A moment, ms since epoch; null: never. */
  readonly expiresAt: number | null
  readonly obtainedAt: number
  /** When the platform made it, ms since epoch; only of an encrypt_key that the platform listed. */
  readonly createdAt?: number
  readonly source: CredentialSource
  /** Rises with every change of the stored record. */
  readonly revision: number
}
