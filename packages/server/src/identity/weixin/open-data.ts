import { createDecipheriv, createHash } from 'node:crypto'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { Json, JsonObject } from '@drawbridge/runtime'
import { constantTimeEqual } from '../../callers/constant-time-equal.ts'

/** Data that WeChat encrypted for an app under a user's session key. */
export interface EncryptedOpenData {
  /** base64. */
  readonly encryptedData: string
  /** base64 of 16 bytes. */
  readonly iv: string
}

/** Whose data it has to be, and how old it may be. */
export interface OpenDataBounds {
  /** The mini program's own appid. */
  readonly appid: string
  /** ms since epoch. */
  readonly now: number
  /** Left out: any age. */
  readonly maxAgeMs?: number
}

const DATA_MAX_CHARS = 65_536
/** WeChat's clock and ours need not agree to the second. */
const AHEAD_MS = 60_000

/**
 * Opens data of `wx.getUserInfo`, `getPhoneNumber` and the like: AES-128-CBC under the session key's bytes, with a
 * watermark that names app and time. Throws `OPEN_DATA_INVALID`, the same for every way to be wrong: the cipher has no
 * seal, so how it failed must not be told.
 */
export function decryptOpenData(
  data: EncryptedOpenData,
  sessionKey: string,
  { appid, now, maxAgeMs }: OpenDataBounds,
): JsonObject {
  const opened = decrypted(data, sessionKey)
  const watermark = opened === undefined ? undefined : objectOrNone(opened['watermark'])
  if (opened === undefined || watermark?.['appid'] !== appid) throw new DrawbridgeError('OPEN_DATA_INVALID')
  if (maxAgeMs !== undefined) {
    const madeAt = Number(watermark['timestamp']) * 1000
    if (!(madeAt > now - maxAgeMs && madeAt < now + AHEAD_MS)) throw new DrawbridgeError('OPEN_DATA_INVALID')
  }
  return opened
}

/** `signature` of `wx.getUserInfo`: SHA-1 over rawData and the session key's text, in hex. */
export function openDataSignature(rawData: string, sessionKey: string): string {
  return createHash('sha1').update(rawData).update(sessionKey).digest('hex')
}

/** Whether `rawData` is as WeChat gave it to the user of this session key. */
export function isOpenDataSigned(rawData: string, signature: string, sessionKey: string): boolean {
  return constantTimeEqual(openDataSignature(rawData, sessionKey), signature)
}

function decrypted({ encryptedData, iv }: EncryptedOpenData, sessionKey: string): JsonObject | undefined {
  if (encryptedData.length > DATA_MAX_CHARS) return undefined
  try {
    const key = Buffer.from(sessionKey, 'base64')
    const decipher = createDecipheriv('aes-128-cbc', key, Buffer.from(iv, 'base64'))
    const text = Buffer.concat([decipher.update(encryptedData, 'base64'), decipher.final()]).toString('utf8')
    return objectOrNone(JSON.parse(text) as Json)
  } catch {
    return undefined
  }
}

function objectOrNone(value: Json | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined
}
