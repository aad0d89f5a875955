import type { NativeMethod, NativeObject } from '../functions/native-object.ts'
import { bindMobileByMpWeixin } from './co/bind-mobile-by-mp-weixin.ts'
import { coMethod } from './co/co-call.ts'
import type { CoDeps } from './co/co-deps.ts'
import { loginByWeixin } from './co/login-by-weixin.ts'
import { secureNetworkHandshake } from './co/secure-network-handshake.ts'

/**
 * The cloud object `uni-id-co` that is built in: the methods of DCloud's that WeChat logins need, with its parameters
 * and results. A project's own copy wins over it.
 */
export function createUniIdCo(deps: CoDeps): NativeObject {
  const { tokens } = deps
  const methods: Record<string, NativeMethod> = {
    loginByWeixin: coMethod((call) => loginByWeixin(deps, call)),
    secureNetworkHandshakeByWeixin: coMethod((call) => secureNetworkHandshake(deps, call)),
    bindMobileByMpWeixin: coMethod((call) => bindMobileByMpWeixin(deps, call)),
    refreshToken: coMethod(async ({ space, client, token }) => ({
      errCode: 0,
      newToken: { ...(await tokens.refresh(space, client, token)) },
    })),
    logout: coMethod(async ({ space, client, token }) => {
      await tokens.end(space, client, token)
      return { errCode: 0 }
    }),
  }
  return {
    name: 'uni-id-co',
    methods: Object.freeze(Object.assign(Object.create(null) as Record<string, NativeMethod>, methods)),
  }
}
