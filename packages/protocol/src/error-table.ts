/** One row of the error table: what a code means to a program and to a person. */
export interface ErrorRow {
  /** The number on the wire; stable for ever. */
  readonly number: number
  /** The HTTP status under which the code travels. */
  readonly status: number
  /** What happened, in one sentence. */
  readonly en: string
  readonly zh: string
  /** What to do next. */
  readonly remedyEn: string
  readonly remedyZh: string
}

function row(number: number, status: number, en: string, zh: string, remedyEn: string, remedyZh: string): ErrorRow {
  return { number, status, en, zh, remedyEn, remedyZh }
}

const rows = {
  SYSTEM_ERROR: row(
    50000,
    500,
    'Something failed inside the server.',
    '服务器内部错误。',
    'Look up the request id in the server log.',
    '用请求 id 在服务器日志中查找原因。',
  ),

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

  UPSTREAM_FAILED: row(
    80201,
    502,
    'The platform refused the request.',
    '平台拒绝了请求。',
    'Run "drawbridge doctor" and look up detail.errcode.',
    '请运行 drawbridge doctor，并查看 detail.errcode 的说明。',
  ),
  UPSTREAM_UNREACHABLE: row(
    80202,
    504,
    'The platform could not be reached, or did not answer in time.',
    '无法连接平台，或平台未及时应答。',
    'Check the network from this server to the platform; the bridge goes on trying with growing pauses.',
    '请检查服务器到平台的网络；系统会以递增的间隔继续重试。',
  ),
  UPSTREAM_ANSWER_INVALID: row(
    80203,
    502,
    'The platform answered with something that is not the documented answer.',
    '平台返回了不符合文档的内容。',
    'Usually passes by itself; if it stays, check what stands between this server and the platform.',
    '通常会自行恢复；若持续出现，请检查服务器与平台之间的代理或网关。',
  ),
  REFRESH_TIMED_OUT: row(
    80204,
    504,
    'Another server is refreshing this credential and has not finished in time.',
    '另一台服务器正在刷新该凭据，但未及时完成。',
    'Call again; look at the slow replica if it repeats.',
    '请重试；若反复出现，请检查较慢的副本。',
  ),
  REFRESH_LIMITED: row(
    80205,
    429,
    'The platform allows no further forced refresh now.',
    '平台当前不允许再次强制刷新。',
    'Wait until detail.retryAt.',
    '请等到 detail.retryAt 之后再试。',
  ),

  STORE_UNAVAILABLE: row(
    80301,
    503,
    'No store could be reached.',
    '存储不可用。',
    'Check the database and Redis; nothing that was acknowledged is lost.',
    '请检查数据库与 Redis；已确认的数据不会丢失。',
  ),
  RECORD_UNREADABLE: row(
    80302,
    500,
    'A stored record cannot be decrypted or was altered.',
    '存储的记录无法解密或被改动。',
    'Check that the master key is the one that the store was written with.',
    '请检查主密钥是否与写入时一致。',
  ),
  MASTER_KEY_INVALID: row(
    80303,
    500,
    'The master key is missing, malformed, or not the one of this store.',
    '主密钥缺失、格式不正确，或不属于此存储。',
    'Set DRAWBRIDGE_MASTER_KEY to the 32 bytes (base64) that this store was created with.',
    '请将 DRAWBRIDGE_MASTER_KEY 设为创建此存储时使用的 32 字节（base64）。',
  ),

  CALLER_UNKNOWN: row(
    80401,
    401,
    'The caller did not identify itself.',
    '调用方未通过身份验证。',
    'Send a bearer token, a signature or the connect code, or call from an allowed address.',
    '请携带 bearer token、签名或 connectCode，或从白名单地址调用。',
  ),
  SIGNATURE_INVALID: row(
    80402,
    401,
    'The signature is missing a required part or does not match.',
    '签名缺少必要部分或不匹配。',
    'Sign the required components with the key of this caller; see docs/guide/callers.md.',
    '请用该调用方的密钥对规定的部分签名，参见 docs/guide/callers.md。',
  ),
  CALLER_FORBIDDEN: row(
    80403,
    403,
    'The caller is known but has no right to this credential or operation.',
    '调用方无权执行此操作或访问此凭据。',
    'Grant the scope app × kind × verb that detail.scope names.',
    '请授予 detail.scope 指出的权限（应用 × 凭据 × 操作）。',
  ),
  REPLAY_REFUSED: row(
    80404,
    401,
    'This signed request was received before, or is too old.',
    '该签名请求已被接收过，或已过期。',
    'Sign every request anew with a fresh nonce and the current time.',
    '请为每次请求使用新的 nonce 与当前时间重新签名。',
  ),
  ADDRESS_REFUSED: row(
    80405,
    403,
    'The caller’s address is not on the allow-list.',
    '调用方地址不在白名单中。',
    'Add the address that detail.address names to ipWhiteList; 0.0.0.0 is no wildcard, 0.0.0.0/0 is.',
    '请将 detail.address 加入 ipWhiteList；0.0.0.0 不是通配符，0.0.0.0/0 才是。',
  ),
  RATE_LIMITED: row(
    80406,
    429,
    'The caller sends too many requests.',
    '调用过于频繁。',
    'Wait for the seconds that the Retry-After header names.',
    '请按 Retry-After 头指示的秒数等待。',
  ),
  TOKEN_UNKNOWN: row(
    80407,
    404,
    'There is no such bearer token, or it is revoked already.',
    '没有此 bearer token，或已被吊销。',
    'List the tokens (drawbridge tokens ls) and use an id from there.',
    '请用 drawbridge tokens ls 查看并使用其中的 id。',
  ),

  REQUEST_INVALID: row(
    80501,
    400,
    'The request does not fit its schema.',
    '请求不符合规定的格式。',
    'Correct the field that detail.field names.',
    '请修正 detail.field 指出的字段。',
  ),
  BODY_TOO_LARGE: row(
    80502,
    413,
    'The request body is too large.',
    '请求体过大。',
    'Send at most the bytes that detail.limit names.',
    '请求体不得超过 detail.limit 字节。',
  ),
  BODY_NOT_JSON: row(
    80503,
    400,
    'The request body is not valid JSON in UTF-8.',
    '请求体不是合法的 UTF-8 JSON。',
    'Send one JSON object, encoded as UTF-8.',
    '请发送 UTF-8 编码的 JSON 对象。',
  ),
  METHOD_UNKNOWN: row(
    80504,
    404,
    'There is no such path or method.',
    '没有这个路径或方法。',
    'See /openapi.json for what there is.',
    '可用接口见 /openapi.json。',
  ),
  SERVER_STOPPING: row(
    80505,
    503,
    'The server is shutting down.',
    '服务器正在关闭。',
    'Call again; another replica will answer.',
    '请重试，其他副本会应答。',
  ),

  CONFIG_INVALID: row(
    80601,
    500,
    'The configuration has mistakes.',
    '配置有误。',
    'Correct each mistake that is listed with its file and path.',
    '请按列出的文件与路径逐一修正。',
  ),
  SERVER_OPEN_TO_ALL: row(
    80602,
    500,
    'Anyone could read credentials from a server configured like this, so it does not start.',
    '按此配置任何人都能读取凭据，服务器拒绝启动。',
    'Create a bearer token, configure uni-cloud-s2s, or list the callers’ addresses.',
    '请创建 bearer token、配置 uni-cloud-s2s，或设置调用方地址白名单。',
  ),
  PORT_BUSY: row(
    80603,
    500,
    'The port is already in use.',
    '端口已被占用。',
    'Stop the other process or choose another port with PORT.',
    '请停止占用端口的进程，或用 PORT 指定其他端口。',
  ),
} as const satisfies Record<string, ErrorRow>

/** The name of an error; the stable thing that programs compare. */
export type ErrorCode = keyof typeof rows

/** Every error by its code. Its prototype is null: an outsider's string finds nothing that is not a row. */
export const errorTable: Readonly<Record<ErrorCode, ErrorRow>> = Object.freeze(
  Object.assign(Object.create(null) as Record<ErrorCode, ErrorRow>, rows),
)
