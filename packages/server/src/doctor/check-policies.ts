import type { Machinery } from '../cli/machinery.ts'
import type { ServerConfig } from '../config/server-config.ts'
import { readFunctionsFolder } from '../functions/read-functions-folder.ts'
import { checkPolicy } from '../secure-network/lint/check-policy.ts'
import type { SecureNetworkDesk } from '../secure-network/verdicts/open-desk.ts'
import type { Space } from '../spaces/space.ts'
import { findingOfError } from './finding-of-error.ts'
import type { Finding } from './finding.ts'

/** Rules and policies of the spaces that do not do what they seem to. Never throws. */
export async function checkPolicies(
  { openDesk }: Pick<Machinery, 'openDesk'>,
  config: ServerConfig,
): Promise<readonly Finding[]> {
  if (!openDesk || config.spaces.length === 0) return []
  let desk: SecureNetworkDesk
  try {
    desk = await openDesk(config)
  } catch (error) {
    return [findingOfError('settings', 'policies', error)]
  }
  const { policies, spaces } = desk
  const routes = desk.routes.map(({ name }) => name)
  try {
    return spaces.flatMap((space) => checkSpacePolicy(space, policies, routes))
  } finally {
    await desk.close()
  }
}

function checkSpacePolicy(
  { spaceId, functionsFolder, workers }: Space,
  policies: SecureNetworkDesk['policies'],
  routes: readonly string[],
): readonly Finding[] {
  try {
    const { mode, rules, origin } = policies.show(spaceId)
    const { apps } = policies.current(spaceId)
    const functions =
      functionsFolder === undefined
        ? []
        : [...readFunctionsFolder(functionsFolder, workers.timeoutSeconds).functions.values()]
    const rulesRead = origin === 'configuration'
    const findings = checkPolicy({ functions, rules, routes, mode, apps }, { rulesRead })
    return findings.map(({ functionName, en, zh, remedyEn, remedyZh }) => ({
      check: 'settings',
      state: 'warning',
      subject: `spaces ${spaceId} ${functionName}`,
      en,
      zh,
      remedyEn,
      remedyZh,
    }))
  } catch (error) {
    return [findingOfError('settings', `spaces ${spaceId}`, error)]
  }
}
