import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import type { App, Bridge } from '@drawbridge/bridge'
import { createCallers } from '../src/callers/create-callers.ts'
import { createRateLimiter } from '../src/callers/rate-limiter.ts'
import { createCallPath } from '../src/calls/create-call-path.ts'
import { createFunctionCalls } from '../src/calls/create-function-calls.ts'
import { guardFileMethods } from '../src/files/guard-file-methods.ts'
import { createFunctionHost } from '../src/functions/create-function-host.ts'
import { createFunctionLog } from '../src/functions/create-function-log.ts'
import type { NativeObject } from '../src/functions/native-object.ts'
import { demandConfig, loadConfig } from '../src/config/load-config.ts'
import { createGateway } from '../src/gateway/create-gateway.ts'
import type { GatewayConfig } from '../src/gateway/gateway-config.ts'
import type { GatewayEvent } from '../src/gateway/gateway-event.ts'
import type { SocketLimits } from '../src/gateway/socket/socket-limits.ts'
import { createHttpServer } from '../src/http/create-http-server.ts'
import { createLog } from '../src/log/create-log.ts'
import { openReplica } from '../src/machinery/open-replica.ts'
import { createMetrics } from '../src/metrics/create-metrics.ts'
import { createConfigPolicies, secureNetworkOff } from '../src/secure-network/config-policies.ts'
import { createSecureNetwork } from '../src/secure-network/create-secure-network.ts'
import type { SecureNetwork } from '../src/secure-network/create-secure-network.ts'
import type { PolicySource } from '../src/secure-network/policy-source.ts'
import { createReplayMemory } from '../src/secure-network/replay/create-replay-memory.ts'
import type { Verdict } from '../src/secure-network/verdict.ts'
import type { Space } from '../src/spaces/space.ts'
import { createUnicloudRoutes } from '../src/unicloud/create-unicloud-routes.ts'
import { openClientFiles } from './open-client-files.ts'
import type { ClientFilesOptions } from './open-client-files.ts'

/** What a test says of its server. */
export interface ClientServerOptions {
  readonly spaces: readonly Space[]
  readonly natives?: readonly NativeObject[]
  /** 0: any free one. */
  readonly port?: number
  readonly now?: () => number
  readonly tokenKey?: Uint8Array
  readonly tokenLifetimeMs?: number
  /** Requests a minute and address to `/client`; no limit when left out. */
  readonly clientsPerMinute?: number
  /** Apps of the bridge; none when left out. */
  readonly apps?: readonly App[]
  /** Where WeChat is. */
  readonly weixinUrl?: string
  /** The policies of the spaces; off when left out. */
  readonly policies?: PolicySource
  /** When the server says that it began; long ago when left out. */
  readonly bootedAt?: number
  /** Cloud storage on a local disk; none when left out. */
  readonly files?: ClientFilesOptions
  /** Backends that clients may call; none when left out. */
  readonly gateway?: GatewayConfig
  /** What sockets may take; the usual when left out. */
  readonly socketLimits?: Partial<SocketLimits>
  /** What became of requests to backends. */
  readonly onGatewayEvent?: (event: GatewayEvent) => void
}

/** A server that runs functions of spaces for the stock client. */
export interface ClientServer {
  readonly endpoint: string
  readonly port: number
  /** The lines of its log. */
  readonly lines: readonly string[]
  readonly bridge: Bridge
  /** What was decided about calls. */
  readonly verdicts: readonly Verdict[]
  close(): Promise<void>
}

/** Starts the HTTP server with the wire of the stock client on real stores. */
export async function startClientServer(options: ClientServerOptions): Promise<ClientServer> {
  const {
    spaces,
    natives = [],
    port: wanted = 0,
    now = Date.now,
    tokenKey,
    tokenLifetimeMs,
    clientsPerMinute = 0,
    apps = [],
    weixinUrl,
    policies = createConfigPolicies(secureNetworkOff),
    bootedAt = 0,
    onGatewayEvent = () => undefined,
  } = options
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-client-'))
  const lines: string[] = []
  const log = createLog({ level: 'debug', destination: { write: (line) => void lines.push(line) } })
  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    wait(ms, undefined, { ref: false, ...(signal && { signal }) })
  const loaded = demandConfig(loadConfig({ env: {}, cwd: folder, configText: '{}' }))
  const upstream = { ...loaded.upstream, ...(weixinUrl !== undefined && { weixin: weixinUrl }) }
  const config = { ...loaded, spaces, apps, upstream }
  const replica = await openReplica(config, { now, sleep })
  const files =
    options.files && (await openClientFiles(options.files, { folder, spaces, now, sleep, reached: () => endpoint }))
  const host = await createFunctionHost({
    spaces,
    services: { call: createFunctionCalls(() => secureNetwork.intake), ...(files && { file: files.service }) },
    log: createFunctionLog(),
    now,
    sleep,
    onEvent: () => undefined,
  })
  const gateway = options.gateway && createGateway({ config: options.gateway, now, sleep, onEvent: onGatewayEvent })
  const verdicts: Verdict[] = []
  const sink = { record: (verdict: Verdict) => void verdicts.push(verdict) }
  const limiter = createRateLimiter({ perMinute: clientsPerMinute, now })
  const secureNetwork: SecureNetwork = createSecureNetwork({
    spaces,
    path: createCallPath({ host, natives: [...natives, ...(files ? [files.object] : [])] }),
    ...(gateway && { gateway }),
    policies,
    verdicts: sink,
    bridge: replica.bridge,
    replay: createReplayMemory({ elapsed: now, key: randomBytes(32), slots: 2 ** 12 }),
    now,
    elapsed: options.now ?? (() => performance.now()),
    bootedAt,
    random: randomBytes,
    log,
    limiter,
    sleep,
    ...(options.socketLimits && { limits: options.socketLimits }),
  })
  const server = createHttpServer({
    config,
    bridge: replica.bridge,
    callers: createCallers({ config: config.callers, tokens: replica.tokens, now }),
    audit: replica.audit,
    metrics: createMetrics({ now, processMetrics: false }),
    log,
    now,
    random: randomBytes,
    sleep,
    clientRoutes: [
      ...createUnicloudRoutes({
        spaces,
        calls: secureNetwork.intake,
        now,
        random: randomBytes,
        log,
        limiter,
        ...(tokenKey && { tokenKey }),
        ...(tokenLifetimeMs !== undefined && { tokenLifetimeMs }),
        ...(files && { files: guardFileMethods(files.methods, { policies, verdicts: sink, now }) }),
      }),
      ...secureNetwork.routes,
      ...(files?.routes ?? []),
    ],
  })
  const endpoint: string = await server.listen({ host: '127.0.0.1', port: wanted })
  const { port } = server.server.address() as AddressInfo
  return {
    endpoint,
    port,
    lines,
    bridge: replica.bridge,
    verdicts,
    async close() {
      await server.close()
      await host.close()
      await gateway?.close()
      await files?.close()
      await replica.connected.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
