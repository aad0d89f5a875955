import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { createConfigPolicies, secureNetworkOff, startClientServer } from '@drawbridge/server/testing'
import type { ClientServer, ClientServerOptions, SecureNetworkConfig } from '@drawbridge/server/testing'
import { createSimulator } from '@drawbridge/simulator'
import type { Phone, Simulator } from '@drawbridge/simulator'
import { createSecureClient } from './secure-call-client.ts'
import type { PhoneKey, SecureClient, SecureReply } from './secure-call-client.ts'

const WX_APPID = 'wx1111111111111111'
const APP_ID = '__UNI__SECURE'
/** Where keys are listed. */
export const KEY_PATH = '/wxa/business/getuserencryptkey'

const functions: Readonly<Record<string, string>> = {
  'echo/index.js': `exports.main = async (event, context) => ({
    event, secretType: context.secretType, appId: context.appId, deviceId: context.deviceId, token: context.uniIdToken,
    source: context.SOURCE, platform: context.PLATFORM,
  })`,
  'pay/index.js': `exports.main = async (event) => ({ paid: event.amount })`,
  'refuse/index.js': `exports.main = async () => ({ errCode: 'shop-sold-out', errMsg: 'sold out' })`,
  'fails/index.js': `exports.main = async () => { throw new Error('the shelf with the secret is empty') }`,
  'large/index.js': `exports.main = async () => 'x'.repeat(1200000)`,
  'ask/index.js': `exports.main = async ({ name }) => uniCloud.callFunction({ name, data: { amount: 5 } })`,
  'todo/index.obj.js': `module.exports = {
    async add(title) { return { title, secretType: this.getClientInfo().secretType } },
    async _private() { return 'secret' },
  }`,
}

/** A server with a simulated WeChat behind it, and one user's phone. */
export interface SecureWorld {
  readonly simulator: Simulator
  readonly phone: Phone
  readonly client: SecureClient
  readonly server: ClientServer
  readonly appId: string
  readonly wxAppid: string
  readonly spaceId: string
  /** What the phone's key is now. */
  key(): Promise<PhoneKey>
  /** The server is told of a login: it keeps the session key. */
  logIn(openid?: string): Promise<void>
  /** Requests for keys that WeChat has seen. */
  keysAsked(): number
  /** The clocks of server and WeChat go on together. */
  advance(ms: number): void
  now(): number
}

/** Opens it with a policy that differs from off as said; it is gone when the test is. */
export async function openSecureWorld(
  t: TestContext,
  policy: Partial<SecureNetworkConfig> = {},
  change: Partial<ClientServerOptions> = {},
): Promise<SecureWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-secure-'))
  for (const [name, text] of Object.entries(functions)) {
    const path = join(folder, 'cloudfunctions', name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  const simulator = createSimulator({ seed: 'secure' })
  const { url } = await simulator.listen()
  const spaceId = 'secure-space'
  const space = {
    spaceId,
    clientSecret: 'secure-client-secret',
    origins: ['https://shop.example.com'],
    provider: 'aliyun',
    functionsFolder: join(folder, 'cloudfunctions'),
    workers: { max: 2, memoryMb: 256, timeoutSeconds: 30, queueMax: 100 },
    environment: {},
  }
  let passedMs = 0
  const now = (): number => Date.now() + passedMs
  const server = await startClientServer({
    spaces: [space, { ...space, spaceId: 'other-space' }],
    apps: [
      { platform: 'weixin-mp', appid: WX_APPID, secret: '1'.repeat(32), dcloudAppid: APP_ID, tokenEndpoint: 'stable' },
    ],
    weixinUrl: url,
    now,
    policies: createConfigPolicies({
      ...secureNetworkOff,
      mode: 'enforce',
      sources: { ...secureNetworkOff.sources, http: 'refuse' },
      apps: [{ appId: APP_ID, platform: 'mp-weixin', release: [WX_APPID], development: [] }],
      ...policy,
    }),
    ...change,
  })
  t.after(async () => {
    await server.close()
    await simulator.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const phone = simulator.phone({ appid: WX_APPID })
  const app = server.bridge.apps.resolve(APP_ID, 'weixin-mp')
  const world: SecureWorld = {
    simulator,
    phone,
    server,
    appId: APP_ID,
    wxAppid: WX_APPID,
    spaceId,
    client: createSecureClient({
      endpoint: server.endpoint,
      spaceId,
      appId: APP_ID,
      wxAppid: WX_APPID,
      openid: phone.openid,
      deviceId: 'device-1',
    }),
    key: () =>
      new Promise((resolve, reject) => {
        phone.wx.getUserCryptoManager().getLatestUserKey({ success: resolve, fail: reject })
      }),
    async logIn(openid = phone.openid) {
      const key = simulator.control.sessions.rotate({ appid: WX_APPID, openid })
      await server.bridge.set({ kind: 'session_key', app, openid }, { session_key: key })
    },
    keysAsked: () => simulator.control.calls.count({ path: KEY_PATH }),
    advance(ms) {
      passedMs += ms
      simulator.control.clock.advance(ms)
    },
    now,
  }
  await world.logIn()
  return world
}

/** The result under the seal; anything else fails the test. */
export function resultOf(reply: SecureReply): unknown {
  assert.ok(reply.sealed && 'result' in reply, JSON.stringify(reply))
  return reply.result
}

/** The number of the error, and whether it came under seal. */
export function refusalOf(reply: SecureReply): string {
  assert.ok('error' in reply, JSON.stringify(reply))
  return `${reply.sealed ? 'sealed' : 'plain'} ${reply.error.errCode}`
}
