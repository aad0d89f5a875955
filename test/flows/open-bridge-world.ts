import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connectBridge, createOpenBridge, importOpendb, toOpendb, toRedisCommand } from '@drawbridge/bridge'
import type { App, ConnectedBridge, OpenBridge, OpendbDocument } from '@drawbridge/bridge'
import { readUniConfigCenter, startServer } from '@drawbridge/server'
import type { ProjectConfig, RunningServer } from '@drawbridge/server'
import { startOpenBridgeStub } from '../vectors/open-bridge-stub.ts'
import type { OpenBridgeStub } from '../vectors/open-bridge-stub.ts'
import type { Case, Expectation } from './open-bridge-cases.ts'
import { isForFunctionHost, openCasesApp, writeCasesProject } from './open-bridge-cases-host.ts'
import type { CasesApp } from './open-bridge-cases-host.ts'

/** A bridge on real stores, the recorded WeChat, and a clock that stands still until it is moved. */
export interface World {
  readonly project: ProjectConfig
  readonly connected: ConnectedBridge
  readonly openBridge: OpenBridge
  readonly stub: OpenBridgeStub
  now(): number
  advance(ms: number): void
  /** What the reference's database would hold, by id. */
  database(): Promise<ReadonlyMap<string, OpendbDocument>>
  /** What the reference's Redis would hold, by key: the value and the whole ms left, or -1. */
  redis(): Promise<ReadonlyMap<string, { readonly value: string; readonly ttl: number }>>
  pokeDatabase(document: OpendbDocument): Promise<void>
  pokeRedis(document: OpendbDocument): Promise<void>
  flushDatabase(): Promise<void>
  flushRedis(): Promise<void>
  closeDatabase(): Promise<void>
  /** Lets Redis refuse writes for want of memory, or take them again. */
  fillRedis(isFull: boolean): Promise<void>
  /** A call over the URL of uni-open-bridge, as an old caller makes it. */
  post(method: string, request: UrlRequest): Promise<Expectation>
  /** The mini program, where the case is about what runs in functions. */
  app(): Promise<CasesApp>
  close(): Promise<void>
}

/** What an old caller sends; `clientIP` is what the proxy in front of us reports. */
export interface UrlRequest {
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
  readonly clientIP: string
}

type Tier = ConnectedBridge['tiers']['durable'] | NonNullable<ConnectedBridge['tiers']['fast']>

/** Long enough for Redis to tell of a change over the loopback. */
const TOLD_MS = 50

