import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

const FRESH_MS = 300_000

/** Whether the gateway signed this request, a moment ago. `body` is the body as it came, in bytes. */
export function isFromGateway({ method, url, headers }, body, key) {
  const names = Object.keys(headers).filter((name) => /^x-drawbridge-(?!signature$)/.test(name))
  const lines = names.sort().map((name) => `${name}:${headers[name]}`)
  const digest = createHash('sha256').update(body).digest('hex')
  const text = [method, url, digest, ...lines].join('\n')
  const expected = Buffer.from(`v1=${createHmac('sha256', key).update(text).digest('hex')}`)
  const given = Buffer.from(headers['x-drawbridge-signature'] ?? '')
  const isSigned = given.length === expected.length && timingSafeEqual(given, expected)
  return isSigned && Math.abs(Date.now() - Number(headers['x-drawbridge-timestamp'])) < FRESH_MS
}
