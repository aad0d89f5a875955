import { createHash } from 'node:crypto'
import { sortedSha1 } from './sorted-sha1.ts'

/** What a page signs for wx.config. */
export interface JssdkConfig {
  readonly ticket: string
  readonly nonceStr: string
  /** Seconds since the epoch. */
  readonly timestamp: number | string
  /** The page's URL; what follows `#` does not count. */
  readonly url: string
}

/** The wx.config signature: keys in lower case and ASCII order, values raw. Source: JS-SDK, appendix 1. */
export function jssdkSignature({ ticket, nonceStr, timestamp, url }: JssdkConfig): string {
  const page = url.split('#')[0] ?? ''
  const text = `jsapi_ticket=${ticket}&noncestr=${nonceStr}&timestamp=${timestamp}&url=${page}`
  return createHash('sha1').update(text, 'utf8').digest('hex')
}

/** The signature of a card: the values sorted and joined, keys unsaid. Source: JS-SDK, appendix 4. */
export function cardSignature(values: readonly string[]): string {
  return sortedSha1(values)
}
