import { createClient as createCoreClient } from '../create-client.ts'
import type { Client } from '../create-client.ts'
import type { ClientOptions } from '../client-options.ts'
import { createBrowserHost } from '../hosts/create-browser-host.ts'
import type { BrowserHostOptions, BrowserParts } from '../hosts/create-browser-host.ts'
import type { WebBlob } from '../hosts/create-web-files.ts'

export { createBrowserHost, createCoreClient }
export { UniCloudError } from '../uni-cloud-error.ts'

declare const window: Omit<BrowserParts, 'timeoutSignal' | 'now' | 'openFile' | 'keep'>
declare const URL: { createObjectURL(blob: WebBlob): string }

/** A client in a page. */
export function createClient(options: ClientOptions & BrowserHostOptions): Client {
  const { crypto, localStorage, navigator, FormData, Blob, WebSocket } = window
  const parts: BrowserParts = {
    crypto,
    localStorage,
    navigator,
    fetch: (url, init) => window.fetch(url, init),
    FormData,
    Blob,
    WebSocket,
    // A blob: URL, as uni-app's own APIs give them, or a File.
    openFile: async (path) => (typeof path === 'string' ? (await fetch(path)).blob() : (path as WebBlob)),
    keep: (bytes) => Promise.resolve({ tempFilePath: URL.createObjectURL(new Blob([Uint8Array.from(bytes)])) }),
    timeoutSignal: (ms) => AbortSignal.timeout(ms),
    // eslint-disable-next-line no-restricted-properties -- here everything is put together
    now: () => Date.now(),
  }
  return createCoreClient(createBrowserHost(parts, options), options)
}
