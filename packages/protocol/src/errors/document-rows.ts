import { row } from './error-row.ts'
import type { ErrorRow } from './error-row.ts'

/** What is wrong with a space's documents, a query of them, or its Redis. */
export const documentRows = {
  DOCUMENT_QUERY_INVALID: row(
    80901,
    400,
    'The database query is malformed or uses an operator that there is not.',
    '数据库查询格式不正确，或使用了不支持的操作符。',
    'Correct what detail.field and detail.reason name.',
    '请修正 detail.field 与 detail.reason 指出的部分。',
  ),
  DOCUMENT_INVALID: row(
    80902,
    400,
    'The document or the change to it cannot be stored.',
    '文档或对文档的修改无法保存。',
    'Correct the field that detail.field names; detail.reason says why.',
    '请按 detail.reason 修正 detail.field 指出的字段。',
  ),
  DOCUMENT_TOO_LARGE: row(
    80903,
    413,
    'A document, or the result of a query, is larger than it may be.',
    '文档或查询结果超出大小限制。',
    'Stay below the bytes that detail.limit names; use limit and field to get less.',
    '请控制在 detail.limit 字节以内；可用 limit 与 field 减少返回内容。',
  ),
  DOCUMENT_EXISTS: row(
    80904,
    409,
    'The collection has a document with this _id already.',
    '集合中已存在该 _id 的文档。',
    'Use another _id, or update the document that is there.',
    '请更换 _id，或更新已有文档。',
  ),
  DOCUMENT_SCAN_TOO_LARGE: row(
    80905,
    422,
    'The query would have to look at too many documents.',
    '查询需要扫描的文档过多。',
    'Add a condition that compares a field with a value (equal, or in).',
    '请增加对字段取值的等值（或 in）条件。',
  ),
  REDIS_OFF: row(
    80906,
    409,
    'Redis is off for this space.',
    '该服务空间未启用 Redis。',
    'Set redisUrl of the space.',
    '请为该服务空间设置 redisUrl。',
  ),
  REDIS_COMMAND_REFUSED: row(
    80907,
    400,
    'Functions may not use this Redis command, or not with these arguments.',
    '云函数不可使用该 Redis 命令或参数。',
    'Use another command than detail.command; those that block, subscribe or administer are refused.',
    '请改用其他命令；阻塞、订阅与管理类命令不可用。',
  ),
  REDIS_COMMAND_FAILED: row(
    80908,
    400,
    'Redis answered with an error.',
    'Redis 返回了错误。',
    'detail.reason is the first word of what Redis said, for example WRONGTYPE.',
    'detail.reason 是 Redis 错误的首个单词，例如 WRONGTYPE。',
  ),
} as const satisfies Readonly<Record<string, ErrorRow>>
