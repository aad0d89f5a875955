import { createHash } from 'node:crypto'
import type { App, Bridge } from '@drawbridge/bridge'
import { DrawbridgeError } from '@drawbridge/protocol'

/** What `wx.config` of the JS-SDK wants, with the names that it wants. */
export interface JsapiConfig {
  readonly appId: string
  /** Seconds since epoch. */
  readonly timestamp: number
  readonly nonceStr: string
  readonly signature: string
}

const URL_MAX_CHARS = 2048

/** The signature of `wx.config`: values as they are, and of the page's address what stands before `#`. SHA-1 in hex. */
export function jsapiSignature(page: {
  readonly ticket: string
  readonly nonceStr: string
  readonly timestamp: number
  readonly url: string
}): string {
  const [url = ''] = page.url.split('#')
  const text = `jsapi_ticket=${page.ticket}&noncestr=${page.nonceStr}&timestamp=${page.timestamp}&url=${url}`
  return createHash('sha1').update(text).digest('hex')
}

/**
 * Signs pages for the JS-SDK of an official account, with the bridge's ticket: it is fetched once for all and never
 * leaves the server. Throws `PAGE_URL_INVALID` and what `Bridge.get` throws.
 */
export function createJsapiConfig({
  bridge,
  now,
  randomBytes,
}: {
  readonly bridge: Pick<Bridge, 'get'>
  readonly now: () => number
  readonly randomBytes: (size: number) => Buffer
}): (app: App, url: string) => Promise<JsapiConfig> {
  return async (app, url) => {
    if (!isPage(url)) throw new DrawbridgeError('PAGE_URL_INVALID')
    const credential = await bridge.get({ kind: 'ticket', app })
    const value = credential?.value
    const ticket: unknown = value !== undefined && 'ticket' in value ? value.ticket : undefined
    if (typeof ticket !== 'string') throw new DrawbridgeError('CREDENTIAL_ABSENT', { platform: app.platform })
    const nonceStr = randomBytes(8).toString('hex')
    const timestamp = Math.floor(now() / 1000)
    return { appId: app.appid, timestamp, nonceStr, signature: jsapiSignature({ ticket, nonceStr, timestamp, url }) }
  }
}

function isPage(url: string): boolean {
  return url.length <= URL_MAX_CHARS && /^https?:\/\//.test(url) && URL.canParse(url) && url.isWellFormed()
}
