import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { createClient, createMiniProgramHost } from '@drawbridge/client'
import type { Client, ClientOptions, Wx } from '@drawbridge/client'
import { secureNetworkOff, startClientServer } from '@drawbridge/server/testing'
import type { ClientServer, ClientServerOptions, SecureNetworkConfig } from '@drawbridge/server/testing'
import { createSimulator } from '@drawbridge/simulator'
import type { Phone, Simulator } from '@drawbridge/simulator'

/** The mini program, and the DCloud app that it belongs to. */
export const WX_APPID = 'wx1111111111111111'
export const APP_ID = '__UNI__CLIENT'
const SECRET = '1'.repeat(32)
/** In every call of the tests, and in clear nowhere where it was to be hidden. */
export const MARKER = 'plaintext-marker'

/** One exchange over the phone's network: bytes as text of one character each. */
export interface Captured {
  readonly sent: string
  readonly received: string
  readonly status: number
}

/** A server with functions, WeChat's simulator, and a phone with the app open on it. */
export interface ClientWorld {
  readonly server: ClientServer
  readonly simulator: Simulator
  readonly phone: Phone
  readonly options: ClientOptions
  readonly captured: readonly Captured[]
  /** The app on the phone; its clock is off by so many ms. */
  app(options?: Partial<ClientOptions>, clockOffMs?: number): Client
  /** What happens to the bytes of an answer on the way; nothing unless set. */
  onTheWay: (received: Buffer) => Buffer
  /** Messages of sockets, both ways, bytes as text of one character each. */
  readonly frames: readonly string[]
  /** What happens to a message of a socket on its way to the phone. */
  onFrame: (received: ArrayBuffer | string) => ArrayBuffer | string
  /** The server's side has a session of the phone's user, as after a login. */
  openSession(): Promise<void>
}

const functions: Readonly<Record<string, string>> = {
  'echo/index.js': `exports.main = async (event, context) => ({
    event, secretType: context.secretType, appId: context.appId, deviceId: context.deviceId, platform: context.uniPlatform,
  })`,
  'pay/index.js': `exports.main = async (event) => ({ paid: event })`,
  'nothing/index.js': `exports.main = async () => {}`,
  'fails/index.js': `exports.main = async () => { throw new Error('the shelf is empty') }`,
  'todo/index.obj.js': `module.exports = {
    async add(title, count) { return { title, count, secretType: this.getClientInfo().secretType } },
    async full() { return { errCode: 'todo-full', errMsg: 'no room', errSubject: 'todo' } },
    async renew() { return { errCode: 0, newToken: { token: 'n.e.w', tokenExpired: 1900000000000 } } },
  }`,
}

/** Opens it; it is gone when the test is. */
export async function openClientWorld(
  t: TestContext,
  change: Partial<SecureNetworkConfig> = {},
  more: Partial<ClientServerOptions> = {},
  origins: readonly string[] = [],
): Promise<ClientWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-client-flow-'))
  for (const [name, text] of Object.entries(functions)) {
    const path = join(folder, 'cloudfunctions', name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  const simulator = createSimulator({ seed: 1 })
  const { url } = await simulator.listen()
  const spaceId = 'client-space'
  const policy: SecureNetworkConfig = {
    ...secureNetworkOff,
    mode: 'enforce',
    apps: [{ appId: APP_ID, platform: 'mp-weixin', release: [WX_APPID], development: [] }],
    ...change,
  }
  const server = await startClientServer({
    spaces: [
      {
        ...{ spaceId, clientSecret: 'client-secret', origins, provider: 'aliyun', environment: {} },
        functionsFolder: join(folder, 'cloudfunctions'),
        workers: { max: 2, memoryMb: 256, timeoutSeconds: 30, queueMax: 100 },
      },
    ],
    apps: [
      {
        ...{ platform: 'weixin-mp', appid: WX_APPID, secret: SECRET, dcloudAppid: APP_ID },
        tokenEndpoint: 'stable',
      },
    ],
    weixinUrl: url,
    policies: { current: () => ({ ...policy, revision: 1 }) },
    ...more,
  })
  t.after(async () => {
    await server.close()
    await simulator.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const phone = simulator.phone({ appid: WX_APPID, user: 'alice' })
  const options: ClientOptions = { endpoint: server.endpoint, spaceId, appId: APP_ID }
  const captured: Captured[] = []
  const frames: string[] = []

  const world: ClientWorld = {
    server,
    simulator,
    phone,
    options,
    captured,
    onTheWay: (received) => received,
    frames,
    onFrame: (received) => received,
    app: (changed = {}, clockOffMs = 0) =>
      createClient(
        createMiniProgramHost(tapped(phone, { captured, frames }, world), () => Date.now() + clockOffMs),
        { ...options, ...changed },
      ),
    async openSession() {
      const { code } = await phone.wx.login()
      const query = `appid=${WX_APPID}&secret=${SECRET}&js_code=${code}&grant_type=authorization_code`
      const answer = await fetch(`${url}/sns/jscode2session?${query}`)
      const { openid, session_key } = (await answer.json()) as { readonly openid: string; readonly session_key: string }
      const app = server.bridge.apps.resolve(APP_ID, 'weixin-mp')
      await server.bridge.set({ kind: 'session_key', app, openid }, { session_key })
    },
  }
  return world
}

interface Asked {
  readonly data?: ArrayBuffer | string
  readonly success: (answer: object) => void
}

/** The phone's wx with somebody in its line. */
function tapped(
  { wx }: Phone,
  { captured, frames }: { readonly captured: Captured[]; readonly frames: string[] },
  world: Pick<ClientWorld, 'onTheWay' | 'onFrame'>,
): Wx {
  const latin1 = (data: unknown): string => Buffer.from(data as ArrayBuffer).toString('latin1')
  const request = (asked: object): unknown => {
    const { data, success } = asked as Asked
    return wx.request({
      ...(asked as Parameters<typeof wx.request>[0]),
      success(answer) {
        const body = world.onTheWay(Buffer.from(answer.data as ArrayBuffer))
        const sent = Buffer.from((data ?? '') as ArrayBuffer).toString('latin1')
        captured.push({ sent, received: body.toString('latin1'), status: answer.statusCode })
        success({ ...answer, data: Uint8Array.from(body).buffer })
      },
    })
  }
  const connectSocket: Wx['connectSocket'] = (options) => {
    const task = wx.connectSocket(options as Parameters<typeof wx.connectSocket>[0])
    return {
      ...task,
      send(message) {
        frames.push(latin1((message as { readonly data: unknown }).data))
        task.send(message as Parameters<typeof task.send>[0])
      },
      close: (closing) => task.close(closing),
      onMessage: (listener) =>
        task.onMessage(({ data }) => {
          frames.push(latin1(data))
          listener({ data: world.onFrame(data) })
        }),
    }
  }
  return { ...(wx as unknown as Wx), request, connectSocket }
}

/** Blocks of 16 bytes that stand in several messages, their headers left out. */
export function equalBlocks(messages: readonly string[]): readonly string[] {
  const seen = new Set<string>()
  return messages.flatMap((message) => {
    const end = 2 + (message.charCodeAt(0) << 8) + message.charCodeAt(1)
    const blocks = message.slice(end).match(/[^]{16}/g) ?? []
    return blocks.filter((block) => seen.has(block) || !seen.add(block))
  })
}
