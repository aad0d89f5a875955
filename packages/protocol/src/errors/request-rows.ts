import { row } from './error-row.ts'
import type { ErrorRow } from './error-row.ts'

/** What is wrong with a request. */
export const requestRows = {
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
} as const satisfies Readonly<Record<string, ErrorRow>>
