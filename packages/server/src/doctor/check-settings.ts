import type { Replica } from '../cli/machinery.ts'
import type { ServerConfig } from '../config/server-config.ts'
import { countCallers } from './count-callers.ts'
import type { Finding } from './finding.ts'

/** Settings that work but are old or unsafe, and whether anybody can call at all. */
export async function checkSettings(
  { tokens }: Pick<Replica, 'tokens'>,
  config: ServerConfig,
  now: number,
): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  if (countCallers(config, await tokens.list(), now) === 0) {
    findings.push({
      check: 'settings',
      state: config.production ? 'error' : 'warning',
      subject: 'callers',
      en: `No caller is known, so nobody can read a credential${config.production ? ', and the server does not start' : ''}.`,
      zh: `没有任何调用方，无法读取凭据${config.production ? '，服务不会启动' : ''}。`,
      remedyEn: 'Run: drawbridge tokens create my-backend; or configure uni-cloud-s2s or ipWhiteList.',
      remedyZh: '请运行：drawbridge tokens create my-backend；或配置 uni-cloud-s2s 或 ipWhiteList。',
    })
  }
  for (const { platform, appid, tokenEndpoint } of config.apps) {
    if (tokenEndpoint !== 'legacy' || platform.startsWith('qq')) continue
    findings.push({
      check: 'settings',
      state: 'warning',
      subject: `${platform} ${appid}`,
      en: 'The legacy token endpoint is used: every call of it by any program retires the token before after five minutes.',
      zh: '使用旧 token 接口：任何程序每次获取都会使上一个 token 在 5 分钟后失效。',
      remedyEn: 'Set "tokenEndpoint": "stable", unless another program must share the legacy token.',
      remedyZh: '请设置 "tokenEndpoint": "stable"，除非需与其他程序共用旧接口的 token。',
    })
  }
  if (config.callers.s2s?.type === 'sign') {
    findings.push({
      check: 'settings',
      state: 'warning',
      subject: 'uni-cloud-s2s',
      en: 'The signature of uni-cloud-s2s covers neither path nor nested values.',
      zh: 'uni-cloud-s2s 的签名不覆盖路径与嵌套的值。',
      remedyEn: 'Give callers that you can change a bearer token or an RFC 9421 key.',
      remedyZh: '对可修改的调用方，请改用 bearer token 或 RFC 9421 签名。',
    })
  }
  return findings
}
