import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { openSqlite } from '@drawbridge/bridge'
import type { SqlDatabase } from '@drawbridge/bridge'
import { logPolicyFindings } from '../secure-network/lint/log-policy-findings.ts'
import { createRateLimiter } from '../callers/rate-limiter.ts'
import type { ServerConfig } from '../config/server-config.ts'
import { createHttpFunctions } from '../http-functions/create-http-functions.ts'
import type { HttpServerDeps } from '../http/create-http-server.ts'
import { createRequestIds } from '../http/request-ids.ts'
import type { ClientRoute } from '../http/route.ts'
import { logFunctionEvent } from '../log/log-function-event.ts'
import type { Metrics } from '../metrics/create-metrics.ts'
import { createTimers } from '../triggers/create-timers.ts'
import type { Timers } from '../triggers/create-timers.ts'
import { createTimerClaims } from '../triggers/timer-claims.ts'
import { migrateTimerTables } from '../triggers/timer-tables.ts'
import type { TimerTables } from '../triggers/timer-tables.ts'
import { createUnicloudRoutes } from '../unicloud/create-unicloud-routes.ts'
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
export interface SpaceSideDeps extends Omit<FunctionsDeps, 'onEvent' | 'onVerdict' | 'onSweepFailure'> {
  readonly metrics: Metrics
}

/** Opens everything that the spaces need; nothing stays open when it throws. Throws `STORE_UNAVAILABLE`. */
export async function openSpaceSide(config: ServerConfig, deps: SpaceSideDeps): Promise<SpaceSide> {
  if (config.spaces.length === 0)
    return { served: {}, start: () => undefined, stop: () => Promise.resolve(), close: () => Promise.resolve() }
  const { log, metrics } = deps
  const functions = await openFunctions(config, {
    ...deps,
    onEvent(event) {
      logFunctionEvent(log, event)
      metrics.onFunctionEvent(event)
    },
    onVerdict: metrics.onVerdict,
    onSweepFailure: (error) => log.failure('files not swept', error),
  })
  const database = await openTimerTable(config).catch(async (error: unknown) => {
    await functions.close()
    throw error
  })
  const timers = timersOf(functions, database, deps)
  const { policies, verdicts } = functions.network
  return {
    served: {
      functions: functions.host,
      spaces: config.spaces,
      policies,
      verdicts,
      clientRoutes: clientRoutes(config, functions, deps),
    },
    start() {
      logPolicyFindings(deps.log, {
        spaceIds: config.spaces.map(({ spaceId }) => spaceId),
        host: functions.host,
        policies,
        routes: (config.gateway?.routes ?? []).map(({ name }) => name),
      })
      policies.start()
      timers.start()
    },
    stop: timers.close,
    async close() {
      await functions.close()
      await database.close()
    },
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
    log,
    now,
    sleep,
    requestId: createRequestIds(randomBytes),
  })
}
