import type { QuickStartFile } from './quick-start-file.ts'

/** A user that is in no platform; its session key is pushed by the second command. */
export const sampleOpenid = 'oDrawbridgeSampleUser0000001'

/** Three commands to copy: read a token, push a session key, see what is stored. For any POSIX shell. */
export function sampleCommands({
  endpoint,
  dcloudAppid,
  connectCode,
  bearerToken,
}: QuickStartFile): readonly [read: string, push: string, list: string] {
  const post = (method: string, body: object) =>
    [
      `curl -sS ${endpoint}/uni-open-bridge/${method}`,
      `-H 'Content-Type: application/json'`,
      `-H 'Unicloud-S2s-Authorization: CONNECTCODE ${connectCode}'`,
      `-d '${JSON.stringify(body)}'`,
    ].join(' ')
  const key = { dcloudAppid, platform: 'weixin-mp' }
  return [
    post('getAccessToken', key),
    post('setSessionKey', {
      ...key,
      openid: sampleOpenid,
      value: { session_key: 'c2Vzc2lvbi1rZXktMDAwMQ==' },
      expiresIn: 7200,
    }),
    `curl -sS ${endpoint}/v1/credentials -H 'Authorization: Bearer ${bearerToken}'`,
  ]
}
