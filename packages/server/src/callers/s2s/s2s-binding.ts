import { hmacSha256 } from '../signature/hmac-sha256.ts'

/** The header that binds a uni-cloud-s2s signature to the whole request: `hmac-sha256 <hex>`. */
export const S2S_BINDING_HEADER = 'drawbridge-s2s-binding'

/**
 * What the binding header signs. uni-cloud-s2s signs neither method, path nor nested values, so that a signature of
 * one call can be put on another; a peer that adds this header closes the gap with the key that it has.
 */
function s2sBindingContent({
  timestamp,
  method,
  target,
  body,
}: {
  readonly timestamp: string
  readonly method: string
  /** Path and query as on the request line. */
  readonly target: string
  readonly body?: Uint8Array | string | undefined
}): Buffer {
  return Buffer.concat([Buffer.from(`${timestamp}\n${method}\n${target}\n`), Buffer.from(body ?? '')])
}

/**
 * The value of the binding header, for a Node caller that signs with uni-cloud-s2s.
 * @example
 * const headers = s2sSign(config, data, now)
 * headers['drawbridge-s2s-binding'] = s2sBinding(config.signKey, { timestamp: String(now), method: 'POST', target: '/uni-open-bridge/setAccessToken', body })
 */
export function s2sBinding(signKey: string, request: Parameters<typeof s2sBindingContent>[0]): string {
  return `hmac-sha256 ${hmacSha256(Buffer.from(signKey))(s2sBindingContent(request)).toString('hex')}`
}
