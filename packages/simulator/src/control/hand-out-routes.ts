import * as field from './control-input.ts'
import { member, route } from './control-route.ts'
import type { ControlRoute } from './control-route.ts'

const families = ['legacy', 'stable', 'qq'] as const
const scopes = ['snsapi_base', 'snsapi_userinfo', 'snsapi_login'] as const

/** Routes for what the platform hands out: codes, keys, tokens, tickets, sessions, pushes. */
export const handOutRoutes: readonly ControlRoute[] = [
  route(
    'POST',
    '/codes/login',
    'What wx.login gives: `{"appid","user"|"openid"}` → `code`.',
    '相当于 wx.login：返回 `code`。',
    ({ control, body }) => ({ code: control.codes.login(member(body)) }),
  ),
  route(
    'POST',
    '/codes/phone',
    'What the phone number button gives.',
    '相当于手机号按钮返回的 `code`。',
    ({ control, body }) => ({ code: control.codes.phone(member(body)) }),
  ),
  route(
    'POST',
    '/codes/oauth',
    "What web OAuth's redirect carries; `scope` optional.",
    '网页授权回调所带的 `code`；`scope` 可选。',
    ({ control, body }) => ({
      code: control.codes.oauth({ ...member(body), scope: field.optionalOneOf(body, 'scope', scopes) }),
    }),
  ),
  route('POST', '/codes/qq-connect', 'A QQ Connect access token.', 'QQ 互联 access_token。', ({ control, body }) => ({
    access_token: control.codes.qqConnectToken(member(body)),
  })),
  route(
    'POST',
    '/codes/encrypted-phone',
    'Phone data the old way: `encryptedData`, `iv`.',
    '旧版手机号数据：`encryptedData`、`iv`。',
    ({ control, body }) => control.codes.encryptedPhone(member(body)),
  ),
  route(
    'POST',
    '/user-keys/latest',
    "What the client's getLatestUserKey gets.",
    '相当于客户端 getLatestUserKey。',
    ({ control, body }) => control.userKeys.latest(member(body)),
  ),
  route(
    'POST',
    '/user-keys/push',
    'A new key version now; `version`, `encryptKey`, `iv`, `lifetimeMs` optional.',
    '立即生成新版本 key；`version`、`encryptKey`、`iv`、`lifetimeMs` 可选。',
    ({ control, body }) =>
      control.userKeys.push({
        ...member(body),
        version: field.optionalNumber(body, 'version'),
        lifetimeMs: field.optionalNumber(body, 'lifetimeMs'),
        encryptKey: field.optionalText(body, 'encryptKey'),
        iv: field.optionalText(body, 'iv'),
      }),
  ),
  route('POST', '/user-keys/forget', "Forgets a user's keys.", '清除用户的全部 key。', ({ control, body }) =>
    control.userKeys.forget(member(body)),
  ),
  route(
    'POST',
    '/tokens/revoke',
    "Kills an app's tokens: `appid`, `family` (legacy, stable, qq), `keepServing`.",
    '吊销应用的 token：`appid`、`family`（legacy、stable、qq）、`keepServing`。',
    ({ control, body }) =>
      control.tokens.revoke({
        appid: field.textField(body, 'appid'),
        family: field.optionalOneOf(body, 'family', families),
        keepServing: field.optionalBoolean(body, 'keepServing'),
      }),
  ),
  route(
    'POST',
    '/tickets/revoke',
    "Kills an app's tickets: `appid`.",
    '吊销应用的 ticket：`appid`。',
    ({ control, body }) => control.tickets.revoke(field.textField(body, 'appid')),
  ),
  route('POST', '/sessions/rotate', 'A new session_key at once.', '立即更换 session_key。', ({ control, body }) => ({
    session_key: control.sessions.rotate(member(body)),
  })),
  route('POST', '/sessions/end', 'Ends a session.', '结束会话。', ({ control, body }) =>
    control.sessions.end(member(body)),
  ),
  route(
    'POST',
    '/oauth/revoke',
    'The user takes every consent back (42007).',
    '用户收回全部授权（42007）。',
    ({ control, body }) => control.oauth.revoke(member(body)),
  ),
  route(
    'POST',
    '/callbacks/verify',
    "Checks an app's callback URL with an echostr: `appid`.",
    '用 echostr 校验回调地址：`appid`。',
    async ({ control, body }) => ({ ok: await control.callbacks.verify(field.textField(body, 'appid')) }),
  ),
  route(
    'POST',
    '/callbacks/push',
    "Delivers `message` to an app's callback URL.",
    '向应用回调地址推送 `message`。',
    ({ control, body }) => control.callbacks.push(field.textField(body, 'appid'), field.objectField(body, 'message')),
  ),
]
