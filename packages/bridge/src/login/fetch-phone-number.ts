import { DrawbridgeError } from '@drawbridge/protocol'
import type { Bridge } from '../bridge.ts'
import type { App } from '../credential.ts'
import { requiredText, textField } from '../providers/text-field.ts'
import type { Upstream, UpstreamAnswer } from '../providers/upstream.ts'
import { withToken } from '../providers/with-token.ts'

/** A phone number as WeChat confirmed it. */
export interface WeixinPhoneNumber {
  /** Without country code. */
  readonly number: string
  /** `86` and the like. */
  readonly countryCode: string
}

/**
 * `POST /wxa/business/getuserphonenumber`: the code of the phone number button (good for five minutes, once) for the
 * number. With `openid` the code has to be that user's own. A dead access_token is reported and the call made once more.
 * Throws what `Upstream.call` throws: 40029 (unknown, expired, used, or another user's), 40013 (another app's);
 * `UPSTREAM_ANSWER_INVALID` when the number is another app's.
 */
export async function fetchPhoneNumber(
  app: App,
  phone: { readonly code: string; readonly openid?: string },
  { bridge, upstream }: { readonly bridge: Pick<Bridge, 'get' | 'reportInvalid'>; readonly upstream: Upstream },
): Promise<WeixinPhoneNumber> {
  const answer = await withToken(app, bridge, (accessToken) =>
    upstream.call({
      app,
      host: 'weixin',
      method: 'POST',
      path: '/wxa/business/getuserphonenumber',
      query: { access_token: accessToken },
      body: { code: phone.code, ...(phone.openid !== undefined && { openid: phone.openid }) },
    }),
  )
  const info = objectField(answer, 'phone_info')
  if (textField(objectField(info, 'watermark'), 'appid') !== app.appid) {
    throw new DrawbridgeError('UPSTREAM_ANSWER_INVALID', { field: 'watermark' })
  }
  return { number: requiredText(info, 'purePhoneNumber'), countryCode: requiredText(info, 'countryCode') }
}

function objectField(answer: UpstreamAnswer, field: string): UpstreamAnswer {
  const value = answer[field]
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as UpstreamAnswer) : {}
}
