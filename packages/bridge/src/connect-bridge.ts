import { performance } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import type { Dispatcher } from 'undici'
import { createApps } from './apps.ts'
import type { Bridge, BridgeEvent } from './bridge.ts'
import { startRedisClock } from './clock/redis-clock.ts'
import { createBridge } from './create-bridge.ts'
import type { App } from './credential.ts'
import { createKeyring } from './keys/keyring.ts'
import type { Keyring } from './keys/keyring.ts'
import { watchDataKeys } from './keys/watch-data-keys.ts'
import { createDatabaseLeases } from './lease/database-leases.ts'
import { createLeaseChain } from './lease/lease-chain.ts'
import { createRedisLeases } from './lease/redis-leases.ts'
import { createUpstream } from './providers/upstream.ts'
import type { Upstream, UpstreamHosts } from './providers/upstream.ts'
import type { ScheduledTask } from './schedule/task.ts'
import type { CredentialStore } from './store/credential-store.ts'
import type { DurableStore } from './store/durable-store.ts'
import { connectRedis } from './store/redis/redis-connection.ts'
import type { RedisConnection } from './store/redis/redis-connection.ts'
import { createRedisStore } from './store/redis-store.ts'
import type { CredentialTables } from './store/sql/credential-tables.ts'
import { openSqlite } from './store/sql/open-sqlite.ts'
import type { SqlDatabase } from './store/sql/sql-database.ts'
import { createSqlStore } from './store/sql-store.ts'
import { createTieredStore } from './store/tiered-store.ts'
import type { TieredStore } from './store/tiers.ts'

/** What a bridge is told; everything else has a default that suits a server. */
export interface ConnectBridgeOptions {
  readonly apps: readonly App[]
  readonly schedule?: readonly ScheduledTask[]
  readonly sqlitePath: string
  /** `redis://` or `rediss://`; left out: SQLite alone. */
  readonly redisUrl?: string
  /** 32 bytes; wraps the data keys. */
  readonly masterKey: Uint8Array
  /** Where the platforms are; left out: the real ones. */
  readonly hosts?: UpstreamHosts
  /** The time limit of one call to a platform, ms. */
  readonly upstreamTimeoutMs?: number
  /** undici's dispatcher for the calls to the platforms, for example through a proxy. */
  readonly dispatcher?: Dispatcher
  /** Names this process to the operators; left out: the process id. */
  readonly replica?: string
  /** ms since epoch; the machine's clock where it is left out. */
  readonly now?: () => number
  /** Whether `now` is the machine's clock, and may be corrected by that of Redis; a clock of one's own may not. */
  readonly isMachineClock?: boolean
  readonly random?: () => number
  readonly onEvent?: (event: BridgeEvent) => void
}

/** A bridge and the parts that operators' commands need. */
export interface ConnectedBridge {
  readonly bridge: Bridge
  /** The door to the platforms, for calls that bring no credential, such as logins. */
  readonly upstream: Upstream
  readonly keyring: Keyring
  readonly store: TieredStore
  readonly tiers: { readonly durable: DurableStore; readonly fast?: CredentialStore }
  readonly database: SqlDatabase<CredentialTables>
  readonly redis?: RedisConnection
  /** ms since epoch: the clock that the replicas agree on, where it is corrected by that of Redis. */
  readonly now: () => number
  /** Closes everything; refreshes in flight are kept first. */
  close(): Promise<void>
}

/** The platforms' own addresses. */
export const platformHosts: Required<UpstreamHosts> = Object.freeze({
  weixin: 'https://api.weixin.qq.com',
  weixinBackup: 'https://api2.weixin.qq.com',
  qq: 'https://api.q.qq.com',
})

const UPSTREAM_TIMEOUT_MS = 5_000

/**
 * The credential bridge as a module: opens the stores, loads the keys, and puts the bridge together. The schedule
 * does not run before `bridge.start()`. Throws `STORE_UNAVAILABLE`, `MASTER_KEY_INVALID`.
 *
 * @example
 * const { bridge, close } = await connectBridge({ apps, sqlitePath: '.drawbridge/drawbridge.sqlite', masterKey })
 * const credential = await bridge.get({ kind: 'access_token', app: bridge.apps.resolve('__UNI__XXXX', 'weixin-mp') })
 */
export async function connectBridge(options: ConnectBridgeOptions): Promise<ConnectedBridge> {
  const {
    now: machineNow = () => Date.now(),
    isMachineClock = options.now === undefined,
    random = () => Math.random(),
    onEvent = () => undefined,
    upstreamTimeoutMs = UPSTREAM_TIMEOUT_MS,
  } = options
  const monotonic = (): number => performance.now()
  // Unreferenced: what merely waits does not keep a process alive that has nothing else to do.
  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    wait(ms, undefined, { ref: false, ...(signal && { signal }) })

  const database = openSqlite<CredentialTables>({ path: options.sqlitePath, durability: 'full' })
  const redis = options.redisUrl === undefined ? undefined : connectRedis({ url: options.redisUrl, monotonic })
  const clock = redis && isMachineClock ? startRedisClock({ redis, machineNow, monotonic, sleep, onEvent }) : undefined
  const now = clock?.now ?? machineNow
  const { keyring, durable } = await openRecords(database, options.masterKey, now).catch(async (error: unknown) => {
    clock?.stop()
    redis?.close()
    await database.close()
    throw error
  })
  await clock?.ready
  const watch = watchDataKeys({ keyring, sleep, onEvent })
  const fast = redis && createRedisStore({ redis, keyring, now })
  const store = createTieredStore({ durable, ...(fast && { fast }), now, monotonic, sleep, onEvent })
  const inDatabase = createDatabaseLeases({ database, now, monotonic })
  const leases = redis ? createLeaseChain([createRedisLeases({ redis, now, monotonic }), inDatabase]) : inDatabase
  const upstream = createUpstream({
    hosts: options.hosts ?? platformHosts,
    timeoutMs: upstreamTimeoutMs,
    ...(options.dispatcher && { dispatcher: options.dispatcher }),
    // What it tells of the clock is about this machine's.
    now: machineNow,
    onEvent,
  })
  const bridge = createBridge({
    apps: createApps(options.apps),
    schedule: options.schedule ?? [],
    store,
    leases,
    upstream,
    replica: options.replica ?? `pid ${process.pid}`,
    upstreamTimeoutMs,
    now,
    sleep,
    random,
    onEvent,
  })
  return {
    bridge,
    upstream,
    keyring,
    store,
    tiers: { durable, ...(fast && { fast }) },
    database,
    ...(redis && { redis }),
    now,
    async close() {
      clock?.stop()
      watch.stop()
      await bridge.close()
    },
  }
}

async function openRecords(
  database: SqlDatabase<CredentialTables>,
  masterKey: Uint8Array,
  now: () => number,
): Promise<{ readonly keyring: Keyring; readonly durable: DurableStore }> {
  const keyring = await createKeyring({ database, masterKey, now })
  return { keyring, durable: await createSqlStore({ database, keyring, now }) }
}