/** Opens a world with the configuration of a case; `tokenEndpoint` legacy for H5, with which the cases hold as written. */
export async function openWorld(
  recorded: Case,
  config: Readonly<Record<string, unknown>>,
  t0: number,
  redisUrl: string | undefined,
): Promise<World> {
  let time = t0
  const now = (): number => time
  const stub = await startOpenBridgeStub(now)
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-cases-'))
  const files = new Map(
    Object.entries(config).map(([name, content]) => [`${name}/config.json`, JSON.stringify(content)]),
  )
  const project = readUniConfigCenter(files, {
    tokenEndpointOf: (platform: App['platform']) => (platform === 'weixin-h5' ? 'legacy' : undefined),
  })
  const host = isForFunctionHost(recorded) ? writeCasesProject(folder, files) : { spaces: [] }
  const masterKey = randomBytes(32)
  const sqlitePath = join(folder, 'drawbridge.db')
  const fastTier = recorded.redis === false || redisUrl === undefined ? {} : { redisUrl }
  const connected = await connectBridge({
    apps: project.apps,
    schedule: project.schedule,
    sqlitePath,
    ...fastTier,
    masterKey,
    hosts: { weixin: stub.url, qq: stub.url },
    now,
  })
  await untilUp(() => connected.store.health())
  await connected.redis?.run((client) => client.flushall())
  await sleep(TOLD_MS)
  let server: Promise<RunningServer> | undefined
  const listening = (): Promise<RunningServer> => {
    // A replica of its own on the same stores, when a case first asks for one.
    server ??= startServer(
      {
        production: false,
        host: '127.0.0.1',
        port: 0,
        trustedProxies: ['127.0.0.1/32'],
        apps: project.apps,
        schedule: [],
        ...host,
        store: { sqlitePath, ...fastTier },
        masterKey,
        callers: { allowList: project.allowList, signing: [] },
        rateLimitPerMinute: 0,
        bodyMaxBytes: 1_048_576,
        audit: { keepDays: 1, maxRows: 1000 },
        upstream: { weixin: stub.url, qq: stub.url, graphQq: stub.url, timeoutMs: 2_000 },
        logLevel: 'error',
      },
      { log: 'none' },
      { now, sleep: (ms, signal) => sleep(ms, undefined, { ref: false, ...(signal && { signal }) }) },
    ).then(async (started) => {
      await untilUp(() => started.replica.bridge.health())
      return started
    })
    return server
  }
  const { tiers } = connected
  const all = async (store: Tier | undefined): Promise<readonly OpendbDocument[]> =>
    ((await store?.list({ prefix: 'uni-id:', limit: 1000 })) ?? []).flatMap(toOpendb)
  const poke = async (store: Tier, document: OpendbDocument): Promise<void> => {
    const only = {
      readShared: (key: string) => store.read(key),
      write: (...[key, record, { expectedRevision }]: Parameters<ConnectedBridge['store']['write']>) =>
        store.write(key, record, expectedRevision),
    }
    await importOpendb({ store: only, now }, [document])
  }

  return {
    project,
    connected,
    openBridge: createOpenBridge(connected.bridge),
    stub,
    now,
    advance(ms) {
      time += ms
    },
    async database() {
      return new Map((await all(tiers.durable)).map((document) => [document._id, document]))
    },
    async redis() {
      // Redis is filled behind the reader's back.
      await sleep(TOLD_MS)
      const entries = (await all(tiers.fast)).map((document): [string, { value: string; ttl: number }] => {
        const seconds = toRedisCommand(document, time)?.[4]
        return [document._id, { value: document.value, ttl: seconds === undefined ? -1 : Number(seconds) * 1000 }]
      })
      return new Map(entries)
    },
    pokeDatabase: (document) => poke(tiers.durable, document),
    async pokeRedis(document) {
      if (tiers.fast !== undefined) await poke(tiers.fast, document)
      await sleep(TOLD_MS)
    },
    async flushDatabase() {
      const listed = await tiers.durable.list({ limit: 1000 })
      for (const { key, record } of listed) {
        // A database that lost a record has no memory of it: an end in the past, and the sweep, come to that.
        await tiers.durable.write(key, { ...record, revision: record.revision + 1, expiresAt: time - 1 })
      }
      await tiers.durable.sweep()
    },
    async flushRedis() {
      await connected.redis?.run((client) => client.flushall())
      await sleep(TOLD_MS)
    },
    closeDatabase: () => connected.database.close(),
    async fillRedis(isFull) {
      await connected.redis?.run((client) => client.config('SET', 'maxmemory', isFull ? '1' : '0'))
    },
    async post(method, { body, headers, clientIP }) {
      const response = await fetch(`${(await listening()).endpoint}/uni-open-bridge/${method}`, {
        method: 'POST',
        headers: { ...headers, 'x-forwarded-for': clientIP },
        body,
      })
      const text = await response.text()
      const answer: unknown = text === '' ? null : JSON.parse(text)
      if (response.ok) return { ok: true, value: answer }
      const { errMsg, errCode } = answer as { errMsg: string; errCode: string | number }
      return { ok: false, message: errMsg, code: errCode }
    },
    async app() {
      return openCasesApp((await listening()).endpoint, now)
    },
    async close() {
      await (await server)?.close()
      await connected.close()
      await stub.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Redis connects in the background; the cases are about what happens once it has. */
async function untilUp(health: ConnectedBridge['store']['health']): Promise<void> {
  for (let round = 0; round < 500; round += 1) {
    if ((await health()).every(({ ok }) => ok)) return
    await sleep(10)
  }
}
