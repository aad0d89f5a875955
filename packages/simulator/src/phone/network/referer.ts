import type { Place } from '../place.ts'

/** The Referer that WeChat sets and no caller can change; version 0 is a development, trial or review build. */
export function refererOf({ app, device }: Place): string {
  const { appid, envVersion, version } = app()
  const shown = device.platform === 'devtools' ? 'devtools' : envVersion === 'release' ? version : '0'
  return `https://servicewechat.com/${appid}/${shown}/page-frame.html`
}
