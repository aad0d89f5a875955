import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { startClientServer } from '@drawbridge/server/testing'
import type { ClientServer, ClientServerOptions } from '@drawbridge/server/testing'
import { createStockClient } from './stock-client.ts'
import type { StockClient, StockClientOptions } from './stock-client.ts'
import { stockClientFunctions } from './stock-client-functions.ts'

type Space = ClientServerOptions['spaces'][number]

/** The page of the web client. */
export const PAGE = 'https://shop.example.com'

/** Each class of the client on each platform: the same things hold for all. */
export const everyClient = (['aliyun', 'dcloud'] as const).flatMap((provider) =>
  (['mp-weixin', 'web'] as const).map((platform) => ({ provider, platform })),
)

/** A server with a project, and apps that call it. */
export interface StockWorld {
  readonly space: Space
  readonly otherSpace: Space
  readonly endpoint: string
  server(): ClientServer
  /** Another process in its place, on the same port, that remembers nothing. */
  restart(): Promise<void>
  advance(ms: number): void
  app(options: Partial<StockClientOptions> & Pick<StockClientOptions, 'provider' | 'platform'>): StockClient
}

/** Opens it; it is gone when the test is. */
export async function openStockWorld(
  t: TestContext,
  change: Partial<ClientServerOptions> = {},
  origins: readonly string[] = [PAGE],
): Promise<StockWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-stock-'))
  for (const [name, text] of Object.entries(stockClientFunctions)) {
    const path = join(folder, 'cloudfunctions', name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  const space: Space = {
    spaceId: 'stock-space',
    clientSecret: 'stock-client-secret',
    origins,
    provider: 'aliyun',
    functionsFolder: join(folder, 'cloudfunctions'),
    workers: { max: 2, memoryMb: 256, timeoutSeconds: 30, queueMax: 100 },
    environment: {},
  }
  const otherSpace: Space = { ...space, spaceId: 'other-space', clientSecret: 'other-secret', origins: [] }
  let passedMs = 0
  const start = (port: number): Promise<ClientServer> =>
    startClientServer({ spaces: [space, otherSpace], now: () => Date.now() + passedMs, ...change, port })
  let server = await start(0)
  const { endpoint, port } = server
  t.after(async () => {
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return {
    space,
    otherSpace,
    endpoint,
    server: () => server,
    async restart() {
      await server.close()
      server = await start(port)
    },
    advance(ms) {
      passedMs += ms
    },
    app: (options) =>
      createStockClient({
        endpoint,
        spaceId: space.spaceId,
        clientSecret: space.clientSecret,
        origin: PAGE,
        ...options,
      }),
  }
}
