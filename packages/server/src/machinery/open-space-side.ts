import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { openSqlite } from '@drawbridge/bridge'
import type { SqlDatabase } from '@drawbridge/bridge'
import { createRateLimiter } from '../callers/rate-limiter.ts'
import type { ServerConfig } from '../config/server-config.ts'
import { createHttpFunctions } from '../http-functions/create-http-functions.ts'
import type { HttpServerDeps } from '../http/create-http-server.ts'
import { createRequestIds } from '../http/request-ids.ts'
import type { ClientRoute } from '../http/route.ts'
import { logFunctionEvent } from '../log/log-function-event.ts'
import { logVerdict } from '../log/log-verdict.ts'
import type { Metrics } from '../metrics/create-metrics.ts'
import { createTimers } from '../triggers/create-timers.ts'
import type { Timers } from '../triggers/create-timers.ts'
import { createTimerClaims } from '../triggers/timer-claims.ts'
import { createTimerSights } from '../triggers/timer-sights.ts'
import { migrateTimerTables } from '../triggers/timer-tables.ts'
import type { TimerTables } from '../triggers/timer-tables.ts'
import { createUnicloudRoutes } from '../unicloud/create-unicloud-routes.ts'
import { closeAll } from './close-all.ts'
import { derivedKey, openFunctions } from './open-functions.ts'
import type { FunctionsDeps, OpenedFunctions } from './open-functions.ts'
import { spacesPath } from './spaces-path.ts'

/** What the spaces add to a server: functions, the clients' wires, URLs, timers. Nothing where no space is configured. */
export interface SpaceSide {
  /** What the HTTP server is to serve. */
  readonly served: Pick<HttpServerDeps, 'functions' | 'spaces' | 'policies' | 'verdicts' | 'clientRoutes'>
  /** Starts the timers, and to look for changed policies. */
  start(): void
  /** Starts no more runs; what runs goes on. */
  stop(): Promise<void>
  close(): Promise<void>
}

/** What the spaces are opened with. */
export interface SpaceSideDeps extends Omit<
  FunctionsDeps,
  'onEvent' | 'onVerdict' | 'onGatewayEvent' | 'onSweepFailure'
> {
  readonly metrics: Metrics
  /** Faults of functions are shown by somebody else than the log. */
  readonly showsFaults?: boolean
}

/** Opens everything that the spaces need; nothing stays open when it throws. Throws `STORE_UNAVAILABLE`. */
export async function openSpaceSide(config: ServerConfig, deps: SpaceSideDeps): Promise<SpaceSide> {
  if (config.spaces.length === 0)
    return { served: {}, start: () => undefined, stop: () => Promise.resolve(), close: () => Promise.resolve() }
  const { log, metrics } = deps
  let onNewCode: ((spaceId: string) => void) | undefined
  const functions = await openFunctions(config, {
    ...deps,
    onEvent(event) {
      if (!deps.showsFaults || event.type !== 'folder-read') logFunctionEvent(log, event)
      metrics.onFunctionEvent(event)
      if (event.type === 'folder-read') onNewCode?.(event.spaceId)
    },
    onVerdict(verdict) {
      logVerdict(log, verdict)
      metrics.onVerdict(verdict)
    },
    onGatewayEvent: metrics.onGatewayEvent,
    onSweepFailure: (error) => log.failure('files not swept', error),
  })
  const database = await openTimerTable(config).catch(async (error: unknown) => {
    await functions.close()
    throw error
  })
  const timers = timersOf(functions, database, deps)
  const { policies, verdicts, checkPolicy } = functions.network
  return {
    served: {
      functions: functions.host,
      spaces: config.spaces,
      policies,
      verdicts,
      clientRoutes: clientRoutes(config, functions, deps),
    },
    start() {
      for (const { spaceId } of config.spaces) checkPolicy(spaceId)
      onNewCode = checkPolicy
      policies.start()
      timers.start()
    },
    stop: timers.close,
    close: () => closeAll([functions, database]),
  }
}

function clientRoutes(
  config: ServerConfig,
  { spaces, host, path, network, files }: OpenedFunctions,
  { now, log }: SpaceSideDeps,
): readonly ClientRoute[] {
  return [
    ...createUnicloudRoutes({
      spaces,
      calls: path,
      ...(files && { files: files.methods }),
      now,
      random: randomBytes,
      log,
      limiter: createRateLimiter({ perMinute: config.rateLimitPerMinute, now }),
      tokenKey: derivedKey(config, 'client access tokens'),
    }),
    ...network.routes,
    ...(files?.routes ?? []),
    ...createHttpFunctions({ spaces, functions: host, path }),
  ]
}

async function openTimerTable(config: ServerConfig): Promise<SqlDatabase<TimerTables>> {
  const database = openSqlite<TimerTables>({ path: spacesPath(config), durability: 'full' })
  try {
    await migrateTimerTables(database)
    return database
  } catch (error) {
    await database.close()
    throw error
  }
}

function timersOf(
  { spaces, host, path }: OpenedFunctions,
  database: SqlDatabase<TimerTables>,
  { now, sleep, log }: SpaceSideDeps,
): Timers {
  return createTimers({
    spaces,
    functions: host,
    path,
    claims: createTimerClaims(database, `${hostname()}:${process.pid}`),
    sights: createTimerSights(database),
    log,
    now,
    sleep,
    requestId: createRequestIds(randomBytes),
  })
}
