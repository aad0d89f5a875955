import { SimulatorError } from './simulator-error.ts'

/** One rule that no official source settles: its default, the values it may take, and what it decides. */
export interface SwitchRow<T extends boolean | number | string> {
  readonly default: T
  /** The only values allowed; any value of the default's type when absent. */
  readonly oneOf?: readonly T[]
  readonly en: string
  readonly zh: string
}

function row<T extends boolean | number | string>(
  value: T,
  en: string,
  zh: string,
  oneOf?: readonly T[],
): SwitchRow<T> {
  return oneOf === undefined ? { default: value, en, zh } : { default: value, oneOf, en, zh }
}

/** Every rule that is our reading rather than WeChat's word, by name. Each can be changed at any time, also per app. */
export const switchTable = {
  accessTokenLength: row<number>(
    512,
    'Characters of an access_token; storage must hold at least 512.',
    'access_token 的字符数；存储至少应能容纳 512 个字符。',
  ),
  malformedTokenMinLength: row<number>(
    32,
    'A shorter access_token is 40014, not 40001.',
    '短于此长度的 access_token 返回 40014 而不是 40001。',
  ),
  supersededExpiredErrcode: row<number>(
    42001,
    'Code for a token both superseded and past its life.',
    '既被取代又已过期的 token 返回的错误码。',
    [42001, 40001],
  ),
  newerCredentialText: row<boolean>(
    true,
    '40001 carries the newer tail that points at getStableAccessToken.',
    '40001 带有指向 getStableAccessToken 的新文案。',
  ),
  wrongSecretErrcode: row<number>(
    40125,
    'Code for a wrong AppSecret; 40001 is the older form.',
    'AppSecret 错误时的错误码；40001 为旧形式。',
    [40125, 40001],
  ),
  secretResetKillsTokens: row<boolean>(
    false,
    'Resetting the AppSecret also kills the tokens made with the old one.',
    '重置 AppSecret 时同时使旧 token 失效。',
  ),
  legacyThirdTokenDropsFirst: row<boolean>(
    true,
    'A third cgi-bin/token call within five minutes kills the first token at once.',
    '五分钟内第三次调用 cgi-bin/token 时，第一个 token 立即失效。',
  ),
  stableForceGraceSeconds: row<number>(
    300,
    'How long a forced refresh leaves the former token alive; 0 kills it at once.',
    '强制刷新后旧 token 的保留秒数；0 表示立即失效。',
  ),
  stableEarlyForce: row<string>(
    'no-op',
    'A force_refresh within 30 s of the last: the same token again, or 45009.',
    '距上次强制刷新不足 30 秒时：返回同一 token，或 45009。',
    ['no-op', '45009'],
  ),
  stableForceOverDaily: row<string>(
    '45009',
    'The 21st force_refresh of a day: 45009, or the same token again.',
    '一天内第 21 次强制刷新：返回 45009，或同一 token。',
    ['45009', 'no-op'],
  ),
  ticketMintEveryCall: row<boolean>(
    false,
    'getticket makes a new ticket on every call; the old one lives to its end either way.',
    'getticket 每次都生成新 ticket；旧 ticket 仍用到其有效期结束。',
  ),
  ticketForMiniProgram: row<boolean>(
    false,
    'getticket serves mini programs too; otherwise they get 48001.',
    'getticket 也对小程序开放；否则返回 48001。',
  ),
  codeReplayErrcode: row<number>(
    40163,
    'Code for the second use of a login or OAuth code.',
    '登录或授权 code 第二次使用时的错误码。',
    [40163, 40029],
  ),
  code2SessionErrcodeZero: row<boolean>(
    false,
    'jscode2session carries errcode 0 on success, as the documentation sample does.',
    'jscode2session 成功时带 errcode 0（与文档示例一致）。',
  ),
  sessionMinRotateSeconds: row<number>(
    300,
    'wx.login makes a new session_key only after so long; 0 always, -1 never.',
    '距上次轮换达到此秒数后 wx.login 才更换 session_key；0 总是，-1 从不。',
  ),
  sessionIdleSeconds: row<number>(
    259_200,
    'An unused session_key ends after so long.',
    'session_key 闲置多少秒后失效。',
  ),
  strictSignatureCase: row<boolean>(
    false,
    'Session signatures must be lower-case hex.',
    '会话签名必须为小写十六进制。',
  ),
  encryptKeyMethod: row<string>('both', 'Methods that getuserencryptkey takes.', 'getuserencryptkey 接受的请求方法。', [
    'both',
    'GET',
    'POST',
  ]),
  encryptKeyServerCreates: row<boolean>(
    false,
    'getuserencryptkey makes a key for a user who has none alive.',
    '用户没有有效 key 时，getuserencryptkey 由服务端创建。',
  ),
  encryptKeyFollowsSession: row<boolean>(
    false,
    "A new session_key also ends the user's encrypt keys.",
    '更换 session_key 时用户的加密 key 也一并失效。',
  ),
  encryptKeyStaleSeconds: row<number>(
    0,
    'The client goes on returning a key version so long after its end.',
    '客户端在 key 到期后仍继续返回该版本的秒数。',
  ),
  encryptKeyListOnTokenErrors: row<boolean>(
    true,
    'getuserencryptkey adds an empty key_info_list to token errors too.',
    'getuserencryptkey 的 token 类错误也带空的 key_info_list。',
  ),
  expireTimeUnit: row<string>(
    'ms',
    'Unit of expireTime in getLatestUserKey.',
    'getLatestUserKey 返回的 expireTime 的单位。',
    ['ms', 's'],
  ),
  phoneCodeWrongOpenidErrcode: row<number>(
    40029,
    "Code for a phone code presented with another user's openid.",
    '手机号 code 与 openid 不符时的错误码。',
    [40029, 40003, 40013],
  ),
  whitelistForOfficialAccounts: row<string>(
    'loopback',
    'An official account without a list of its own: loopback only, nobody, or anybody.',
    '公众号未配置白名单时：仅回环地址、全部拒绝或全部放行。',
    ['loopback', 'nobody', 'anybody'],
  ),
  whitelistForMiniPrograms: row<boolean>(
    true,
    "A mini program's list is enforced once it has one.",
    '小程序配置了白名单时是否生效。',
  ),
  whitelistCoversCode2Session: row<boolean>(
    false,
    'The address list also guards jscode2session.',
    '白名单是否也限制 jscode2session。',
  ),
  callerAddressFrom: row<string>('socket', "Where the caller's address is read.", '调用方地址的来源。', [
    'socket',
    'x-forwarded-for',
  ]),
  refreshTokenDays: row<number>(30, 'Life of a web OAuth refresh_token.', '网页授权 refresh_token 的有效天数。'),
  mobileRefreshTokenDays: row<number>(
    180,
    "Life of a mobile app's refresh_token; websites say 30.",
    '移动应用 refresh_token 的有效天数；网站应用文档为 30。',
  ),
  dayOffsetHours: row<number>(
    8,
    'Quota days begin at midnight of this offset from UTC.',
    '每日额度按此 UTC 时差的零点重置。',
  ),
  unpublishedDailyLimit: row<number>(
    10_000_000,
    'Daily quota of an endpoint whose number is not published.',
    '未公布额度的接口的每日上限。',
  ),
  unknownPath: row<string>(
    '40066',
    'Unknown paths below /cgi-bin, /wxa and /sns: errcode 40066, or a bare 404.',
    '/cgi-bin、/wxa、/sns 下的未知路径：返回 40066 或 404。',
    ['40066', '404'],
  ),
  jsonContentType: row<string>(
    'application/json; encoding=utf-8',
    'Content-Type of /cgi-bin and /wxa.',
    '/cgi-bin 与 /wxa 的 Content-Type。',
  ),
  snsContentType: row<string>('text/plain', 'Content-Type of /sns.', '/sns 的 Content-Type。'),
  apiSecurityMaxAgeSeconds: row<number>(
    300,
    'A signed request older than this is 40240.',
    '超过此秒数的签名请求返回 40240。',
  ),
  apiSecurityOrigin: row<string>(
    'https://api.weixin.qq.com',
    'Scheme and host that signed calls name in their urlpath.',
    '签名请求的 urlpath 中的协议与主机。',
  ),
  loginReturnsPromise: row<boolean>(
    true,
    'wx.login without callbacks returns a Promise, as real libraries do; the page says no.',
    '不带回调的 wx.login 返回 Promise（实际如此，文档称不支持）。',
  ),
  loginTooOftenErrno: row<number>(
    1003,
    'errno of wx.login and checkSession beyond four a second.',
    'wx.login、checkSession 每秒超过四次时的 errno。',
    [1003, 510001],
  ),
  skipDomainCheck: row<boolean>(
    true,
    'The phone skips the domain list and allows http and ws, as devtools can.',
    '手机跳过域名校验并允许 http、ws（同开发者工具选项）。',
  ),
  networkExcess: row<string>(
    'fail',
    'An eleventh concurrent request: errno 600007, or it waits its turn.',
    '超过并发上限的请求：返回 errno 600007，或排队。',
    ['fail', 'queue'],
  ),
  networkLimitShared: row<boolean>(
    false,
    'request, uploadFile and downloadFile share the ten.',
    'request、uploadFile、downloadFile 是否共用十个并发。',
  ),
  backgroundRefuses: row<string>(
    'after-5s',
    'In the background new requests are refused after five seconds, or at once.',
    '进入后台后，五秒后或立即拒绝新请求。',
    ['after-5s', 'at-once'],
  ),
  responseHeaderCase: row<string>(
    'canonical',
    'Case of header names that wx.request hands over; it varies by device.',
    'wx.request 返回的 header 名大小写；因机型而异。',
    ['canonical', 'lower', 'as-sent'],
  ),
} as const

