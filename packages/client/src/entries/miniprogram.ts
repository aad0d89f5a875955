import { createClient as createCoreClient } from '../create-client.ts'
import type { Client } from '../create-client.ts'
import type { ClientOptions } from '../client-options.ts'
import { createMiniProgramHost } from '../hosts/create-mini-program-host.ts'
import type { Wx } from '../hosts/wx.ts'

export { createCoreClient, createMiniProgramHost }
export { UniCloudError } from '../uni-cloud-error.ts'

declare const wx: Wx

/** A client in a WeChat mini program. */
export function createClient(options: ClientOptions): Client {
  return createCoreClient(
    // eslint-disable-next-line no-restricted-properties -- here everything is put together
    createMiniProgramHost(wx, () => Date.now()),
    options,
  )
}
