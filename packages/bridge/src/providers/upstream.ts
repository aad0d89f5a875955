import { DrawbridgeError } from '@drawbridge/protocol'
import { Agent, request } from 'undici'
import type { Dispatcher } from 'undici'
import type { BridgeEvent } from '../bridge.ts'
import type { App } from '../credential.ts'

/** Where the platforms are, without a trailing slash. */
export interface UpstreamHosts {
  /** `https://api.weixin.qq.com` */
  readonly weixin: string
  /** `https://api.q.qq.com` */
  readonly qq: string
  /** Takes WeChat's calls while its first host cannot be reached: `https://api2.weixin.qq.com`; left out: nothing does. */
  readonly weixinBackup?: string
}

/** One call to a platform. */
export interface UpstreamCall {
  readonly app: App
  readonly host: 'weixin' | 'qq'
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  /** Sent as JSON; left out: no body at all, not even `{}`. */
  readonly body?: Readonly<Record<string, unknown>>
}

/** A platform's answer, parsed and without an errcode other than 0. */
export type UpstreamAnswer = Readonly<Record<string, unknown>>

/** The only door to the platforms. */
export interface Upstream {
  /**
   * Throws `UPSTREAM_FAILED` (the platform said no: detail has errcode and errmsg, or status), `UPSTREAM_UNREACHABLE`
   * (no answer within the time limit), `UPSTREAM_ANSWER_INVALID` (HTTP 200 and nonsense).
   */
  call(call: UpstreamCall): Promise<UpstreamAnswer>
}

const ANSWER_MAX_BYTES = 1024 * 1024
const ERRMSG_MAX_CHARS = 200

/** How long calls go to the backup at once after it had to step in. */
const BACKUP_MS = 30_000
/** Failures that come before a byte of the request was sent. */
const NEVER_SENT: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'UND_ERR_CONNECT_TIMEOUT',
])

interface Sent {
  readonly status: number
  readonly text: string
  readonly date: string | undefined
}

/** What an upstream needs. `dispatcher` is undici's; tests and proxies bring their own. */
export interface UpstreamDeps {
  readonly hosts: UpstreamHosts
  readonly timeoutMs: number
  readonly dispatcher?: Dispatcher
  readonly now: () => number
  readonly onEvent: (event: BridgeEvent) => void
}

/**
 * The platforms over HTTP. Status and content type are not believed, content is: WeChat reports errors with
 * HTTP 200, sends JSON as text/plain, and leaves errcode out on success.
 */
