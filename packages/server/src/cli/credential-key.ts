import type { App, Apps, CredentialKey, CredentialKind } from '@drawbridge/bridge'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { CommandContext, CommandOption } from './command.ts'

/** The options that name a credential. */
export const keyOptions: Readonly<Record<string, CommandOption>> = {
  platform: { value: 'platform', en: 'weixin-mp, weixin-h5, … ; needed.', zh: 'weixin-mp、weixin-h5 等，必填。' },
  'dcloud-appid': {
    value: 'id',
    en: 'The DCloud app; may be left out when there is one.',
    zh: 'dcloudAppid，仅一个应用时可省略。',
  },
  appid: {
    value: 'appid',
    en: 'The platform’s appid, instead of --dcloud-appid.',
    zh: '平台 appid，可代替 --dcloud-appid。',
  },
  openid: {
    value: 'openid',
    en: 'The user, for session_key, encrypt_key, user_access_token.',
    zh: '用户 openid（session_key、encrypt_key、user_access_token）。',
  },
  version: { value: 'n', en: 'The version of an encrypt_key.', zh: 'encrypt_key 的版本。' },
  'ticket-type': { value: 'type', en: 'jsapi or wx_card.', zh: 'jsapi 或 wx_card。' },
}

const kinds: readonly CredentialKind[] = ['access_token', 'user_access_token', 'session_key', 'encrypt_key', 'ticket']

/** The credential that the command line names. Throws `CREDENTIAL_KEY_INVALID` or `APP_UNKNOWN`. */
export function credentialKey({ option, words }: Pick<CommandContext, 'option' | 'words'>, apps: Apps): CredentialKey {
  const kind = kinds.find((name) => name === words[0]?.replaceAll('-', '_'))
  if (!kind) throw invalid('kind', kinds.join(', '))
  const platform = option('platform')
  if (!platform) throw invalid('platform', '--platform')
  const app = appOf(apps, platform, option('appid'), option('dcloud-appid'))
  const openid = option('openid')
  const version = option('version')
  const ticketType = option('ticket-type')
  if (kind.match(/^(user_access_token|session_key|encrypt_key)$/) && !openid) throw invalid('openid', '--openid')
  if (version !== undefined && !/^\d{1,15}$/.test(version)) throw invalid('version', '--version 1')
  if (kind === 'encrypt_key' && version === undefined) throw invalid('version', '--version 1')
  if (ticketType !== undefined && ticketType !== 'jsapi' && ticketType !== 'wx_card') {
    throw invalid('ticketType', 'jsapi, wx_card')
  }
  return {
    kind,
    app,
    ...(openid && { openid }),
    ...(version !== undefined && { version: Number(version) }),
    ...(ticketType && { ticketType }),
  }
}

function appOf(apps: Apps, platform: string, appid: string | undefined, dcloudAppid: string | undefined): App {
  if (appid === undefined) return apps.resolve(dcloudAppid, platform)
  const app = apps.byAppid(platform, appid)
  if (!app) throw new DrawbridgeError('APP_UNKNOWN', { platform, appid })
  return app
}

function invalid(field: string, expected: string): DrawbridgeError {
  return new DrawbridgeError('CREDENTIAL_KEY_INVALID', { field, expected })
}
