import { randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import pretty from 'pino-pretty'
import type { BridgeEvent } from '@drawbridge/bridge'
import { DrawbridgeError } from '@drawbridge/protocol'
import { createCallers } from '../callers/create-callers.ts'
import { createRedisReplayMemory } from '../callers/signature/redis-replay-memory.ts'
import type { RunningServer, ServerOptions } from '../cli/machinery.ts'
import type { Time } from '../cli/world.ts'
import type { ServerConfig } from '../config/server-config.ts'
import { readOrigin } from '../files/public-origin.ts'
import { countCallers } from '../doctor/count-callers.ts'
import { createHttpServer } from '../http/create-http-server.ts'
import type { Log } from '../log/create-log.ts'
import { createLog } from '../log/create-log.ts'
import { logBridgeEvent } from '../log/log-bridge-event.ts'
import { createMetrics } from '../metrics/create-metrics.ts'
import { openReplica } from './open-replica.ts'
import { openSpaceSide } from './open-space-side.ts'
import type { OpenedReplica } from './open-replica.ts'

/**
 * Puts the server together, lets it listen, and starts the schedule. Throws `PORT_BUSY`, `SERVER_OPEN_TO_ALL`,
 * `MASTER_KEY_INVALID`, `STORE_UNAVAILABLE`; nothing stays open then.
 */
export async function startServer(
  config: ServerConfig,
  { log: audience, showsFaults = false }: ServerOptions,
  { now, isMachineClock = false, sleep }: Time,
): Promise<RunningServer> {
  const log = openLog(config, audience)
  const metrics = createMetrics({ now })
  const onEvent = (event: BridgeEvent): void => {
    logBridgeEvent(log, event)
    metrics.onBridgeEvent(event)
  }
  const replica = await openReplica(config, {
    now,
    isMachineClock,
    sleep,
    onEvent,
    onAuditFailure: (error) => log.failure('audit-not-written', error),
  })
  const { bridge, tokens, audit } = replica
  if (config.production && (await hasNoCaller(replica, config, now()))) {
    await replica.close()
    throw new DrawbridgeError('SERVER_OPEN_TO_ALL')
  }
  const { redis, now: agreedNow } = replica.connected
  const callers = createCallers({
    config: config.callers,
    tokens,
    // Signatures are of now by the clock that the replicas agree on.
    now: agreedNow,
    ...(redis && { replays: createRedisReplayMemory({ redis, now: agreedNow }) }),
  })
  let endpoint = ''
  const spaceSide = await openSpaceSide(config, {
    connected: replica.connected,
    showsFaults,
    log,
    metrics,
    now,
    sleep,
    ownOrigin: () => readOrigin(endpoint),
  }).catch(async (error: unknown) => {
    await replica.close()
    throw error
  })
  const server = createHttpServer({
    config,
    bridge,
    callers,
    audit,
    metrics,
    log,
    now,
    sleep,
    random: randomBytes,
    ...spaceSide.served,
  })
  // The server's own close ends bridge, callers and audit, in this order.
  const close = async (): Promise<void> => {
    await spaceSide.stop()
    await server.close()
    await spaceSide.close()
    await replica.connected.close()
  }
  try {
    await server.listen({ host: config.host, port: config.port })
  } catch (cause) {
    await close()
    throw asPortBusy(cause, config)
  }
  endpoint = endpointOf(config.host, server.server.address())
  bridge.start()
  spaceSide.start()
  log.info('listening', { endpoint, production: config.production })
  const { functions } = spaceSide.served
  return { endpoint, replica, ...(functions && { functions }), close }
}

async function hasNoCaller({ tokens }: OpenedReplica, config: ServerConfig, now: number): Promise<boolean> {
  return countCallers(config, await tokens.list(), now) === 0
}

function openLog({ logLevel: level }: ServerConfig, audience: ServerOptions['log']): Log {
  if (audience === 'json') return createLog({ level })
  if (audience === 'none') return createLog({ level, destination: { write: () => undefined } })
  // On standard error, since what people copy from is on standard output.
  return createLog({ level, destination: pretty({ destination: 2, sync: true, messageKey: 'event' }) })
}

function asPortBusy(cause: unknown, { host, port }: ServerConfig): unknown {
  const isBusy = cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE'
  return isBusy ? new DrawbridgeError('PORT_BUSY', { host, port, try: `PORT=${port + 10}` }, { cause }) : cause
}

/** How the server is reached from this machine. */
function endpointOf(host: string, address: AddressInfo | string | null): string {
  const reached = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  const port = typeof address === 'object' ? address?.port : undefined
  return `http://${reached.includes(':') ? `[${reached}]` : reached}:${port ?? 0}`
}
