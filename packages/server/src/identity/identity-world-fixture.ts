import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectBridge, openSqlite } from '@drawbridge/bridge'
import type { App, ConnectedBridge } from '@drawbridge/bridge'
import type { CallFacts, Json, JsonObject } from '@drawbridge/runtime'
import { createSimulator } from '@drawbridge/simulator'
import type { Simulator } from '@drawbridge/simulator'
import { createDocumentStore } from '../documents/create-document-store.ts'
import type { Document, DocumentStore } from '../documents/document-store.ts'
import { migrateDocumentTables } from '../documents/document-tables.ts'
import type { DocumentTables } from '../documents/document-tables.ts'
import type { Space } from '../spaces/space.ts'
import { createIdentity } from './create-identity.ts'
import type { Identity } from './create-identity.ts'
import type { IdentityApp, IdentityConfig } from './identity-config.ts'
import type { IdentityEvent } from './identity-event.ts'
import { identitySpace } from './identity-space.ts'
import { textOf } from './text-of.ts'

/** Who calls, where it is not alice's mini program without a token. */
export interface Caller {
  readonly appId?: string
  readonly platform?: string
  readonly userAgent?: string
  readonly ip?: string
  readonly token?: string
  readonly locale?: string
  readonly info?: JsonObject
}

/** Login on a real bridge and real documents, with the simulator for WeChat and a clock that stands still. */
export interface IdentityWorld {
  readonly identity: Identity
  readonly simulator: Simulator
  readonly connected: ConnectedBridge
  readonly documents: DocumentStore
  readonly space: Space
  readonly events: readonly IdentityEvent[]
  now(): number
  advance(ms: number): void
  /** Calls a method of `uni-id-co` as a client does. */
  call(method: string, params?: JsonObject, caller?: Caller): Promise<JsonObject>
  /** Asks the service of functions. */
  ask(method: string, params: JsonObject): Promise<JsonObject>
  /** A code of wx.login, alice's unless said. */
  loginCode(user?: string): string
  users(): Promise<readonly Document[]>
  sessions(): Promise<readonly Document[]>
  /** How many calls of a path WeChat has had. */
  calls(path: string): number
  /** A second process on the same stores. */
  replica(): Identity
  /** Every byte that is on the disk. */
  onDisk(): Buffer
  close(): Promise<void>
}

/** The mini program of the world. */
export const MP_APPID = 'wx1111111111111111'
/** The DCloud app of the world. */
export const APP_ID = '__UNI__WORLD'
/** The secret of the world's tokens. */
export const TOKEN_SECRET = 'a-token-secret-nobody-knows'

const T0 = Date.UTC(2026, 10, 20, 8)

const appRows: readonly Pick<App, 'platform' | 'appid' | 'secret'>[] = [
  { platform: 'weixin-mp', appid: MP_APPID, secret: '1'.repeat(32) },
  { platform: 'weixin-h5', appid: 'wx2222222222222222', secret: '2'.repeat(32) },
  { platform: 'weixin-web', appid: 'wx3333333333333333', secret: '3'.repeat(32) },
  { platform: 'weixin-app', appid: 'wx4444444444444444', secret: '4'.repeat(32) },
]

