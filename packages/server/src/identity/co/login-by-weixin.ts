import { fetchProfile } from '@drawbridge/bridge'
import type { JsonObject } from '@drawbridge/runtime'
import { identityAppFor } from '../identity-config.ts'
import { userCollection } from '../users/read-user.ts'
import { findOrRegister } from '../users/weixin-user.ts'
import type { WeixinUser } from '../users/weixin-user.ts'
import type { WeixinAccount } from '../weixin/weixin-accounts.ts'
import { weixinAppOf, weixinPlatformOf } from '../weixin/weixin-platform.ts'
import { optionalTextParam, textParam } from './co-call.ts'
import type { CoCall } from './co-call.ts'
import type { CoDeps } from './co-deps.ts'
import { reported } from './reported.ts'

/**
 * `loginByWeixin({code, inviteCode?})`: from a mini program, an official account's page, a website or an app. Gives
 * `{errCode: 0, newToken: {token, tokenExpired}, uid, mobileConfirmed, emailConfirmed, passwordConfirmed, type}`.
 * `beforeUser` runs between WeChat's yes and the user's record.
 */
export async function loginByWeixin(
  deps: CoDeps,
  call: CoCall,
  beforeUser?: (account: WeixinAccount, code: string) => Promise<void>,
): Promise<JsonObject> {
  const { space, client, params } = call
  const code = textParam(params, 'code')
  const inviteCode = optionalTextParam(params, 'inviteCode')
  const platform = weixinPlatformOf(client)
  // Before the code is spent.
  identityAppFor(deps.config, client.appId)
  const app = weixinAppOf(deps.bridge, client, platform)
  return reported(deps, { type: 'login', spaceId: space.spaceId, platform }, async (note) => {
    const account = await deps.accounts.exchange({ app, platform, code, ip: client.ip })
    await beforeUser?.(account, code)
    const { spaceId } = space
    const { type, user } = await findOrRegister(deps, { spaceId, client, account, inviteCode })
    note({ type })
    if (type === 'register') await keepProfile(deps, spaceId, account, user)
    const newToken = await deps.tokens.create(space, client, { uid: user._id })
    if (call.token !== '') await deps.tokens.retire(space, client, call.token)
    return { errCode: 0, newToken: { ...newToken }, uid: user._id, ...confirmations(user), type }
  })
}

function confirmations(user: WeixinUser['user']): JsonObject {
  return {
    mobileConfirmed: Boolean(user['mobile'] && user['mobile_confirmed']),
    emailConfirmed: Boolean(user['email'] && user['email_confirmed']),
    passwordConfirmed: Boolean(user['password']),
  }
}

/** Scopes with which WeChat shows a profile. */
const PROFILE_SCOPES: readonly string[] = ['snsapi_userinfo', 'snsapi_login']

/** Nickname and picture of a new user, where WeChat shows them; a login does not fail for want of them. */
async function keepProfile(
  { upstream, documents }: CoDeps,
  spaceId: string,
  { app, openid, grant }: WeixinAccount,
  user: WeixinUser['user'],
): Promise<void> {
  if (!grant?.scope.split(',').some((scope) => PROFILE_SCOPES.includes(scope))) return
  const { accessToken } = grant
  const profile = await fetchProfile(app, { openid, accessToken }, upstream).catch(() => undefined)
  if (profile === undefined) return
  const { nickname, avatarUrl } = profile
  const change = { ...(nickname !== '' && { nickname }), ...(avatarUrl !== '' && { avatar: avatarUrl }) }
  if (Object.keys(change).length === 0) return
  await documents.update(spaceId, { collection: userCollection, where: { _id: user._id } }, { $set: change })
}
