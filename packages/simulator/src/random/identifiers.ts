import type { Random } from './random.ts'

const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** Makes everything that WeChat names with random characters, in the shapes that real samples have. */
export interface Identifiers {
  accessToken(label: string, length: number): string
  ticket(appid: string): string
  /** 16 bytes as base64 text. */
  sessionKey(appid: string, userId: string): string
  /** 16 bytes as base64 text. */
  encryptKey(appid: string, userId: string): string
  /** 16 hex characters that are used as 16 bytes of text. */
  encryptIv(appid: string, userId: string): string
  /** 32 letters and digits: login and OAuth codes. */
  code(label: string): string
  /** 64 hex characters. */
  phoneCode(appid: string): string
  /** 32 hex characters. */
  secret(appid: string): string
  /** 28 characters, the first an `o`; one for each app and user. */
  openid(appid: string, userId: string): string
  /** 32 hex characters in capitals, as QQ writes them. */
  qqOpenid(appid: string, userId: string): string
  /** 28 characters, the first an `o`; one for each Open Platform account and user. */
  unionid(openPlatformId: string, userId: string): string
  /** `8hex-8hex-8hex`, the first the time in seconds. */
  rid(now: number): string
}

/** Binds the shapes to a source of chance. */
export function createIdentifiers(random: Random): Identifiers {
  const alphanumeric = (label: string, length: number): string =>
    Array.from(random.bytes(label, length), (byte) => ALPHANUMERIC.charAt(byte % 62)).join('')
  const base64url = (bytes: Buffer, length: number): string => bytes.toString('base64url').slice(0, length)

  return {
    accessToken(label, length) {
      const bytes = random.bytes(`access-token ${label}`, Math.ceil(length * 0.75) + 1)
      return `${10 + ((bytes[0] ?? 0) % 90)}_${base64url(bytes.subarray(1), length - 3)}`
    },
    ticket: (appid) => base64url(random.bytes(`ticket ${appid}`, 65), 86),
    sessionKey: (appid, userId) => random.bytes(`session-key ${appid} ${userId}`, 16).toString('base64'),
    encryptKey: (appid, userId) => random.bytes(`encrypt-key ${appid} ${userId}`, 16).toString('base64'),
    encryptIv: (appid, userId) => random.bytes(`encrypt-iv ${appid} ${userId}`, 8).toString('hex'),
    code: (label) => alphanumeric(`code ${label}`, 32),
    phoneCode: (appid) => random.bytes(`phone-code ${appid}`, 32).toString('hex'),
    secret: (appid) => random.bytes(`secret ${appid}`, 16).toString('hex'),
    openid: (appid, userId) => `o${base64url(random.derive(`openid ${appid} ${userId}`, 21), 27)}`,
    qqOpenid: (appid, userId) => random.derive(`openid ${appid} ${userId}`, 16).toString('hex').toUpperCase(),
    unionid: (platform, userId) => `o${base64url(random.derive(`unionid ${platform} ${userId}`, 21), 27)}`,
    rid(now) {
      const seconds = Math.floor(now / 1000)
        .toString(16)
        .padStart(8, '0')
      const tail = random.bytes('rid', 8).toString('hex')
      return `${seconds}-${tail.slice(0, 8)}-${tail.slice(8)}`
    },
  }
}
