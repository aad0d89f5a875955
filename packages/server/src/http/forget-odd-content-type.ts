import type { IncomingHttpHeaders } from 'node:http'

const TOKEN = "[\\w!#$%&'*+.^`|~-]+"
const MEDIA_TYPE = new RegExp(`^${TOKEN}/${TOKEN}(?:\\s*;\\s*${TOKEN}=(?:${TOKEN}|"[^"\\\\]*"))*\\s*$`)

/**
 * Takes away a content type that is none. The framework refuses it before anybody could read the body; to the
 * reference it says nothing.
 */
export function forgetOddContentType(headers: IncomingHttpHeaders): void {
  const type = headers['content-type']
  if (type !== undefined && !MEDIA_TYPE.test(type)) delete headers['content-type']
}
