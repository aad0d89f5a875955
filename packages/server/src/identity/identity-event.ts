import type { WeixinPlatform } from './weixin/weixin-platform.ts'

/** What happens to logins, for logs and metrics; never holds a secret, an openid or an address. */
export interface IdentityEvent {
  readonly type: 'login' | 'register' | 'handshake'
  readonly spaceId: string
  readonly platform: WeixinPlatform
  readonly outcome: 'ok' | 'refused' | 'failed'
  /** uni-id's own code, or ours. */
  readonly code?: string
  /** What WeChat said. */
  readonly errcode?: number
}
