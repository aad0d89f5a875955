import { DrawbridgeError } from '@drawbridge/protocol'
import { createAllowList } from '../allow-list.ts'
import type { CallerRequest, Scheme } from '../caller.ts'
import { isLoopback, isLoopbackAuthority } from '../loopback.ts'
import { everyCredential } from '../scope.ts'

/**
 * The address allow-list: what a request is judged by when it carries no credential at all. An address has every
 * right over credentials, as in the reference, and none to administer.
 *
 * An address says which machine calls, and a browser on it calls for any page that it shows. So what a browser sends
 * for a page is refused, and so is a request from loopback under a name that a page's owner could point there (DNS
 * rebinding).
 */
export function addressScheme({ allowList }: { readonly allowList: readonly string[] }): Scheme {
  const list = createAllowList(allowList)
  // Its owner meant "everyone", and the reference never read it so; whoever is refused should be told why.
  const meantEveryone = allowList.some((entry) => entry.trim() === '0.0.0.0')
  return {
    name: 'address',
    isGuessable: false,
    presents: () => true,
    identify(request) {
      const { address } = request
      if (!list.has(address)) {
        if (list.isEmpty) throw new DrawbridgeError('CALLER_UNKNOWN')
        throw refused(
          address,
          meantEveryone
            ? 'the allow-list holds 0.0.0.0, which is one address and no wildcard; 0.0.0.0/0 is'
            : undefined,
        )
      }
      if (isForPage(request)) {
        throw refused(address, 'sent by a browser for a page; pages need a credential of their own')
      }
      return { id: `address:${address}`, scheme: 'address', scopes: everyCredential, covers: 'request' }
    },
  }
}

function isForPage(request: CallerRequest): boolean {
  const { headers, address } = request
  const site = headers['sec-fetch-site']
  if (headers.origin !== undefined || (site !== undefined && site !== 'none')) return true
  return isLoopback(address) && !isLoopbackAuthority(request.origin().authority)
}

function refused(address: string, reason: string | undefined): DrawbridgeError {
  return new DrawbridgeError('ADDRESS_REFUSED', { address, ...(reason === undefined ? {} : { reason }) })
}
