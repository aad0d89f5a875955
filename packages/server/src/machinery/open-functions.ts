import { hkdfSync, randomBytes } from 'node:crypto'
import { openSqlite } from '@drawbridge/bridge'
import type { ConnectedBridge } from '@drawbridge/bridge'
import type { CallIntake } from '../calls/call-intake.ts'
import { createCallPath } from '../calls/create-call-path.ts'
import { createFunctionCalls } from '../calls/create-function-calls.ts'
import type { Time } from '../cli/world.ts'
import type { ServerConfig } from '../config/server-config.ts'
import { createDatabaseService } from '../documents/create-database.ts'
import { createDocumentStore } from '../documents/create-document-store.ts'
import type { DocumentStore } from '../documents/document-store.ts'
import { migrateDocumentTables } from '../documents/document-tables.ts'
import type { DocumentTables } from '../documents/document-tables.ts'
import type { FilesConfig } from '../files/files-config.ts'
import { guardFileMethods } from '../files/guard-file-methods.ts'
import { openFiles } from '../files/open-files.ts'
import type { OpenedFiles } from '../files/open-files.ts'
import type { PublicOrigin } from '../files/public-origin.ts'
import { createFunctionHost } from '../functions/create-function-host.ts'
import { createFunctionLog } from '../functions/create-function-log.ts'
import type { FunctionHost } from '../functions/function-host.ts'
import type { HostEvent } from '../functions/host-event.ts'
import type { GatewayEvent } from '../gateway/gateway-event.ts'
import { createIdentity } from '../identity/create-identity.ts'
import type { Identity } from '../identity/create-identity.ts'
import type { IdentityEvent } from '../identity/identity-event.ts'
import type { Log } from '../log/create-log.ts'
import type { Verdict } from '../secure-network/verdict.ts'
import { createRedisService } from '../space-redis/create-redis.ts'
import { createOpenBridgeObject, createOpenBridgeService } from '../open-bridge/open-bridge-object.ts'
import { closeAll } from './close-all.ts'
import { openSecureNetwork } from './open-secure-network.ts'
import type { OpenedSecureNetwork } from './open-secure-network.ts'
import { spacesPath } from './spaces-path.ts'

/** The functions of the spaces, and all that they may ask for. */
export interface OpenedFunctions {
  readonly spaces: ServerConfig['spaces']
  readonly host: FunctionHost
  /** The way into functions and built-in objects alike. */
  readonly path: CallIntake
  readonly network: OpenedSecureNetwork
  readonly documents: DocumentStore
  readonly identity: Identity | undefined
  readonly files: OpenedFiles | undefined
  /** Ends the workers, then closes the stores. */
  close(): Promise<void>
}

/** What functions are opened with, besides what is configured. */
export interface FunctionsDeps extends Pick<Time, 'now' | 'sleep'> {
  readonly connected: ConnectedBridge
  /** How this server is reached from this machine. */
  readonly ownOrigin: () => PublicOrigin
  readonly onEvent: (event: HostEvent | IdentityEvent) => void
  readonly log: Log
  readonly onVerdict: (verdict: Verdict) => void
  /** Besides the log. */
  readonly onGatewayEvent?: (event: GatewayEvent) => void
  readonly onSweepFailure: (error: unknown) => void
}

/** Opens documents, files, login and the function host. Nothing stays open when it throws. Throws `STORE_UNAVAILABLE`. */
export async function openFunctions(config: ServerConfig, deps: FunctionsDeps): Promise<OpenedFunctions> {
  const opened: { close(): Promise<void> }[] = []
  try {
    return await openParts(config, deps, opened)
  } catch (error) {
    await closeAll(opened)
    throw error
  }
}

async function openParts(
  config: ServerConfig,
  deps: FunctionsDeps,
  opened: { close(): Promise<void> }[],
): Promise<OpenedFunctions> {
  const { spaces } = config
  const { connected, now, sleep, onEvent } = deps
  const { bridge, upstream } = connected
  const keep = <Part extends { close(): Promise<void> }>(part: Part): Part => {
    opened.unshift(part)
    return part
  }

  const documents = keep(await openDocuments(config, now))
  const files = config.files && keep(await openSpaceFiles(config, config.files, deps))
  const identity =
    config.identity &&
    createIdentity({ config: config.identity, documents, bridge, upstream, now, randomBytes, onEvent })
  const spaceRedis = createRedisService({})
  keep({
    close() {
      spaceRedis.close()
      return Promise.resolve()
    },
  })
  const natives = [
    createOpenBridgeObject(bridge),
    ...(identity ? [identity.uniIdCo] : []),
    ...(files ? [files.object] : []),
  ]
  const services = {
    call: createFunctionCalls(() => path),
    database: createDatabaseService(documents),
    openBridge: createOpenBridgeService(bridge),
    redis: spaceRedis,
    ...(identity && { uniId: identity.uniId }),
    ...(files && { file: files.service }),
  }
  const host: FunctionHost = keep(
    await createFunctionHost({ spaces, services, log: createFunctionLog(), now, sleep, onEvent }),
  )
  const network = keep(
    await openSecureNetwork(config, {
      bridge,
      redis: connected.redis,
      host,
      path: createCallPath({ host, natives }),
      identity,
      log: deps.log,
      onVerdict: deps.onVerdict,
      ...(deps.onGatewayEvent && { onGatewayEvent: deps.onGatewayEvent }),
      // Messages are of now by the clock that the replicas agree on.
      now: connected.now,
      sleep,
    }),
  )
  const path: CallIntake = network.intake
  const guarded = files && { ...files, methods: guardFileMethods(files.methods, { ...network, now }) }
  return { spaces, host, path, network, documents, identity, files: guarded, close: () => closeAll(opened) }
}

/** A file of its own beside the credentials': what functions write holds up no credential. */
async function openDocuments(config: ServerConfig, now: () => number): Promise<DocumentStore> {
  const database = openSqlite<DocumentTables>({ path: spacesPath(config), durability: 'full' })
  try {
    await migrateDocumentTables(database)
  } catch (error) {
    await database.close()
    throw error
  }
  return createDocumentStore({ database, now, random: randomBytes })
}

function openSpaceFiles(config: ServerConfig, files: FilesConfig, deps: FunctionsDeps): Promise<OpenedFiles> {
  const { now, sleep, ownOrigin, onSweepFailure } = deps
  const spaceById = new Map(config.spaces.map((space) => [space.spaceId, space]))
  return openFiles({
    config: files,
    sqlitePath: spacesPath(config),
    signingKey: derivedKey(config, 'file urls'),
    contentSecret: derivedKey(config, 'file contents'),
    findSpace: (spaceId) => spaceById.get(spaceId),
    ownOrigin,
    now,
    random: randomBytes,
    sleep,
    onSweepFailure,
  })
}

/** 32 bytes for one purpose; the same on every replica, and new with a new master key. */
export function derivedKey({ masterKey }: ServerConfig, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', masterKey, '', `drawbridge ${purpose}`, 32))
}
