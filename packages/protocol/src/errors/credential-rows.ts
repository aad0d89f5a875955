import { row } from './error-row.ts'
import type { ErrorRow } from './error-row.ts'

/** What is wrong with a credential, its key or its value. */
export const credentialRows = {
  CREDENTIAL_KEY_INVALID: row(
    80101,
    400,
    'The credential key is incomplete or malformed.',
    '凭据的 key 不完整或格式不正确。',
    'Correct the field that detail.field names.',
    '请修正 detail.field 指出的字段。',
  ),
  APP_UNKNOWN: row(
    80102,
    404,
    'No such app is configured for this platform.',
    '该平台没有配置此应用。',
    'Add the appid and its secret for this platform to the configuration, or correct dcloudAppid and platform.',
    '请在配置中为该平台填写 appid 与 appsecret，或检查 dcloudAppid 与 platform。',
  ),
  CREDENTIAL_VALUE_INVALID: row(
    80103,
    400,
    'The credential value is missing or not an object.',
    '凭据的值缺失或不是对象。',
    'Send the credential as an object, for example {"access_token":"…"}.',
    '请以对象形式传值，例如 {"access_token":"…"}。',
  ),
  DURATION_INVALID: row(
    80104,
    400,
    'The lifetime is not a whole number of seconds.',
    '有效期不是整数秒。',
    'Send expiresIn as a positive whole number of seconds, or -1 for never.',
    '请将 expiresIn 设为正整数秒，或 -1 表示永不过期。',
  ),
  CREDENTIAL_NOT_FETCHABLE: row(
    80105,
    409,
    'The platform hands out no such credential on request.',
    '该平台不支持主动获取此凭据。',
    'Push the credential with the set method, or use a platform that can be asked.',
    '请用 set 方法写入该凭据，或改用可以主动获取的平台。',
  ),
  SESSION_KEY_MISSING: row(
    80106,
    409,
    'No session key is stored for this user.',
    '没有保存该用户的 session_key。',
    'Let the user log in again (wx.login) and store the new session key.',
    '请让用户重新登录（wx.login）并保存新的 session_key。',
  ),
  KEY_VERSION_INVALID: row(
    80107,
    404,
    'The platform has no encrypt key of this version for the user.',
    '平台没有该用户此版本的加密 key。',
    'Let the client fetch its latest key (getLatestUserKey) and call again.',
    '请让客户端重新获取最新 key（getLatestUserKey）后重试。',
  ),
  CREDENTIAL_ABSENT: row(
    80108,
    404,
    'No such credential is stored, and the platform cannot be asked for it.',
    '没有保存此凭据，且该凭据无法向平台获取。',
    'Push it first, or let the user log in again.',
    '请先写入该凭据，或让用户重新登录。',
  ),
} as const satisfies Readonly<Record<string, ErrorRow>>
