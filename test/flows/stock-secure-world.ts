import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { demandConfig, loadConfig, startServer } from '@drawbridge/server'
import type { RunningServer } from '@drawbridge/server'
import { createSimulator } from '@drawbridge/simulator'
import type { Simulator } from '@drawbridge/simulator'
import { createStockClient } from './stock-client.ts'
import type { StockClient, StockClientOptions } from './stock-client.ts'

export const APP_ID = '__UNI__STOCK'
export const DEVICE_ID = '1700000000000123'
export const WX_APPID = 'wx1111111111111111'
export const KEY_PATH = '/wxa/business/getuserencryptkey'

const SPACE = { spaceId: 'secure-space', clientSecret: 'secure-client-secret' }

/** A project whose functions tell what they were given. */
const functions: Readonly<Record<string, string>> = {
  'echo/index.js': `exports.main = async (event, context) => ({
    event,
    secretType: context.secretType,
    appId: context.appId,
    deviceId: context.deviceId,
    platform: context.PLATFORM,
    token: context.uniIdToken,
  })`,
  'values/index.js': `exports.main = async ({ kind }) => ({
    zero: 0, empty: '', no: false, nothing: null, list: [1, [2]], text: '文 and "quotes"', missing: undefined,
  })[kind]`,
  'pay/index.js': `let paid = 0
    exports.main = async ({ amount = 0 }) => ({ paid: (paid += amount) })`,
  'refund/index.js': `exports.main = async ({ amount = 0 }) => ({ refunded: amount })`,
  'open/index.js': `exports.main = async (event) => ({ open: event })`,
  'mirror/index.js': `exports.main = async ({ back }) => back`,
  'business/index.js': `exports.main = async () => ({ errCode: 'shop-sold-out', errMsg: 'sold out', errSubject: 'shop' })`,
  'fails/index.js': `exports.main = async () => { throw new Error('the shelf with the secret is empty') }`,
  'todo/index.obj.js': `module.exports = {
    async add(title) { return { title, secretType: this.getClientInfo().secretType, params: this.getParams() } },
    async plain(title) { return { title, secretType: this.getClientInfo().secretType } },
    async nothing() {},
    async fail() { return { errCode: 'todo-full', errMsg: 'no room', errSubject: 'todo' } },
    async renew() { return { errCode: 0, newToken: { token: 'n.e.w', tokenExpired: 1900000000000 } } },
  }`,
}

/** A running server as it is configured, a simulated WeChat, and apps of the published client. */
export interface StockSecureWorld {
  readonly endpoint: string
  readonly space: typeof SPACE
  readonly simulator: Simulator
  readonly server: () => RunningServer
  /** Server and WeChat; apps keep this machine's time. */
  now(): number
  advance(ms: number): void
  /** Another process on the same stores. */
  restart(): Promise<void>
  /** Requests for keys that WeChat has seen. */
  keysAsked(): number
  app(options?: Partial<StockClientOptions> & { readonly user?: string }): StockClient
  openid(user?: string): string
}

/** Opens it; it is gone when the test is. `secureNetwork`: the section of the configuration file. */
export async function openStockSecureWorld(
  t: TestContext,
  secureNetwork: object = {},
  file: object = {},
): Promise<StockSecureWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-stock-secure-'))
  for (const [name, text] of Object.entries(functions)) {
    const path = join(folder, 'cloudfunctions', name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  const simulator = createSimulator({ seed: 'stock-secure' })
  const { url } = await simulator.listen()
  const now = (): number => simulator.control.clock.now()
  const configText = JSON.stringify({
    port: 0,
    logLevel: 'error',
    apps: [{ platform: 'weixin-mp', appid: WX_APPID, secret: '1'.repeat(32), dcloudAppid: APP_ID }],
    spaces: [{ ...SPACE, origins: ['http://localhost:5173'], functions: join(folder, 'cloudfunctions') }],
    identity: { tokenSecret: 'a-token-secret-nobody-knows', tokenExpiresIn: 7200 },
    upstream: { weixin: url, timeoutMs: 2000 },
    secureNetwork: { legacyWire: 'on', guards: 'rules', ...secureNetwork },
    ...file,
  })
  const config = demandConfig(loadConfig({ env: {}, cwd: folder, configText }))
  const time = {
    now,
    sleep: (ms: number, signal?: AbortSignal) => wait(ms, undefined, { ref: false, ...(signal && { signal }) }),
  }
  let port = 0
  const start = (): Promise<RunningServer> => startServer({ ...config, port }, { log: 'none' }, time)
  let server = await start()
  const { endpoint } = server
  port = Number(new URL(endpoint).port)
  t.after(async () => {
    await server.close()
    await simulator.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return {
    endpoint,
    space: SPACE,
    simulator,
    server: () => server,
    now,
    advance: (ms) => simulator.control.clock.advance(ms),
    async restart() {
      await server.close()
      server = await start()
    },
    keysAsked: () => simulator.control.calls.count({ path: KEY_PATH }),
    openid: (user) => simulator.control.member({ appid: WX_APPID, ...(user !== undefined && { user }) }).openid,
    app({ user, ...options } = {}) {
      const phone = simulator.phone({ appid: WX_APPID, ...(user !== undefined && { user }) })
      return createStockClient({
        provider: 'aliyun',
        platform: 'mp-weixin',
        endpoint,
        ...SPACE,
        appId: APP_ID,
        deviceId: DEVICE_ID,
        secureNetwork: { enabled: true },
        weixin: {
          appId: WX_APPID,
          login: () => phone.wx.login(),
          latestUserKey: () =>
            new Promise((resolve, reject) => {
              phone.wx.getUserCryptoManager().getLatestUserKey({ success: resolve, fail: reject })
            }),
        },
        ...options,
      })
    },
  }
}

/** What a security error is, wherever it comes. */
export function refusalOf(errCode: number): { readonly errSubject: string; readonly errCode: number } {
  return { errSubject: 'uni-secure-network', errCode }
}

/** The parts of a result that say what a security error is. */
export function toldBy(result: unknown): unknown {
  const { errSubject, errCode } = (result ?? {}) as { readonly errSubject?: unknown; readonly errCode?: unknown }
  return { errSubject, errCode }
}
