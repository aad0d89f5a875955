import { row } from './error-row.ts'
import type { ErrorRow } from './error-row.ts'

/** What became of stores and keys. */
export const storeRows = {
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
} as const satisfies Readonly<Record<string, ErrorRow>>
