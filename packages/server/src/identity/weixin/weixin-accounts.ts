import { code2Session, exchangeOAuthCode } from '@drawbridge/bridge'
import type { App, Bridge, Upstream, WeixinGrant } from '@drawbridge/bridge'
import { refusal } from '../refusal.ts'
import type { CodeExchange } from './code-exchange.ts'
import { loginCode } from './login-code.ts'
import type { WeixinPlatform } from './weixin-platform.ts'

/** Who WeChat says has logged in. */
export interface WeixinAccount {
  readonly app: App
  readonly platform: WeixinPlatform
  readonly openid: string
  readonly unionid?: string
  /** Where the platform is not the mini program's. */
  readonly grant?: WeixinGrant
}

/** Logins at WeChat. */
export interface WeixinAccounts {
  /**
   * Exchanges a code. The session key, or the user's own token, is in the bridge's store when this resolves, and
   * nowhere else. Throws what `CodeExchange.exchange` throws, and `STORE_UNAVAILABLE`.
   */
  exchange(login: {
    readonly app: App
    readonly platform: WeixinPlatform
    readonly code: string
    readonly ip: string
  }): Promise<WeixinAccount>
}

const CREDENTIAL_LIFETIME_S = 30 * 24 * 3600

/** Puts the logins together. */
export function createWeixinAccounts({
  bridge,
  upstream,
  codes,
  now,
}: {
  readonly bridge: Pick<Bridge, 'set'>
  readonly upstream: Upstream
  readonly codes: CodeExchange
  readonly now: () => number
}): WeixinAccounts {
  async function fromSession(app: App, code: string): Promise<WeixinAccount> {
    const { openid, unionid, sessionKey } = await code2Session(app, code, upstream)
    await bridge.set({ kind: 'session_key', app, openid }, { session_key: sessionKey }, CREDENTIAL_LIFETIME_S)
    return { app, platform: 'mp', openid, ...(unionid !== undefined && { unionid }) }
  }

  async function fromGrant(app: App, platform: WeixinPlatform, code: string): Promise<WeixinAccount> {
    const grant = await exchangeOAuthCode(app, code, { upstream, now })
    // The snapshot page's visitor is a made-up account: whoever logs in as it would own what others see next.
    if (grant.isSnapshotUser) throw refusal('uni-id-get-third-party-account-failed')
    const { openid, unionid, accessToken, refreshToken, expiresAt } = grant
    const value = {
      access_token: accessToken,
      access_token_expired: expiresAt,
      ...(refreshToken !== undefined && { refresh_token: refreshToken }),
    }
    await bridge.set({ kind: 'user_access_token', app, openid }, value, CREDENTIAL_LIFETIME_S)
    return { app, platform, openid, grant, ...(unionid !== undefined && { unionid }) }
  }

  return {
    exchange: ({ app, platform, code, ip }) =>
      codes.exchange({ appid: app.appid, code: loginCode(code), from: ip }, (good) =>
        platform === 'mp' ? fromSession(app, good) : fromGrant(app, platform, good),
      ),
  }
}
