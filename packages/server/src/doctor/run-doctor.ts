import type { Machinery, Replica } from '../cli/machinery.ts'
import type { LoadedConfig } from '../config/load-config.ts'
import type { ServerConfig } from '../config/server-config.ts'
import { checkConfiguration } from './check-configuration.ts'
import { checkCredentials } from './check-credentials.ts'
import { checkPolicies } from './check-policies.ts'
import { checkPlatforms } from './check-platforms.ts'
import { checkSettings } from './check-settings.ts'
import { checkSpaces } from './check-spaces.ts'
import { checkStores } from './check-stores.ts'
import { checkWhitelists } from './check-whitelists.ts'
import { findingOfError } from './finding-of-error.ts'
import type { Finding } from './finding.ts'

/** What the doctor needs. */
export interface DoctorDeps {
  readonly loaded: LoadedConfig
  readonly machinery: Machinery
  /** Whether real token calls may be made. */
  readonly mayAskPlatform: boolean
  readonly now: () => number
  /** Told before each part that may take a while. */
  readonly onPart: (check: Finding['check']) => void
}

/** Looks at everything in turn; what cannot be looked at is a finding too. Never throws. */
export async function runDoctor(deps: DoctorDeps): Promise<readonly Finding[]> {
  const { loaded, machinery, onPart } = deps
  const findings = [...checkConfiguration(loaded)]
  const { config } = loaded
  if (!config) return findings
  findings.push(...checkSpaces(config), ...(await checkPolicies(machinery, config)))
  onPart('platform')
  findings.push(...(await checkPlatforms({ config, probe: machinery.probePlatform, now: deps.now })))
  onPart('store')
  let replica: Replica
  try {
    replica = await machinery.openReplica(config)
  } catch (error) {
    return [...findings, findingOfError('store', config.store.sqlitePath, error)]
  }
  try {
    return [...findings, ...(await examine(replica, config, deps))]
  } finally {
    await replica.close()
  }
}

async function examine(replica: Replica, config: ServerConfig, deps: DoctorDeps): Promise<Finding[]> {
  const findings = [...(await checkStores(replica))]
  deps.onPart('whitelist')
  findings.push(...(await checkWhitelists(replica.bridge, config, deps.mayAskPlatform)))
  findings.push(...(await checkCredentials(replica.bridge, config.schedule, deps.now)))
  findings.push(...(await checkSettings(replica, config, deps.now())))
  return findings
}
