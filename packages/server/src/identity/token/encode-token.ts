import { createHmac } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { JsonObject } from '@drawbridge/runtime'

const HEADER = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url')

/**
 * A JSON Web Token, HS256, as uni-id-common makes them. The payload's text holds neither `-` nor `_`: the stock client
 * decodes it with the alphabet of plain base64. `iat` and `exp` are seconds.
 */
export function encodeToken(payload: JsonObject, key: KeyObject): string {
  const signed = `${HEADER}.${encodePayload(payload)}`
  return `${signed}.${signatureOf(signed, key)}`
}

/** The signature of the first two parts, base64url without padding. */
export function signatureOf(signed: string, key: KeyObject): string {
  return createHmac('sha256', key).update(signed).digest('base64url')
}

// Of ASCII text only these characters can come out as the 62nd or 63rd letter of base64, as the last of three bytes.
const UNCLEAN = /[>?~\u007f-\uffff]/g

function encodePayload(payload: JsonObject): string {
  const ascii = JSON.stringify(payload).replace(
    UNCLEAN,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return Buffer.from(ascii, 'latin1').toString('base64url')
}
