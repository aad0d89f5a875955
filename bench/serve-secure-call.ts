import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServer } from '@drawbridge/server'
import type { ServerConfig } from '@drawbridge/server'
import { benchUser } from './secure-call-user.ts'

/** The server under test, as it runs for users: a function in a worker process, everything on, one user's key pushed. */
const { appId, wxAppid, openid, version, key: userKey, spaceId } = benchUser
const folder = mkdtempSync(join(tmpdir(), 'drawbridge-bench-'))
mkdirSync(join(folder, 'cloudfunctions', 'echo'), { recursive: true })
writeFileSync(join(folder, 'cloudfunctions', 'echo', 'index.js'), 'exports.main = async (event) => event\n')
const app = {
  platform: 'weixin-mp',
  appid: wxAppid,
  secret: 'bench-secret-bench-secret-bench-00',
  dcloudAppid: appId,
  tokenEndpoint: 'none',
} as const
const nowhere = 'http://127.0.0.1:1'
const config: ServerConfig = {
  production: false,
  host: '127.0.0.1',
  port: 0,
  trustedProxies: [],
  apps: [app],
  schedule: [],
  spaces: [
    {
      spaceId,
      clientSecret: 'bench-client-secret',
      origins: [],
      provider: 'aliyun',
      functionsFolder: join(folder, 'cloudfunctions'),
      workers: { max: 2, memoryMb: 512, timeoutSeconds: 30, queueMax: 10_000 },
      environment: {},
    },
  ],
  secureNetwork: {
    mode: 'enforce',
    guards: 'rules',
    rules: { pay: [{ secretType: 'both' }] },
    apps: [{ appId, platform: 'mp-weixin', release: [wxAppid], development: [] }],
    sources: { http: 'refuse', timing: 'allow', function: 'allow', server: 'allow' },
    legacyWire: false,
    allowsLegacyOpenid: false,
  },
  store: { sqlitePath: join(folder, 'drawbridge.sqlite') },
  masterKey: new Uint8Array(32).fill(7),
  callers: { allowList: [], signing: [] },
  // A limit that is counted and never reached.
  rateLimitPerMinute: 1_000_000_000,
  bodyMaxBytes: 1_048_576,
  audit: { keepDays: 1, maxRows: 10_000 },
  upstream: { weixin: nowhere, qq: nowhere, graphQq: nowhere, timeoutMs: 1_000 },
  logLevel: 'info',
}
const server = await startServer(config, { log: 'none' })
const { bridge } = server.replica
await bridge.set({ kind: 'session_key', app, openid }, { session_key: 'bench-session-key' })
await bridge.set({ kind: 'encrypt_key', app, openid, version }, userKey, 86_400)
process.send?.({ port: Number(new URL(server.endpoint).port) })
process.on('message', () => process.send?.({ cpu: process.cpuUsage() }))
process.on('disconnect', () => {
  void server.close().then(() => {
    rmSync(folder, { recursive: true, force: true })
    process.exit(0)
  })
})
