import { randomBytes } from 'node:crypto'
import { dirname, join } from 'node:path'
import { performance } from 'node:perf_hooks'
import type { Bridge, RedisConnection } from '@drawbridge/bridge'
import { createRateLimiter } from '../callers/rate-limiter.ts'
import type { CallPath } from '../calls/call-path.ts'
import type { Time } from '../cli/world.ts'
import type { ServerConfig } from '../config/server-config.ts'
import type { FunctionHost } from '../functions/function-host.ts'
import { createGateway } from '../gateway/create-gateway.ts'
import type { GatewayEvent } from '../gateway/gateway-event.ts'
import { logGatewayEvent } from '../gateway/log-gateway-event.ts'
import type { Identity } from '../identity/create-identity.ts'
import type { Log } from '../log/create-log.ts'
import { logPolicyEvent } from '../log/log-policy-event.ts'
import { createConfigPolicies, secureNetworkOff } from '../secure-network/config-policies.ts'
import { createSecureNetwork } from '../secure-network/create-secure-network.ts'
import type { SecureNetwork } from '../secure-network/create-secure-network.ts'
import { createPolicyCheck } from '../secure-network/lint/create-policy-check.ts'
import { createCodeOpenids } from '../secure-network/keys/code-openids.ts'
import { createLegacyOpener } from '../secure-network/legacy/create-legacy-opener.ts'
import type { PolicyStore } from '../secure-network/policy/create-policy-store.ts'
import { hostPolicies } from '../secure-network/policy/host-policies.ts'
import { openPolicyStore } from '../secure-network/policy/open-policy-store.ts'
import { openReplayGuard } from '../secure-network/replay/open-replay-guard.ts'
import type { Verdict } from '../secure-network/verdict.ts'
import type { Verdicts } from '../secure-network/verdicts/create-verdicts.ts'
import { knownNames } from '../secure-network/verdicts/known-names.ts'
import { openDesk } from '../secure-network/verdicts/open-desk.ts'
import type { SecureNetworkDesk } from '../secure-network/verdicts/open-desk.ts'
import { openVerdicts } from '../secure-network/verdicts/open-verdicts.ts'
import { createRandomSource } from './create-random-source.ts'
import { spacesPath } from './spaces-path.ts'

/** The pipeline of all calls, with its policies, verdicts and backends. */
export interface OpenedSecureNetwork extends SecureNetwork {
  readonly policies: PolicyStore
  readonly verdicts: Verdicts
  /** Logs what of a space's policy does not do what it seems to; for a start, and for new code. New policies do it themselves. */
  readonly checkPolicy: (spaceId: string) => void
  close(): Promise<void>
}

/** What the secure network is opened with. */
export interface SecureNetworkParts extends Pick<Time, 'now' | 'sleep'> {
  readonly bridge: Bridge
  /** What the replicas share; undefined: messages are remembered in this process. */
  readonly redis: RedisConnection | undefined
  readonly host: FunctionHost
  /** Where admitted calls run. */
  readonly path: CallPath
  readonly identity: Identity | undefined
  readonly log: Log
  readonly onVerdict: (verdict: Verdict) => void
  /** Besides the log. */
  readonly onGatewayEvent?: (event: GatewayEvent) => void
}

/** Opens it; nothing stays open when it throws. Throws `STORE_UNAVAILABLE`. */
export async function openSecureNetwork(config: ServerConfig, parts: SecureNetworkParts): Promise<OpenedSecureNetwork> {
  const { bridge, redis, host, path, identity, log, onVerdict, now, sleep } = parts
  const elapsed = (): number => performance.now()
  const policies = await openPolicyStore({
    path: spacesPath(config),
    spaceIds: config.spaces.map(({ spaceId }) => spaceId),
    base: configPolicies(config),
    besideFunctions: hostPolicies(host),
    now,
    sleep,
    onEvent: (event) => {
      logPolicyEvent(log, event)
      if (event.type === 'policy-changed') checkPolicy(event.spaceId)
    },
  })
  const routes = config.gateway?.routes ?? []
  const apps = config.secureNetwork?.apps
  const checkPolicy = createPolicyCheck({
    log,
    host,
    policies,
    routes: routes.map(({ name }) => name),
    ...(apps && { apps }),
  })
  const verdicts = await openVerdicts({
    path: verdictsPath(config),
    ...config.audit,
    routes,
    known: knownNames(config.secureNetwork?.apps ?? [], host),
    now,
    sleep,
    onVerdict,
    onFailure: (error) => {
      log.failure('verdicts not written', error)
    },
  }).catch(async (error: unknown) => {
    await policies.close()
    throw error
  })
  const guard = await openReplayGuard({
    path: spacesPath(config),
    redis,
    now,
    elapsed,
    random: randomBytes,
  }).catch(async (error: unknown) => {
    await verdicts.close()
    await policies.close()
    throw error
  })
  const gateway =
    config.gateway &&
    createGateway({
      config: config.gateway,
      now,
      sleep,
      onEvent: (event) => {
        logGatewayEvent(log, event)
        parts.onGatewayEvent?.(event)
      },
    })
  const { replay, bootedAt } = guard
  const secured = { bridge, replay, now, elapsed, bootedAt, random: createRandomSource(randomBytes) }
  const network = createSecureNetwork({
    ...secured,
    sleep,
    spaces: config.spaces,
    path,
    ...(gateway && { gateway }),
    policies,
    verdicts,
    ...(identity && { codes: createCodeOpenids(identity.codeHandles, elapsed) }),
    openers: { unicloud: createLegacyOpener({ ...secured, ...(identity && { identity }) }) },
    log,
    limiter: createRateLimiter({ perMinute: config.rateLimitPerMinute, now }),
  })
  return {
    ...network,
    policies,
    verdicts,
    checkPolicy,
    async close() {
      await gateway?.close()
      await verdicts.close()
      await policies.close()
      await guard.close()
    },
  }
}

/** Policies and verdicts without the pipeline, for the command line. Throws `STORE_UNAVAILABLE`. */
export function openSecureNetworkDesk(
  config: ServerConfig,
  time: Pick<Time, 'now' | 'sleep'>,
): Promise<SecureNetworkDesk> {
  return openDesk({
    spaces: config.spaces,
    base: configPolicies(config),
    policiesPath: spacesPath(config),
    verdictsPath: verdictsPath(config),
    routes: config.gateway?.routes ?? [],
    ...config.audit,
    ...time,
  })
}

function configPolicies({ secureNetwork = secureNetworkOff }: ServerConfig) {
  return createConfigPolicies(secureNetwork)
}

/** A file of their own: their many commits disturb nobody. */
function verdictsPath({ store }: ServerConfig): string {
  return join(dirname(store.sqlitePath), 'verdicts.db')
}
