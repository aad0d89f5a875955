import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** The 32 bytes of a master key written in base64, base64url or hex; undefined when it is none of these. */
export function parseMasterKey(text: string): Uint8Array | undefined {
  const compact = text.trim()
  if (/^[0-9a-f]{64}$/i.test(compact)) return Buffer.from(compact, 'hex')
  if (!/^[\w+/-]{43}=?$/.test(compact)) return undefined
  const key = Buffer.from(compact, 'base64')
  return key.length === 32 ? key : undefined
}

/** A new master key as text, base64. */
export function makeMasterKey(): string {
  return randomBytes(32).toString('base64')
}

/**
 * The key in the file, as text; made there, mode 0600, when the file is absent. Two processes that start at once get
 * the same key. File system errors pass through.
 */
export function keepMasterKeyFile(path: string): string {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  try {
    writeFileSync(path, makeMasterKey() + '\n', { flag: 'wx', mode: 0o600 })
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause
  }
  return readFileSync(path, 'utf8')
}
