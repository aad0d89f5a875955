import { readFile } from 'node:fs/promises'
import { platform } from 'node:os'
import { nodePrimitives } from '@drawbridge/protocol/node'
import { createClient as createCoreClient } from '../create-client.ts'
import type { Client } from '../create-client.ts'
import type { ClientOptions } from '../client-options.ts'
import type { Weixin } from '../host.ts'
import { createNodeHost } from '../hosts/create-node-host.ts'
import type { WebBlob } from '../hosts/create-web-files.ts'

export { createCoreClient, createNodeHost }
export { UniCloudError } from '../uni-cloud-error.ts'

/** A client in Node, sealing by Node's own cryptography. @param options `weixin`: a source of user keys, for tests */
export function createClient(options: ClientOptions & { readonly weixin?: Weixin }): Client {
  const host = createNodeHost({
    fetch: (url, init) => fetch(url, init),
    crypto,
    FormData,
    Blob,
    WebSocket,
    openFile: async (path) => (typeof path === 'string' ? new Blob([await readFile(path)]) : (path as WebBlob)),
    timeoutSignal: (ms) => AbortSignal.timeout(ms),
    // eslint-disable-next-line no-restricted-properties -- here everything is put together
    now: () => Date.now(),
    osName: platform(),
    weixin: options.weixin,
    // eslint-disable-next-line no-console -- the one place where a program in Node is told, and goes on
    report: (error) => console.error(error),
  })
  return createCoreClient(host, { cipher: { suite: 1, primitives: nodePrimitives }, ...options })
}
