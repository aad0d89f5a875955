import { row } from './error-row.ts'
import type { ErrorRow } from './error-row.ts'

/** What is wrong with the configuration. */
export const configurationRows = {
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
} as const satisfies Readonly<Record<string, ErrorRow>>
