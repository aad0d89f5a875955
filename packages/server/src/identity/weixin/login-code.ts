/** Codes of wx.login and of OAuth are 32 letters and digits; there is room for what WeChat may make of them. */
const LOGIN_CODE = /^[\w-]{16,128}$/

/** The code if it can be one; anything else is refused without asking WeChat. */
export function loginCode(code: unknown): string | undefined {
  return typeof code === 'string' && LOGIN_CODE.test(code) ? code : undefined
}

/** The code of the phone number button: 64 hex digits today. */
const PHONE_CODE = /^[\w-]{32,128}$/

/** The phone number code if it can be one. */
export function phoneCode(code: unknown): string | undefined {
  return typeof code === 'string' && PHONE_CODE.test(code) ? code : undefined
}
