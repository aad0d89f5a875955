import { row } from './mistake-row.ts'

/** Mistakes in files, variables and secrets as such, and in what the process itself is told. */
export const fileMistakes = {
  FILE_UNREADABLE: row(
    'error',
    'The file cannot be read ({reason}).',
    '无法读取该文件（{reason}）。',
    'Check the path and its permissions.',
    '请检查路径与权限。',
  ),
  FILE_MISSING: row('error', 'There is no such file.', '文件不存在。', 'Check the path.', '请检查路径。'),
  FOLDER_MISSING: row(
    'error',
    'There is no uni-config-center folder at {path}.',
    '{path} 下没有 uni-config-center 目录。',
    'Give the folder itself, or the root of the uniCloud project.',
    '请填写该目录本身，或 uniCloud 项目的根目录。',
  ),
  FILE_NOT_UTF8: row(
    'error',
    'The file is not encoded as UTF-8.',
    '文件不是 UTF-8 编码。',
    'Save it as UTF-8; Windows editors may have written GBK or UTF-16.',
    '请另存为 UTF-8（Windows 编辑器可能存成了 GBK 或 UTF-16）。',
  ),
  JSON_SYNTAX: row(
    'error',
    'Not valid JSON from here on: {problem}.',
    '从这里开始不是合法的 JSON：{problem}。',
    'Correct the text; comments and trailing commas are allowed, all else is as in JSON.',
    '请修正；允许注释与末尾逗号，其余须符合 JSON 语法。',
  ),
  KEY_REPEATED: row(
    'warning',
    'The key "{key}" stands here more than once; the last one counts.',
    '键 "{key}" 重复出现，以最后一个为准。',
    'Remove the others.',
    '请删除多余的。',
    'key',
  ),
  KEY_UNKNOWN: row(
    'error',
    'Nothing reads the key "{key}".',
    '没有名为 "{key}" 的配置项。',
    'Correct or remove it.',
    '请更正或删除。',
    'key',
  ),
  KEY_MISSING: row('error', 'The key "{key}" is missing.', '缺少 "{key}"。', 'Add it.', '请补充。'),
  VALUE_WRONG: row(
    'error',
    'The value is not what belongs here; expected: {expected}.',
    '值不正确，应为：{expected}。',
    'Correct the value.',
    '请更正该值。',
  ),

  ENV_UNKNOWN: row(
    'warning',
    'Nothing reads the variable {name}.',
    '没有名为 {name} 的环境变量。',
    'Correct or unset it.',
    '请更正或取消该变量。',
  ),
  SECRET_ENV_MISSING: row(
    'error',
    'The environment variable {name} is not set or empty.',
    '环境变量 {name} 未设置或为空。',
    'Set it before starting.',
    '请在启动前设置。',
  ),
  SECRET_FILE_MISSING: row(
    'error',
    'The secret file {name} cannot be read or is empty.',
    '密钥文件 {name} 无法读取或为空。',
    'Create it with mode 0600, the secret as its only content.',
    '请创建该文件（权限 0600），内容只含密钥。',
  ),
  SECRET_IN_CLEAR: row(
    'warning',
    'A secret stands in clear in the file.',
    '密钥以明文写在文件中。',
    'Write {"env": "NAME"} or {"file": "path"} instead.',
    '请改为 {"env": "变量名"} 或 {"file": "路径"}。',
  ),

  MASTER_KEY_MISSING: row(
    'error',
    'Production needs a master key, and none is given.',
    '生产环境必须提供主密钥。',
    'Set DRAWBRIDGE_MASTER_KEY (from: openssl rand -base64 32) or DRAWBRIDGE_MASTER_KEY_FILE.',
    '请设置 DRAWBRIDGE_MASTER_KEY（可用 openssl rand -base64 32 生成）或 DRAWBRIDGE_MASTER_KEY_FILE。',
  ),
  MASTER_KEY_WRONG: row(
    'error',
    'The master key is not 32 bytes in base64 or hex.',
    '主密钥不是 base64 或十六进制的 32 字节。',
    'Make one with: openssl rand -base64 32.',
    '可用 openssl rand -base64 32 生成。',
  ),
  PLAIN_HTTP: row(
    'warning',
    'The server listens on {host} in clear HTTP, and no TLS proxy is declared.',
    '服务在 {host} 上以明文 HTTP 监听，且未声明 TLS 代理。',
    'Put a TLS proxy in front and set "tlsProxy": true, or listen on 127.0.0.1.',
    '请在前面放置 TLS 代理并设置 "tlsProxy": true，或只监听 127.0.0.1。',
  ),
} as const
