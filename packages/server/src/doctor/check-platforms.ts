import type { PlatformProbe } from '../cli/machinery.ts'
import type { ServerConfig } from '../config/server-config.ts'
import { findingOfError } from './finding-of-error.ts'
import type { Finding } from './finding.ts'

/** A clock that is off by more than this disturbs signatures of callers and expiry. */
const SKEW_WARNING_MS = 5_000
const SKEW_ERROR_MS = 60_000

/** Whether the platforms that the apps need can be reached, and whether this machine's clock agrees with theirs. */
export async function checkPlatforms({
  config,
  probe,
  now,
}: {
  readonly config: ServerConfig
  readonly probe: (url: string, timeoutMs: number) => Promise<PlatformProbe>
  readonly now: () => number
}): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  for (const url of neededHosts(config)) {
    try {
      const { status, date, tookMs } = await probe(url, config.upstream.timeoutMs)
      const receivedAt = now()
      findings.push({
        check: 'platform',
        state: 'ok',
        subject: url,
        en: `It answers (HTTP ${status}, ${tookMs} ms).`,
        zh: `可以访问（HTTP ${status}，${tookMs} 毫秒）。`,
      })
      // The header has whole seconds and was written on the way: half a second and half the trip are subtracted.
      if (date !== undefined) findings.push(clockFinding(url, receivedAt - tookMs / 2 - (date + 500)))
    } catch (error) {
      findings.push(findingOfError('platform', url, error))
    }
  }
  return findings
}

function neededHosts({ apps, upstream }: ServerConfig): readonly string[] {
  const hosts = apps.flatMap(({ platform }) => {
    if (platform === 'qq-mp') return [upstream.qq]
    return platform === 'qq-app' ? [upstream.graphQq] : [upstream.weixin]
  })
  return [...new Set(hosts)]
}

function clockFinding(url: string, skewMs: number): Finding {
  const seconds = Math.round(Math.abs(skewMs) / 1000)
  const isAhead = skewMs > 0
  if (Math.abs(skewMs) < SKEW_WARNING_MS) {
    return {
      check: 'clock',
      state: 'ok',
      subject: url,
      en: 'The clock agrees with the platform’s.',
      zh: '时钟与平台一致。',
    }
  }
  return {
    check: 'clock',
    state: Math.abs(skewMs) < SKEW_ERROR_MS ? 'warning' : 'error',
    subject: url,
    en: `This machine’s clock is ${seconds} s ${isAhead ? 'ahead of' : 'behind'} the platform’s.`,
    zh: `本机时钟比平台${isAhead ? '快' : '慢'} ${seconds} 秒。`,
    remedyEn: 'Set it by NTP (timedatectl set-ntp true).',
    remedyZh: '请用 NTP 校时（timedatectl set-ntp true）。',
  }
}
