import { CONTROL_PREFIX } from './control/answer-control.ts'
import type { App } from './state/apps.ts'

/** What the command prints once it serves, in Chinese and English. Ends with a line end. */
export function startupText({
  url,
  seed,
  apps,
}: {
  readonly url: string
  readonly seed: string
  readonly apps: readonly App[]
}): string {
  const first = apps[0]
  const rows = apps.map(({ appid, secret, type }) => `  ${type.padEnd(7)} ${appid.padEnd(20)} ${secret}`)
  return `${[
    `微信模拟器已启动 · WeChat simulator is running:  ${url}`,
    '',
    '应用 (类型 appid 密钥) · apps (type appid secret)',
    ...rows,
    '',
    '把 SDK 的接口地址换成 · point your SDK at',
    `  api.weixin.qq.com  →  ${url}    (或 or ${url}/api.weixin.qq.com)`,
    `  api.q.qq.com       →  ${url}/api.q.qq.com`,
    `  graph.qq.com       →  ${url}/graph.qq.com`,
    '',
    '试一试 · try it',
    `  curl '${url}/cgi-bin/token?grant_type=client_credential&appid=${first?.appid ?? ''}&secret=${first?.secret ?? ''}'`,
    `  curl -X POST ${url}${CONTROL_PREFIX}/codes/login -d '{"appid":"${first?.appid ?? ''}"}'`,
    `  curl -X POST ${url}${CONTROL_PREFIX}/failures -d '{"kind":"system-busy","count":1}'`,
    '',
    `控制接口 · control URL:  ${url}${CONTROL_PREFIX}/`,
    `随机种子 · seed:  ${seed}`,
    '按 Ctrl+C 停止 · Ctrl+C stops it',
  ].join('\n')}\n`
}
