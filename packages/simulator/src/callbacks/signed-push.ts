import { encryptCallback } from '../crypto/encrypt-callback.ts'
import { sortedSha1 } from '../crypto/sorted-sha1.ts'
import type { App } from '../state/apps.ts'
import type { CallbackConfig } from './callback-config.ts'
import { toXml } from './xml.ts'

/** A push ready to be sent: where to, and what. */
export interface SignedPush {
  readonly url: string
  readonly contentType: string
  readonly body: string
}

/** What varies from push to push. */
export interface PushMoment {
  readonly app: App
  /** Seconds since the epoch. */
  readonly timestamp: number
  /** Digits. */
  readonly nonce: string
  /** 16 characters. */
  readonly random: string
  readonly openid: string
}

/** Signs a message, and encrypts it in safe mode. */
export function signPush(
  config: CallbackConfig,
  message: Readonly<Record<string, unknown>>,
  moment: PushMoment,
): SignedPush {
  const { app, timestamp, nonce, random, openid } = moment
  const signature = sortedSha1([config.token, String(timestamp), nonce])
  const query: Record<string, string> = { signature, timestamp: String(timestamp), nonce, openid }
  const write = (content: Readonly<Record<string, unknown>>): string =>
    config.format === 'json' ? JSON.stringify(content) : toXml(content)
  let body = write(message)
  if (config.mode === 'safe') {
    const Encrypt = encryptCallback(config.encodingAesKey ?? '', { random, message: body, appid: app.appid })
    query['encrypt_type'] = 'aes'
    query['msg_signature'] = sortedSha1([config.token, String(timestamp), nonce, Encrypt])
    body = write({ ToUserName: message['ToUserName'] ?? '', Encrypt })
  }
  return {
    url: withQuery(config.url, query),
    contentType: config.format === 'json' ? 'application/json' : 'text/xml',
    body,
  }
}

/** The URL that checks a callback address: the answer must be the bare echostr. */
export function signedEcho(
  config: CallbackConfig,
  moment: Pick<PushMoment, 'timestamp' | 'nonce'>,
  echostr: string,
): string {
  const timestamp = String(moment.timestamp)
  const signature = sortedSha1([config.token, timestamp, moment.nonce])
  return withQuery(config.url, { signature, timestamp, nonce: moment.nonce, echostr })
}

function withQuery(url: string, query: Readonly<Record<string, string>>): string {
  const whole = new URL(url)
  for (const [name, value] of Object.entries(query)) whole.searchParams.set(name, value)
  return whole.href
}
