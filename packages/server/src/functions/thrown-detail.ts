import type { DrawbridgeError } from '@drawbridge/protocol'
import type { Json } from '@drawbridge/runtime'

const DETAIL_MAX_CHARS = 8192

/** Beside the error and not in its `detail`: that one stands in the server's log, and this is the function's own affair. */
const details = new WeakMap<DrawbridgeError, string>()

/** Remembers what a function put into the `detail` of what it threw, unless it is long; gives it as JSON text. */
export function keepThrownDetail(error: DrawbridgeError, detail: unknown): string | undefined {
  if (detail === undefined || detail === null) return undefined
  const text = JSON.stringify(detail)
  if (text.length > DETAIL_MAX_CHARS) return undefined
  details.set(error, text)
  return text
}

/** What a function put into the `detail` of what it threw. */
export function thrownDetail(error: DrawbridgeError): Json | undefined {
  const text = details.get(error)
  return text === undefined ? undefined : (JSON.parse(text) as Json)
}
