import { createSecretKey } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { DrawbridgeError } from '@drawbridge/protocol'

/** How long tokens live, s. */
export interface TokenLifetime {
  readonly expiresIn: number
  /** A token with less life than this is replaced when it is checked. */
  readonly threshold: number
}

/** What the configuration says of one DCloud app's users. */
export interface IdentityApp {
  /** `*`: every DCloud app. */
  readonly dcloudAppid: string
  /** Serves apps that no other entry names (`isDefaultConfig`). */
  readonly isDefault: boolean
  /** The first one signs, all verify; the later ones are those of before a change. */
  readonly tokenSecrets: readonly string[]
  readonly lifetime: TokenLifetime
  /** By uniPlatform (`mp-weixin`, `web`, `app`), where it differs. */
  readonly platformLifetimes: Readonly<Record<string, Partial<TokenLifetime>>>
  /** Logins of one user at once; the oldest goes. */
  readonly maxTokens: number
  /** Nobody registers without another user's invite code. */
  readonly forceInviteCode: boolean
  /** New users get an invite code of their own. */
  readonly autoSetInviteCode: boolean
}

/** Everything that login is told. */
export interface IdentityConfig {
  /** Empty: login is off. */
  readonly apps: readonly IdentityApp[]
  /** Codes that WeChat may refuse to one address (IPv6: one /64) in a minute, before it is asked no more. */
  readonly refusedCodesPerMinute: number
  /** Calls to WeChat for logins to one app in a minute, in this process. */
  readonly weixinCallsPerMinute: number
}

/** The rules for the tokens of one client. */
export interface TokenRules {
  readonly keys: readonly [KeyObject, ...KeyObject[]]
  readonly lifetime: TokenLifetime
  readonly maxTokens: number
}

/** uni-id-common's own, s. */
export const defaultTokenLifetime: TokenLifetime = { expiresIn: 7200, threshold: 1200 }

/** The entry for a DCloud app; `''` for a caller that names none. Throws `LOGIN_OFF`. */
export function identityAppFor({ apps }: IdentityConfig, dcloudAppid: string): IdentityApp {
  const found =
    apps.find((app) => app.dcloudAppid === dcloudAppid) ??
    apps.find((app) => app.isDefault) ??
    apps.find((app) => app.dcloudAppid === '*') ??
    (dcloudAppid === '' && apps.length === 1 ? apps[0] : undefined)
  if (found === undefined || found.tokenSecrets.length === 0) throw new DrawbridgeError('LOGIN_OFF')
  return found
}

/** The rules for a client of an app, with the secrets as keys, made once each. Throws `LOGIN_OFF`. */
export function createTokenRules(config: IdentityConfig): (dcloudAppid: string, uniPlatform: string) => TokenRules {
  const keys = new Map<IdentityApp, readonly KeyObject[]>()
  return (dcloudAppid, uniPlatform) => {
    const app = identityAppFor(config, dcloudAppid)
    const known = keys.get(app) ?? app.tokenSecrets.map((secret) => createSecretKey(secret, 'utf8'))
    keys.set(app, known)
    const [first, ...others] = known
    if (first === undefined) throw new DrawbridgeError('LOGIN_OFF')
    const own = Object.hasOwn(app.platformLifetimes, uniPlatform) ? app.platformLifetimes[uniPlatform] : undefined
    return { keys: [first, ...others], lifetime: { ...app.lifetime, ...own }, maxTokens: app.maxTokens }
  }
}
