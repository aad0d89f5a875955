import { request } from 'undici'
import { unixSeconds } from '../clock/seconds.ts'
import { decryptCallback } from '../crypto/encrypt-callback.ts'
import { sortedSha1 } from '../crypto/sorted-sha1.ts'
import type { FailureBook } from '../failures/failure-book.ts'
import type { Platform } from '../platform.ts'
import { SimulatorError } from '../simulator-error.ts'
import type { App } from '../state/apps.ts'
import type { CallbackConfig } from './callback-config.ts'
import { signPush, signedEcho } from './signed-push.ts'
import type { PushMoment } from './signed-push.ts'
import { fromXml } from './xml.ts'

/** How one delivery of a push went. */
export interface Delivery {
  /** The HTTP status; 0 when there was no answer in five seconds. */
  readonly status: number
  readonly body: string
  /** The encrypted reply's text, when one came and its signature fits. */
  readonly reply: string | undefined
  readonly accepted: boolean
}

/** The platform's pushes to an app's own server. */
export interface CallbackControl {
  /** Asks the app's URL for an echostr; true when it comes back bare. */
  verify(appid: string): Promise<boolean>
  /** Delivers a message, again up to three times while it is not taken within five seconds. */
  push(appid: string, message: Readonly<Record<string, unknown>>): Promise<Delivery[]>
}

const ANSWER_MS = 5_000
const RETRIES = 3

/** Binds the pushes to a platform. Throws CALLBACK_UNCONFIGURED for an app without a callback. */
export function createCallbackControl(platform: Platform, failures: FailureBook): CallbackControl {
  return {
    async verify(appid) {
      const { app, config } = configured(platform, appid)
      const echostr = String(platform.random.bytes('echostr', 6).readUIntBE(0, 6))
      const { status, body } = await answerOf(platform, signedEcho(config, moment(platform, app, ''), echostr))
      return status === 200 && body === echostr
    },
    async push(appid, message) {
      const { app, config } = configured(platform, appid)
      const openid = typeof message['FromUserName'] === 'string' ? message['FromUserName'] : ''
      const push = signPush(config, message, moment(platform, app, openid))
      const send = async (): Promise<Delivery> => {
        const answer = await answerOf(platform, push.url, { contentType: push.contentType, body: push.body })
        return judged(answer, config)
      }
      const deliveries = [await send()]
      while (deliveries.length <= RETRIES && deliveries.at(-1)?.accepted !== true) deliveries.push(await send())
      if (failures.strikeKind('push-duplicated', app)) deliveries.push(await send())
      return deliveries
    },
  }
}

function configured({ apps }: Platform, appid: string): { readonly app: App; readonly config: CallbackConfig } {
  const app = apps.get(appid)
  if (app.callback !== null) return { app, config: app.callback }
  throw new SimulatorError('CALLBACK_UNCONFIGURED', `App ${appid} has no callback: set its field "callback".`)
}

function moment({ clock, random }: Platform, app: App, openid: string): PushMoment {
  return {
    app,
    openid,
    timestamp: unixSeconds(clock.now()),
    nonce: String(random.bytes('push-nonce', 4).readUInt32BE()),
    random: random.bytes('push-random', 8).toString('hex'),
  }
}

interface Answer {
  readonly status: number
  readonly body: string
}

async function answerOf(
  { clock }: Platform,
  url: string,
  post?: { readonly contentType: string; readonly body: string },
): Promise<Answer> {
  const giveUp = new AbortController()
  const answered = new AbortController()
  void clock.wait(ANSWER_MS, answered.signal).then(() => giveUp.abort())
  try {
    const answer = await request(url, {
      method: post === undefined ? 'GET' : 'POST',
      headers: post === undefined ? {} : { 'content-type': post.contentType },
      body: post?.body ?? null,
      signal: giveUp.signal,
    })
    return { status: answer.statusCode, body: await answer.body.text() }
  } catch {
    return { status: 0, body: '' }
  } finally {
    answered.abort()
  }
}

/** Taken is `success`, nothing, or an encrypted reply whose signature fits. */
function judged({ status, body }: Answer, config: CallbackConfig): Delivery {
  const reply = config.mode === 'safe' ? openedReply(body, config) : undefined
  const isPlain = body === 'success' || body === '' || (config.mode === 'clear' && body !== '')
  return { status, body, reply, accepted: status === 200 && (isPlain || reply !== undefined) }
}

function openedReply(body: string, config: CallbackConfig): string | undefined {
  const fields: Readonly<Record<string, unknown>> = body.startsWith('{') ? tryJson(body) : fromXml(body)
  const { Encrypt, MsgSignature, TimeStamp, Nonce } = fields
  if (typeof Encrypt !== 'string') return undefined
  const expected = sortedSha1([config.token, String(TimeStamp), String(Nonce), Encrypt])
  if (expected !== MsgSignature) return undefined
  try {
    return decryptCallback(config.encodingAesKey ?? '', Encrypt).message
  } catch {
    return undefined
  }
}

function tryJson(source: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(source)
    return typeof parsed === 'object' && parsed !== null ? (parsed as Readonly<Record<string, unknown>>) : {}
  } catch {
    return {}
  }
}
