import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServer } from '@drawbridge/server'
import type { ServerConfig } from '@drawbridge/server'

/** The server under test, as it runs for users: SQLite, audit, metrics and rate limiter on, one credential pushed. */
const folder = mkdtempSync(join(tmpdir(), 'drawbridge-bench-'))
const app = {
  platform: 'weixin-mp',
  appid: 'wx00000000000bench',
  secret: 'bench-secret-bench-secret-bench-00',
  dcloudAppid: '__UNI__BENCH',
  tokenEndpoint: 'none',
} as const
const nowhere = 'http://127.0.0.1:1'
const config: ServerConfig = {
  production: true,
  host: '127.0.0.1',
  port: 0,
  trustedProxies: [],
  apps: [app],
  schedule: [],
  spaces: [],
  store: { sqlitePath: join(folder, 'drawbridge.sqlite') },
  masterKey: new Uint8Array(32).fill(7),
  callers: {
    allowList: [],
    signing: [
      {
        keyId: 'bench',
        algorithm: 'hmac-sha256',
        key: process.env['SIGNING_KEY'] ?? '',
        scopes: [{ app: '*', kind: '*', verb: '*' }],
      },
    ],
  },
  // A limit that is counted and never reached.
  rateLimitPerMinute: 1_000_000_000,
  bodyMaxBytes: 1_048_576,
  audit: { keepDays: 1, maxRows: 10_000 },
  upstream: { weixin: nowhere, qq: nowhere, graphQq: nowhere, timeoutMs: 1_000 },
  logLevel: 'info',
}
const server = await startServer(config, { log: 'none' })
const { bridge, tokens } = server.replica
const key = { kind: 'access_token', app } as const
await bridge.set(key, JSON.parse(process.env['BODY'] ?? '{}') as Record<string, unknown>, 7200)
const { token } = await tokens.create({
  name: 'bench',
  scopes: [{ app: '*', kind: 'access_token', verb: 'read' }],
  expiresAt: Date.now() + 3_600_000,
  createdBy: 'bench',
})
process.send?.({ port: Number(new URL(server.endpoint).port), token })
process.on('message', () => process.send?.({ cpu: process.cpuUsage() }))
process.on('disconnect', () => {
  void server.close().then(() => {
    rmSync(folder, { recursive: true, force: true })
    process.exit(0)
  })
})
