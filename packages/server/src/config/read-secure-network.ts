import type { App } from '@drawbridge/bridge'
import type { SecureNetworkConfig } from '../secure-network/config-policies.ts'
import type { AssociatedApp } from '../secure-network/policy-source.ts'
import { checkRuleSet } from '../secure-network/policy/check-rule-set.ts'
import { warnOfSuites } from '../secure-network/policy/warn-of-suites.ts'
import { checkBindings } from './check-bindings.ts'
import type { Report } from './mistake.ts'
import type { Place } from './place.ts'
import { at } from './place.ts'
import type { SecureNetworkInFile } from './secure-network-schema.ts'
import { anyDcloudAppid } from './server-config.ts'

/** What the section is read with. */
interface SecureNetworkSources {
  readonly production: boolean
  /** The apps that the bridge serves. */
  readonly apps: readonly App[]
  readonly report: Report
}

/** The section `secureNetwork`, at `place`; without it the secure network is off. */
export function readSecureNetwork(
  says: SecureNetworkInFile | undefined,
  place: Place,
  sources: SecureNetworkSources,
): SecureNetworkConfig {
  const { mode = says ? 'enforce' : 'off', rules = {}, legacyOpenid = false, suites, sources: passes } = says ?? {}
  const { guards = Object.keys(rules).length > 0 ? 'rules' : 'all', legacyWire } = says ?? {}
  const apps = says?.apps ? says.apps.map(toApp) : ownMiniPrograms(sources.apps)
  if (says) {
    checkApps(apps, says.apps ? at(place, 'apps') : place, sources)
    for (const [key, list] of Object.entries(rules))
      if (list.length === 0) sources.report('SECURE_RULE_EMPTY', at(place, 'rules', key))
    checkRuleSet(at(place, 'rules'), sources.report, apps)
    warnOfSuites(at(place, 'suites'), sources.report)
    if (sources.production && legacyWire === 'on') sources.report('LEGACY_WIRE_ON', at(place, 'legacyWire'))
  }
  return {
    mode,
    guards,
    rules,
    apps,
    sources: { http: 'refuse', timing: 'allow', function: 'allow', server: 'allow', files: 'refuse', ...passes },
    legacyWire: legacyWire === undefined ? !sources.production : legacyWire === 'on',
    allowsLegacyOpenid: legacyOpenid,
    ...(suites && { suites }),
  }
}

function toApp({
  appId,
  platform,
  release = [],
  development = [],
}: NonNullable<SecureNetworkInFile['apps']>[number]): AssociatedApp {
  return { appId, platform, release, development }
}

/** Who has said which mini program belongs to which DCloud app need not say it again. */
function ownMiniPrograms(apps: readonly App[]): readonly AssociatedApp[] {
  return apps
    .filter(({ platform, dcloudAppid }) => platform === 'weixin-mp' && dcloudAppid !== anyDcloudAppid)
    .map(({ dcloudAppid, appid }) => ({
      appId: dcloudAppid,
      platform: 'mp-weixin',
      release: [appid],
      development: [],
    }))
}

function checkApps(
  associated: readonly AssociatedApp[],
  place: Place,
  { apps, report }: Pick<SecureNetworkSources, 'apps' | 'report'>,
): void {
  if (associated.length === 0) report('SECURE_APPS_NONE', place)
  checkBindings(place, report)
  for (const [index, { appId, platform, release, development }] of associated.entries()) {
    if (platform !== 'mp-weixin') continue
    for (const id of new Set([...release, ...development]))
      if (!apps.some((app) => isMiniProgram(app, appId, id)))
        report('SECURE_BINDING_UNKNOWN', at(place, index), { appId, id })
  }
}

function isMiniProgram({ platform, appid, dcloudAppid }: App, appId: string, id: string): boolean {
  return platform === 'weixin-mp' && appid === id && (dcloudAppid === appId || dcloudAppid === anyDcloudAppid)
}