export function createUpstream({ hosts, timeoutMs, dispatcher, now, onEvent }: UpstreamDeps): Upstream {
  const { weixinBackup } = hosts
  // Without an early end of connecting no time would be left for the other host.
  const quitter = weixinBackup === undefined ? undefined : new Agent({ connect: { timeout: timeoutMs / 2 } })
  const dispatching = dispatcher ?? quitter
  let backupUntil = -Infinity

  /** From whichever host of the platform can be reached. What may have arrived at one is never sent to the other. */
  async function send(call: UpstreamCall): Promise<Sent> {
    const signal = AbortSignal.timeout(timeoutMs)
    if (call.host !== 'weixin' || weixinBackup === undefined) return sendTo(hosts[call.host], call, signal)
    const isBackupFirst = now() < backupUntil
    const [first, second] = isBackupFirst ? [weixinBackup, hosts.weixin] : [hosts.weixin, weixinBackup]
    try {
      return await sendTo(first, call, signal)
    } catch (cause) {
      if (!NEVER_SENT.has(reasonOf(cause))) throw cause
      const sent = await sendTo(second, call, signal)
      backupUntil = isBackupFirst ? -Infinity : now() + BACKUP_MS
      return sent
    }
  }

  async function sendTo(host: string, call: UpstreamCall, signal: AbortSignal): Promise<Sent> {
    const query = new URLSearchParams(call.query).toString()
    const response = await request(`${host}${call.path}${query === '' ? '' : `?${query}`}`, {
      method: call.method,
      headers: call.body === undefined ? {} : { 'content-type': 'application/json' },
      body: call.body === undefined ? null : JSON.stringify(call.body),
      signal,
      ...(dispatching && { dispatcher: dispatching }),
    })
    const date = response.headers['date']
    return {
      status: response.statusCode,
      text: await readText(response.body),
      date: typeof date === 'string' ? date : undefined,
    }
  }

  return {
    async call(call) {
      const startedAt = now()
      const report = (errcode: number | undefined, status: number | undefined): void => {
        onEvent({
          type: 'upstream',
          platform: call.app.platform,
          appid: call.app.appid,
          path: call.path,
          durationMs: now() - startedAt,
          ...(errcode === undefined ? {} : { errcode }),
          ...(status === undefined ? {} : { status }),
        })
      }
      const sent = await send(call).catch((cause: unknown) => {
        report(undefined, undefined)
        throw unreachable(call, cause)
      })
      noteClock(sent.date, startedAt)
      if (sent.status !== 200) {
        report(undefined, sent.status)
        throw new DrawbridgeError('UPSTREAM_FAILED', { path: call.path, status: sent.status })
      }
      const answer = parseAnswer(sent.text)
      const errcode = answer === undefined ? undefined : errcodeOf(answer)
      report(errcode, sent.status)
      if (answer === undefined) throw new DrawbridgeError('UPSTREAM_ANSWER_INVALID', { path: call.path })
      if (errcode !== 0) {
        throw new DrawbridgeError('UPSTREAM_FAILED', {
          path: call.path,
          errcode: errcode ?? null,
          errmsg: scrubbed(answer['errmsg'], call),
        })
      }
      return answer
    },
  }

  function noteClock(date: string | undefined, startedAt: number): void {
    const at = date === undefined ? Number.NaN : Date.parse(date)
    if (Number.isNaN(at)) return
    // The header has whole seconds and was made between our two readings of the clock.
    const skewMs = Math.round((startedAt + now()) / 2 - (at + 500))
    onEvent({ type: 'clock', skewMs, host: 'platform' })
  }
}

function unreachable(call: UpstreamCall, cause: unknown): DrawbridgeError {
  if (cause instanceof DrawbridgeError) return cause
  // undici's errors name the URL, and the URL holds the secret: only the kind of failure is kept.
  return new DrawbridgeError('UPSTREAM_UNREACHABLE', { path: call.path, reason: reasonOf(cause) })
}

/** ECONNREFUSED, UND_ERR_CONNECT_TIMEOUT, TimeoutError (whose `code` is a number that tells nobody anything). */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'unknown'
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name
}

async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > ANSWER_MAX_BYTES) throw new DrawbridgeError('UPSTREAM_ANSWER_INVALID', { bytesMax: ANSWER_MAX_BYTES })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parseAnswer(text: string): UpstreamAnswer | undefined {
  try {
    const parsed: unknown = JSON.parse(text.replace(/^\uFEFF/, ''))
    return isObject(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is UpstreamAnswer {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function errcodeOf(answer: UpstreamAnswer): number | undefined {
  const errcode = answer['errcode']
  if (errcode === undefined || errcode === null) return 0
  const number = Number(errcode)
  return Number.isInteger(number) ? number : undefined
}

/** What could be a secret, whole or in part, that we did not send; words and request ids are shorter. */
const LONG_RUN = /[A-Za-z0-9_+/=]{28,}/g

/** The platform's words, short, and without any secret of the request should the platform echo one. */
function scrubbed(errmsg: unknown, call: UpstreamCall): string {
  let text = typeof errmsg === 'string' ? errmsg : ''
  for (const secret of [call.app.secret, ...Object.values(call.query ?? {})]) {
    if (secret.length >= 8 && secret !== call.app.appid) text = text.replaceAll(secret, '…')
  }
  return text.replace(LONG_RUN, '…').slice(0, ERRMSG_MAX_CHARS)
}
