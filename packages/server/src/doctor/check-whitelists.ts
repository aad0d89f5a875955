import type { App, Bridge } from '@drawbridge/bridge'
import type { ServerConfig } from '../config/server-config.ts'
import { findingOfError } from './finding-of-error.ts'
import type { Finding } from './finding.ts'

/**
 * Whether the platforms let this machine have tokens: secret, IP white list, quota. Only a real token call can tell,
 * so it is made only where the operator said so.
 */
export async function checkWhitelists(
  bridge: Bridge,
  config: ServerConfig,
  mayAskPlatform: boolean,
): Promise<readonly Finding[]> {
  const apps = distinct(config.apps.filter(({ tokenEndpoint }) => tokenEndpoint !== 'none'))
  if (apps.length === 0) return []
  if (!mayAskPlatform) {
    return [
      {
        check: 'whitelist',
        state: 'skipped',
        subject: apps.map(({ appid }) => appid).join(', '),
        en: 'Only a real token call shows whether secret and IP white list are right; none was made.',
        zh: '只有真实获取一次 token 才能确认 appsecret 与 IP 白名单是否正确；本次未请求。',
        remedyEn: 'Run: drawbridge doctor --ask-platform (one call for each app; tokens in use stay good).',
        remedyZh: '请运行：drawbridge doctor --ask-platform（每个应用一次请求，使用中的 token 不受影响）。',
      },
    ]
  }
  const findings: Finding[] = []
  for (const app of apps) {
    const subject = `${app.platform} ${app.appid}`
    try {
      await bridge.refresh({ kind: 'access_token', app })
      const sentence = { en: 'The platform gave a token.', zh: '平台已返回 token。' }
      findings.push({ check: 'whitelist', state: 'ok', subject, ...sentence })
    } catch (error) {
      findings.push(findingOfError('whitelist', subject, error))
    }
  }
  return findings
}

/** Apps that share an appid share their token. */
function distinct(apps: readonly App[]): readonly App[] {
  return [...new Map(apps.map((app) => [`${app.platform} ${app.appid}`, app])).values()]
}
