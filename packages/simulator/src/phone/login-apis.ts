import { asyncApi, callApi, callWithoutPromise, hasCallback } from './api-call.ts'
import type { AsyncApi, Ok } from './api-call.ts'
import type { Place } from './place.ts'
import { WxError } from './wx-error.ts'

/** What wx.login gives. */
export interface LoginResult extends Ok {
  readonly code: string
}

/** wx.login and wx.checkSession. */
export interface LoginApis {
  readonly login: AsyncApi<LoginResult, { readonly timeout?: number }>
  readonly checkSession: AsyncApi<Ok>
}

/** Binds the login APIs to a place. Both fail beyond four calls a second per user. */
export function createLoginApis(place: Place): LoginApis {
  const { platform, member, app } = place
  const mayCall = (api: string): void => {
    place.failIfAsked(api)
    const second = Math.floor(platform.clock.now() / 1000)
    const key = `${api} ${app().appid} ${member.user.id}`
    if (platform.limits.take('loginPerSecond', key, second)) return
    throw new WxError(api, 'called too frequently', platform.switches.get('loginTooOftenErrno', app()))
  }
  const login = (): { readonly code: string } => {
    mayCall('login')
    if (platform.users.find(member.user.id)?.loginBanned === true) throw new WxError('login', 'login banned', 1402101)
    return { code: platform.loginCodes.mint(app(), member, platform.sessions.onCode(app(), member)) }
  }

  return {
    login: asyncApi((options) => {
      const promises = hasCallback(options) || platform.switches.get('loginReturnsPromise', app())
      if (promises) return callApi('login', options, login)
      callWithoutPromise('login', options, login)
      return undefined
    }),
    checkSession: asyncApi((options) =>
      callApi('checkSession', options, () => {
        mayCall('checkSession')
        if (platform.sessions.lastCodeIsAlive(app(), member.user.id)) return {}
        throw new WxError('checkSession', 'session time out, need relogin')
      }),
    ),
  }
}
