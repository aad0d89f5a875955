import { cardSignature, jssdkSignature } from '../crypto/jssdk-signature.ts'
import type { Platform } from '../platform.ts'

/** What a page gives to wx.config. */
export interface WxConfig {
  readonly appid: string
  readonly nonceStr: string
  readonly timestamp: number | string
  readonly signature: string
  /** The page's URL as the browser has it. */
  readonly url: string
}

/** What a page gives to wx.addCard, per card. */
export interface CardExt {
  readonly appid: string
  /** All values that were signed, the ticket excepted. */
  readonly values: readonly string[]
  readonly signature: string
}

/** The part of WeChat's browser that checks what a page was signed with. */
export interface JssdkControl {
  /** `config:ok` when the signature fits one of the app's live jsapi tickets, else `config:invalid signature`. */
  checkConfig(config: WxConfig): 'config:ok' | 'config:invalid signature'
  /** Likewise for cards and the wx_card ticket. */
  checkCard(card: CardExt): 'addCard:ok' | 'addCard:fail signature error'
}

/** Binds the checks to a platform's tickets. */
export function createJssdkControl({ tickets }: Platform): JssdkControl {
  return {
    checkConfig({ appid, signature, ...config }) {
      const fits = tickets
        .live(appid, 'jsapi')
        .some((ticket) => jssdkSignature({ ...config, ticket: ticket.value }) === signature)
      return fits ? 'config:ok' : 'config:invalid signature'
    },
    checkCard({ appid, values, signature }) {
      const fits = tickets
        .live(appid, 'wx_card')
        .some((ticket) => cardSignature([ticket.value, ...values]) === signature)
      return fits ? 'addCard:ok' : 'addCard:fail signature error'
    },
  }
}