/** The name of a switch. */
export type SwitchName = keyof typeof switchTable

/** The position of every switch. */
export type Switches = { readonly [K in SwitchName]: (typeof switchTable)[K]['default'] }

/** Every switch in its default position. */
export const defaultSwitches: Switches = Object.freeze(
  Object.fromEntries(Object.entries(switchTable).map(([name, entry]) => [name, entry.default])),
) as unknown as Switches

/**
 * Checks positions that came from outside and returns them typed.
 * Throws SWITCH_UNKNOWN for a name that is no switch and SWITCH_INVALID for a value that it cannot take.
 */
export function parseSwitches(input: unknown): Partial<Switches> {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new SimulatorError('SWITCH_INVALID', 'Switches are given as an object of names and values.')
  }
  for (const [name, value] of Object.entries(input)) checkSwitch(name, value)
  return { ...input }
}

function checkSwitch(name: string, value: unknown): void {
  if (!Object.hasOwn(switchTable, name)) throw new SimulatorError('SWITCH_UNKNOWN', `There is no switch "${name}".`)
  const entry: SwitchRow<boolean | number | string> = switchTable[name as SwitchName]
  const fits =
    entry.oneOf === undefined ? typeof value === typeof entry.default : entry.oneOf.some((one) => one === value)
  if (fits && !Number.isNaN(value)) return
  const allowed = entry.oneOf?.map((one) => JSON.stringify(one)).join(', ') ?? `a ${typeof entry.default}`
  throw new SimulatorError('SWITCH_INVALID', `Switch "${name}" takes ${allowed}.`)
}
