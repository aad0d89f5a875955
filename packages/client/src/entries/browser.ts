import { createClient as createCoreClient } from '../create-client.ts'
import type { Client } from '../create-client.ts'
import type { ClientOptions } from '../client-options.ts'
import { createBrowserHost } from '../hosts/create-browser-host.ts'
import type { BrowserHostOptions, BrowserParts } from '../hosts/create-browser-host.ts'

export { createBrowserHost, createCoreClient }
export { UniCloudError } from '../uni-cloud-error.ts'

declare const window: Omit<BrowserParts, 'timeoutSignal' | 'now'>

/** A client in a page. */
export function createClient(options: ClientOptions & BrowserHostOptions): Client {
  const { crypto, localStorage, navigator } = window
  const parts: BrowserParts = {
    crypto,
    localStorage,
    navigator,
    fetch: (url, init) => window.fetch(url, init),
    timeoutSignal: (ms) => AbortSignal.timeout(ms),
    // eslint-disable-next-line no-restricted-properties -- here everything is put together
    now: () => Date.now(),
  }
  return createCoreClient(createBrowserHost(parts, options), options)
}
