import { createCipheriv, createDecipheriv } from 'node:crypto'
import { createSignedClient } from './signed-client.ts'
import type { SignedClient } from './signed-client.ts'
import { APP_ID, DEVICE_ID, WX_APPID } from './stock-secure-world.ts'
import type { StockSecureWorld } from './stock-secure-world.ts'

/** A user's key as WeChat gives it. */
export interface UserKey {
  readonly encryptKey: string
  readonly iv: string
  readonly version: number
}

/** What the client says of itself beside its ciphertext. */
export const clientInfo = { appId: APP_ID, deviceId: DEVICE_ID, uniPlatform: 'mp-weixin', osName: 'android' }

/** As the client encrypts, by the words of its documentation and not by our code. */
export function encrypt({ encryptKey, iv }: UserKey, text: string): string {
  const cipher = createCipheriv('aes-128-cbc', Buffer.from(encryptKey, 'base64'), iv)
  return cipher.update(text, 'utf8', 'base64') + cipher.final('base64')
}

/** As the client decrypts. */
export function decrypt({ encryptKey, iv }: UserKey, content: string): string {
  const decipher = createDecipheriv('aes-128-cbc', Buffer.from(encryptKey, 'base64'), iv)
  return decipher.update(content, 'base64', 'utf8') + decipher.final('utf8')
}

/** The text that the client encrypts for a call; `change` for what it would not say. */
export function requestText(data: object, change: object = {}): string {
  const own = { appId: APP_ID, deviceId: DEVICE_ID, wxAppId: WX_APPID, simulator: false, timestamp: Date.now() }
  return JSON.stringify({ data: JSON.stringify(data), ...own, ...change })
}

/** What an attacker can do who has a script and the space's secret, which is in every client. */
export interface Script extends SignedClient {
  /** The arguments of an encrypted call with this ciphertext. */
  args(content: unknown, options?: object): object
  /** The arguments of a call in clear with this signature. */
  signed(data: object, verifyClientSign: string, options?: object): object
}

/** @param key whose version the calls name; @param who how they name their user. */
export function createScript(world: StockSecureWorld, key: UserKey, who: object, info: object = clientInfo): Script {
  const { endpoint, space } = world
  const client = createSignedClient({ provider: 'aliyun', endpoint, ...space }, info)
  const named = { encryptKeyId: key.version, ...who }
  return Object.assign(client, {
    args: (content: unknown, options: object = {}) => ({
      content,
      _uniCloudOptions: { secretType: 'both', ...named, ...options },
    }),
    signed: (data: object, verifyClientSign: string, options: object = {}) => ({
      ...data,
      _uniCloudOptions: { verifyClientSign, ...named, ...options },
    }),
  })
}

/** A user who has made the handshake: the code that names him, and his key. */
export async function handshaken(
  world: StockSecureWorld,
  user?: string,
): Promise<{ readonly code: string; readonly key: UserKey }> {
  const app = world.app(user === undefined ? {} : { user })
  const { code } = (await app.uniCloud.initSecureNetworkByWeixin()) as { readonly code: string }
  const key = world.simulator.control.userKeys.latest({ appid: WX_APPID, ...(user !== undefined && { user }) })
  return { code, key }
}
