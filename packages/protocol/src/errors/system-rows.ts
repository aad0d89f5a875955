import { row } from './error-row.ts'
import type { ErrorRow } from './error-row.ts'

/** What is nobody's fault but ours. */
export const systemRows = {
  SYSTEM_ERROR: row(
    50000,
    500,
    'Something failed inside the server.',
    '服务器内部错误。',
    'Look up the request id in the server log.',
    '用请求 id 在服务器日志中查找原因。',
  ),
} as const satisfies Readonly<Record<string, ErrorRow>>
