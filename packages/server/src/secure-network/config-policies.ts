import type { Policy, PolicySource } from './policy-source.ts'

/** The section `secureNetwork` of the configuration: one policy for all spaces. */
export type SecureNetworkConfig = Omit<Policy, 'revision'>

/** The policy of the configuration, which holds until the process ends. */
export function createConfigPolicies(config: SecureNetworkConfig): PolicySource {
  const policy: Policy = { ...config, revision: 1 }
  return { current: () => policy }
}

/** What holds where nothing is configured: no client proves anything, and none is asked to. */
export const secureNetworkOff: SecureNetworkConfig = {
  mode: 'off',
  guards: 'rules',
  rules: {},
  apps: [],
  sources: { http: 'allow', timing: 'allow', function: 'allow', server: 'allow', files: 'refuse' },
  legacyWire: false,
  allowsLegacyOpenid: false,
}
