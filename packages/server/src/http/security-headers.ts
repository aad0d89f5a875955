/**
 * What every answer carries. They are an API's: nothing is to be cached, framed, sniffed or run. Strict transport
 * security is left to whoever ends TLS; this process speaks plain HTTP behind it.
 */
export const securityHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
}
