import { randomBytes } from 'node:crypto'
import { algorithmTable } from './algorithm-table.ts'
import { contentDigest } from './content-digest.ts'
import { signatureBase } from './signature-base.ts'

/** A request that is to be signed. */
export interface RequestToSign {
  readonly method: string
  /** The absolute URL, as it will be requested. */
  readonly url: string | URL
  readonly body?: string | Uint8Array | undefined
}

/**
 * Signs requests to Drawbridge by HTTP Message Signatures (RFC 9421): method, address and, when there is one, the
 * body (through Content-Digest, RFC 9530). Each call makes a signature that is good for one request within 60 s.
 *
 * @param options `key`: base64 of the shared secret for `hmac-sha256`, the private key as PEM for `ed25519`.
 * @returns a function that gives the headers to send. Throws `CONFIG_INVALID` for a key that is none.
 * @example
 * const sign = createRequestSigner({ keyId: 'billing', algorithm: 'hmac-sha256', key: process.env.SIGNING_KEY ?? '' })
 * const url = 'https://bridge.example/v1/apps/weixin-mp/wx0123456789abcdef/access-token'
 * const answer = await fetch(url, { headers: sign({ method: 'GET', url }) })
 */
export function createRequestSigner({
  keyId,
  algorithm,
  key,
  // It runs in a caller's program, where nobody hands the clock down.
  // eslint-disable-next-line no-restricted-properties
  now = Date.now,
  nonce = () => randomBytes(16).toString('base64url'),
}: {
  readonly keyId: string
  readonly algorithm: 'hmac-sha256' | 'ed25519'
  readonly key: string
  readonly now?: () => number
  readonly nonce?: () => string
}): (request: RequestToSign) => Record<string, string> {
  const sign = algorithmTable[algorithm].signer(key)

  return ({ method, url, body }) => {
    const { protocol, host, pathname, search } = new URL(url)
    const headers: Record<string, string> =
      body === undefined || body.length === 0 ? {} : { 'content-digest': contentDigest(body) }
    const components = ['@method', '@target-uri', ...Object.keys(headers)]
    const list = components.map((name) => `"${name}"`).join(' ')
    const params = `(${list});created=${Math.floor(now() / 1000)};nonce="${nonce()}";keyid="${keyId}"`
    const base = signatureBase(
      {
        method: method.toUpperCase(),
        target: pathname + search,
        scheme: protocol.slice(0, -1),
        authority: host,
        header: (name) => headers[name],
      },
      components,
      params,
    )
    return {
      ...headers,
      'signature-input': `drawbridge=${params}`,
      signature: `drawbridge=:${sign(base).toString('base64')}:`,
    }
  }
}
