import { createHmac } from 'node:crypto'

/**
 * The session signature: lower-case hex of HMAC-SHA256 over the exact body (empty for GET), under the session_key as
 * the text it is, not base64-decoded. Source: minigame/dev/tutorial/open-ability/http-signature.
 */
export function sessionSignature(sessionKey: string, body: string | Buffer): string {
  return createHmac('sha256', sessionKey).update(body).digest('hex')
}
