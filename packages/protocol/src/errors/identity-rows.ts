import { row } from './error-row.ts'
import type { ErrorRow } from './error-row.ts'

/** What is wrong with a login or a user. */
export const identityRows = {
  LOGIN_OFF: row(
    80801,
    503,
    'Login is off: no token secret is configured for this app.',
    '登录功能未启用：没有为该应用配置 tokenSecret。',
    'Set identity.tokenSecret in drawbridge.config.json, or tokenSecret in uni-config-center/uni-id/config.json.',
    '请在 drawbridge.config.json 设置 identity.tokenSecret，或在 uni-config-center/uni-id/config.json 设置 tokenSecret。',
  ),
  LOGIN_REFUSED: row(
    80802,
    403,
    'The login or the token was refused.',
    '登录或 token 被拒绝。',
    'detail.errCode tells the reason in uni-id’s words; log in again where the token is meant.',
    '原因见 detail.errCode（uni-id 错误码）；若是 token 问题，请重新登录。',
  ),
  LOGIN_PLATFORM_UNSUPPORTED: row(
    80803,
    400,
    'This client cannot log in this way.',
    '该客户端平台不支持此登录方式。',
    'Mini programs, official accounts, websites and apps log in by WeChat; the handshake is for mini programs.',
    '微信登录支持小程序、公众号、网站与 App；安全网络握手仅支持微信小程序。',
  ),
  OPEN_DATA_INVALID: row(
    80804,
    400,
    'The data from WeChat does not open or is not what it says.',
    '微信开放数据无法解密或校验不通过。',
    'Call wx.login again, exchange the code, and ask for the data once more.',
    '请重新调用 wx.login 并换取会话，再重新获取数据。',
  ),
  PAGE_URL_INVALID: row(
    80805,
    400,
    'The address of the page is not one that can be signed.',
    '页面地址无法用于 JS-SDK 签名。',
    'Send the whole address of the page, http or https, at most 2048 characters.',
    '请传入完整的 http 或 https 页面地址，最长 2048 个字符。',
  ),
} as const satisfies Readonly<Record<string, ErrorRow>>
