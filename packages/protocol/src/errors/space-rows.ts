import { row } from './error-row.ts'
import type { ErrorRow } from './error-row.ts'

/** What is wrong with a call of a space's client. */
export const spaceRows = {
  SPACE_UNKNOWN: row(
    81101,
    404,
    'There is no such space.',
    '服务空间不存在。',
    'Use the spaceId of an entry in "spaces".',
    '请使用配置 "spaces" 中的 spaceId。',
  ),
  CLIENT_SIGNATURE_INVALID: row(
    81102,
    403,
    'The signature of the client’s request does not match.',
    '客户端请求的签名不匹配。',
    'Give the client the same clientSecret as the space has.',
    '请确认客户端的 clientSecret 与服务空间一致。',
  ),
  CLIENT_TOKEN_INVALID: row(
    81103,
    401,
    'The client’s access token is unknown or has expired.',
    '客户端的 accessToken 无效或已过期。',
    'Ask for a new one; the uniCloud client does so by itself.',
    '请重新获取；uniCloud 客户端会自动处理。',
  ),
  CLIENT_METHOD_UNKNOWN: row(
    81104,
    400,
    'There is no such method for this client.',
    '此客户端没有该方法。',
    'See the documentation for the methods that are served; files need a file store.',
    '请查阅文档中支持的方法；文件相关方法需要配置文件存储。',
  ),
  CLIENT_TIME_WRONG: row(
    81105,
    400,
    'The timestamp of the client’s request is more than a day off.',
    '客户端请求的时间戳偏差超过一天。',
    'Set the clock of the device or of the server right.',
    '请校准设备或服务器的时间。',
  ),
  ORIGIN_REFUSED: row(
    81106,
    403,
    'The space does not admit pages of this origin.',
    '服务空间不允许该来源的网页访问。',
    'Add the page’s origin to "origins" of the space.',
    '请将页面的源（origin）加入该服务空间的 "origins"。',
  ),
  POLICY_CHANGED: row(
    81107,
    409,
    'Somebody else has changed the policy of the space meanwhile.',
    '该服务空间的策略已被他人修改。',
    'Look at it again and repeat the change with its new revision.',
    '请重新查看后，使用新的 revision 再次修改。',
  ),
  POLICY_UNREADABLE: row(
    81108,
    503,
    'What is kept of the space’s policy cannot be read, so that every call is refused.',
    '无法读取该服务空间的策略，所有调用都会被拒绝。',
    'Import the rules again or go back to the configuration: drawbridge policy import, drawbridge policy reset.',
    '请重新导入规则，或恢复配置文件中的策略：drawbridge policy import、drawbridge policy reset。',
  ),
  RULES_INVALID: row(
    81109,
    400,
    'The rules have mistakes; nothing was changed.',
    '规则有误，未作任何修改。',
    'Correct what detail names.',
    '请修正 detail 指出的内容。',
  ),
} as const satisfies Readonly<Record<string, ErrorRow>>
