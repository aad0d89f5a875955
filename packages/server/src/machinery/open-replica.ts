import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { KEYS_KNOWN_WITHIN_MS, connectBridge, exportOpendb, importOpendb, openSqlite } from '@drawbridge/bridge'
import type { BridgeEvent, ConnectedBridge } from '@drawbridge/bridge'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { Audit } from '../audit/create-audit.ts'
import { openAudit } from '../audit/open-audit.ts'
import type { BearerTokens } from '../callers/tokens/bearer-tokens.ts'
import { createBearerTokens } from '../callers/tokens/bearer-tokens.ts'
import { migrateTokenTables } from '../callers/tokens/migrate-token-tables.ts'
import type { TokenDatabase } from '../callers/tokens/token-database.ts'
import { createTokenStore } from '../callers/tokens/token-store.ts'
import type { Replica } from '../cli/machinery.ts'
import type { Time } from '../cli/world.ts'
import type { ServerConfig } from '../config/server-config.ts'

/** The stores and the bridge of a configuration, and what the operators' commands need of them. */
export interface OpenedReplica extends Replica {
  readonly connected: ConnectedBridge
}

/** What a replica is given of the world; the two reports are left out where nobody listens. */
export interface ReplicaDeps extends Time {
  readonly onEvent?: (event: BridgeEvent) => void
  /** Told of each batch of audit rows that could not be written. */
  readonly onAuditFailure?: (error: unknown) => void
}

/**
 * Opens stores, keys, bridge and bearer tokens; the schedule does not run. Throws `STORE_UNAVAILABLE`,
 * `MASTER_KEY_INVALID`.
 */
export async function openReplica(
  config: ServerConfig,
  { now, isMachineClock = false, sleep, onEvent, onAuditFailure }: ReplicaDeps,
): Promise<OpenedReplica> {
  const connected = await connectBridge({
    apps: config.apps,
    schedule: config.schedule,
    sqlitePath: config.store.sqlitePath,
    ...(config.store.redisUrl !== undefined && { redisUrl: config.store.redisUrl }),
    masterKey: config.masterKey,
    hosts: config.upstream,
    upstreamTimeoutMs: config.upstream.timeoutMs,
    replica: `${hostname()}:${process.pid}`,
    now,
    isMachineClock,
    ...(onEvent && { onEvent }),
  })
  const opened: { close(): Promise<void> }[] = [connected]
  try {
    const tokens = await openTokens(config, now)
    opened.unshift(tokens)
    const audit = await openAudit({
      // A file of its own: its many commits disturb no reader of credentials.
      path: join(dirname(config.store.sqlitePath), 'audit.db'),
      ...config.audit,
      now,
      sleep,
      ...(onAuditFailure && { onFailure: onAuditFailure }),
    })
    return assemble(connected, tokens, audit, { now, sleep })
  } catch (error) {
    for (const part of opened) await part.close()
    throw error
  }
}

function assemble(
  connected: ConnectedBridge,
  tokens: BearerTokens,
  audit: Audit,
  { now, sleep }: Pick<ReplicaDeps, 'now' | 'sleep'>,
): OpenedReplica {
  const { bridge, store, keyring } = connected
  return {
    connected,
    bridge,
    tokens,
    audit,
    keys: {
      async rotate(onProgress) {
        const { resealed, unreadable } = await keyring.rotate({
          onProgress: ({ done, total }) => onProgress(done, total),
        })
        return { keyId: keyring.currentKeyId(), resealed, unreadable }
      },
      async changeMasterKey(next) {
        // What runs has every data key by then, and goes on although its master key is the old one.
        await sleep(2 * KEYS_KNOWN_WITHIN_MS)
        await keyring.rewrap(next)
      },
    },
    probeStore: () => probeStore(connected, now),
    exportOpendb: () => exportOpendb(store),
    importOpendb: (documents) => importOpendb({ store, now }, documents),
    async close() {
      await audit.close()
      await tokens.close()
      await connected.close()
    },
  }
}

/** A connection of their own to the credentials' database: as durable, and closed by itself. */
async function openTokens({ store: { sqlitePath } }: ServerConfig, now: () => number): Promise<BearerTokens> {
  const database = openSqlite<TokenDatabase>({ path: sqlitePath, durability: 'full' })
  try {
    await migrateTokenTables(database)
  } catch (error) {
    await database.close()
    throw error
  }
  const tokens = createBearerTokens({ store: createTokenStore(database), now, random: randomBytes })
  return {
    ...tokens,
    async close() {
      await tokens.close()
      await database.close()
    },
  }
}

/** No credential's name: it is in no listing that names a platform. */
const PROBE_KEY = 'drawbridge:probe'
const PROBE_LIFE_MS = 60_000

async function probeStore({ store }: ConnectedBridge, now: () => number): Promise<void> {
  const before = await store.readShared(PROBE_KEY)
  const revision = Math.max(now(), (before?.revision ?? 0) + 1)
  const record = {
    value: { probe: revision },
    revision,
    obtainedAt: now(),
    expiresAt: now() + PROBE_LIFE_MS,
    source: 'pushed',
  } as const
  const isWritten = await store.write(PROBE_KEY, record, { durability: 'durable' })
  const read = await store.readShared(PROBE_KEY)
  await store.write(PROBE_KEY, { ...record, value: null, revision: revision + 1 }, { durability: 'durable' })
  if (!isWritten || read?.revision !== revision) throw new DrawbridgeError('STORE_UNAVAILABLE', { store: 'probe' })
}