/** Opens a world; `app` changes the rules of its tokens and users, `config` the limits. */
export async function openIdentityWorld(
  options: {
    readonly app?: Partial<IdentityApp>
    readonly config?: Partial<IdentityConfig>
    /** Which DCloud app the WeChat apps belong to. */
    readonly dcloudAppid?: string
    readonly space?: Partial<Space>
  } = {},
): Promise<IdentityWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-identity-'))
  const simulator = createSimulator({ seed: 'identity', clock: { at: T0, running: false } })
  const { url } = await simulator.listen()
  const now = (): number => simulator.control.clock.now()
  const apps = appRows.map((row) => ({
    ...row,
    dcloudAppid: options.dcloudAppid ?? APP_ID,
    tokenEndpoint: 'stable' as const,
  }))
  const connected = await connectBridge({
    apps,
    sqlitePath: join(folder, 'bridge.db'),
    masterKey: randomBytes(32),
    hosts: { weixin: url, qq: url },
    upstreamTimeoutMs: 2_000,
    now,
  })
  const database = openSqlite<DocumentTables>({ path: join(folder, 'documents.db'), durability: 'full' })
  await migrateDocumentTables(database)
  const documents = createDocumentStore({ database, now, random: randomBytes })
  const events: IdentityEvent[] = []
  const config: IdentityConfig = {
    apps: [identityApp(options.app)],
    refusedCodesPerMinute: 100,
    weixinCallsPerMinute: 1_000,
    ...options.config,
  }
  const makeIdentity = (): Identity =>
    createIdentity({
      config,
      documents,
      bridge: connected.bridge,
      upstream: connected.upstream,
      now,
      randomBytes,
      onEvent: (event) => void events.push(event),
    })
  const identity = makeIdentity()
  const space: Space = { ...plainSpace, ...options.space }

  return {
    identity,
    simulator,
    connected,
    documents,
    space,
    events,
    now,
    advance: (ms) => simulator.control.clock.advance(ms),
    call: (method, params = {}, caller = {}) => callObject(identity, space, method, params, caller),
    async ask(method, params) {
      const facts = factsOf({ info: {} })
      return toObject(await identity.uniId({ space, name: 'asker', facts, depth: 1 }, method, params))
    },
    loginCode: (user = 'alice') => simulator.control.codes.login({ appid: MP_APPID, user }),
    users: () => documents.find(space.spaceId, { collection: 'uni-id-users', limit: 1000 }),
    sessions: () => documents.find(identitySpace(space.spaceId), { collection: 'token-sessions', limit: 1000 }),
    calls: (path) => simulator.control.calls.count({ path }),
    replica: makeIdentity,
    onDisk: () => Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name)))),
    async close() {
      await connected.close()
      await documents.close()
      await simulator.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const plainSpace: Space = {
  spaceId: 'world',
  clientSecret: 'client-secret',
  origins: [],
  provider: 'aliyun',
  workers: { max: 1, memoryMb: 64, timeoutSeconds: 10, queueMax: 1 },
  environment: {},
}

/** The rules of the world's tokens: three days, renewed in the last. */
export function identityApp(changes: Partial<IdentityApp> = {}): IdentityApp {
  return {
    dcloudAppid: '*',
    isDefault: false,
    tokenSecrets: [TOKEN_SECRET],
    lifetime: { expiresIn: 259_200, threshold: 86_400 },
    platformLifetimes: {},
    maxTokens: 10,
    forceInviteCode: false,
    autoSetInviteCode: false,
    ...changes,
  }
}

/** Calls a method of an identity's object. */
export async function callObject(
  { uniIdCo }: Identity,
  space: Space,
  method: string,
  params: JsonObject,
  caller: Caller = {},
): Promise<JsonObject> {
  const run = uniIdCo.methods[method]
  if (run === undefined) throw new Error(`no method ${method}`)
  return toObject(await run({ space, facts: factsOf(caller) }, [params]))
}

function factsOf({
  appId = APP_ID,
  platform = 'mp-weixin',
  userAgent = '',
  ip = '192.0.2.1',
  ...caller
}: Caller): CallFacts {
  const { token, locale = 'zh-Hans', info } = caller
  return {
    source: 'client',
    requestId: 'request',
    secretType: 'none',
    clientInfo: info ?? { appId, uniPlatform: platform, locale, osName: 'android', appVersion: '1.0.0' },
    clientIp: ip,
    userAgent,
    ...(token !== undefined && { uniIdToken: token }),
  }
}

function toObject(value: Json | undefined): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('not an object')
  return value as JsonObject
}

/** The token of a login's result. */
export function tokenIn(result: JsonObject): string {
  const { newToken } = result
  if (newToken === undefined) throw new Error(`no newToken in ${JSON.stringify(result)}`)
  return textOf(toObject(newToken)['token'])
}
