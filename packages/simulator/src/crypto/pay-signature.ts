import { createHmac } from 'node:crypto'

/** pay_sig of virtual payment and B2b: hex HMAC-SHA256 of `uri&body` under the app key's text. */
export function paySignature(appKey: string, uri: string, body: string): string {
  return createHmac('sha256', appKey).update(`${uri}&${body}`, 'utf8').digest('hex')
}

/** sig of Midas 1.0: hex HMAC-SHA256 of the prepared query text under the secret's text. */
export function midasSignature(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text, 'utf8').digest('hex')
}
