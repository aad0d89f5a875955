import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { startServer } from '@drawbridge/server'
import type { ServerConfig } from '@drawbridge/server'

/**
 * The server with one space, as it runs for users. With `IN_PROCESS`, the function is called in the server's own
 * process instead of a worker's: what remains is the price of the HTTP path.
 */
const home = mkdtempSync(join(tmpdir(), 'drawbridge-bench-'))
const functionsFolder = join(home, 'cloudfunctions')
const body = process.env['BODY'] ?? '{}'
const file = join(functionsFolder, 'answer', 'index.js')
mkdirSync(dirname(file), { recursive: true })
writeFileSync(file, `const answer = ${body}\nexports.main = async (event, context) => ({ ...answer, n: event.n })\n`)

const nowhere = 'http://127.0.0.1:1'
const config: ServerConfig = {
  production: true,
  host: '127.0.0.1',
  port: 0,
  trustedProxies: [],
  apps: [],
  schedule: [],
  spaces: [
    {
      spaceId: 'bench',
      clientSecret: 'bench-client-secret',
      origins: [],
      provider: 'aliyun',
      functionsFolder,
      environment: {},
      workers: { max: Number(process.env['WORKERS'] ?? 2), memoryMb: 256, timeoutSeconds: 10, queueMax: 1000 },
    },
  ],
  store: { sqlitePath: join(home, 'drawbridge.sqlite') },
  masterKey: new Uint8Array(32).fill(7),
  callers: {
    allowList: [],
    signing: [
      {
        keyId: 'bench',
        algorithm: 'hmac-sha256',
        key: Buffer.alloc(32, 1).toString('base64'),
        scopes: [{ app: '*', kind: '*', verb: '*' }],
      },
    ],
  },
  rateLimitPerMinute: 0,
  bodyMaxBytes: 1_048_576,
  audit: { keepDays: 1, maxRows: 10_000 },
  upstream: { weixin: nowhere, qq: nowhere, graphQq: nowhere, timeoutMs: 1_000 },
  logLevel: 'info',
}
const server = await startServer(config, { log: 'none' })
const { functions } = server
if (process.env['IN_PROCESS'] === '1' && functions) {
  const { main } = createRequire(file)(file) as { main: (event: unknown, context: unknown) => Promise<unknown> }
  functions.call = async ({ event, facts }) =>
    JSON.stringify((await main(JSON.parse(JSON.stringify(event)), { ...facts })) ?? null)
}
process.send?.({ port: Number(new URL(server.endpoint).port) })
process.on('message', () => process.send?.({ cpu: process.cpuUsage() }))
process.on('disconnect', () => {
  void server.close().then(() => {
    rmSync(home, { recursive: true, force: true })
    process.exit(0)
  })
})
