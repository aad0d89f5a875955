import { CLIENT_SYSTEM_ERROR, USER_OPENID_MISSING, clientError, parameterError } from '../client-error.ts'
import type { Weixin } from '../host.ts'
import { shareRunning } from '../share-running.ts'
import { throwHostError } from '../uni-cloud-error.ts'
import type { Subjects } from '../secure/create-secure-calls.ts'

/** What `initSecureNetworkByWeixin` takes. */
export interface WeixinInit {
  /** The user's openid, where the app knows it. Not together with `callLoginByWeixin`. */
  readonly openid?: string
  /** Log the user in by uni-id at the same time. */
  readonly callLoginByWeixin?: boolean
}

/** How the server comes to know whose keys a mini program uses. */
export interface WeixinSubjects extends Subjects {
  /**
   * Once per client: while it succeeded, later calls give the first one's answer; after a failure it can be called
   * again. Throws what the host or the handshake throws, 20000 off WeChat, 10002 for both options at once.
   */
  init(options?: WeixinInit): Promise<{ readonly code?: string }>
}

/** @param handshake `uni-id-co.secureNetworkHandshakeByWeixin` with these parameters, its errCode thrown */
export function createWeixinSubjects(
  weixin: Weixin | undefined,
  handshake: (params: { readonly code: string; readonly callLoginByWeixin: boolean }) => Promise<unknown>,
): WeixinSubjects {
  let started: Promise<{ readonly code?: string }> | undefined
  let who: string | undefined

  const logIn = async ({ login }: Weixin, callLoginByWeixin: boolean): Promise<{ readonly code: string }> => {
    const code = await login().catch(throwHostError)
    await handshake({ code, callLoginByWeixin })
    who = `@${code}`
    return { code }
  }

  // Calls that fail together log in once.
  const logInAgain = shareRunning(async () => {
    if (weixin) await logIn(weixin, false)
  })

  const start = async ({ openid, callLoginByWeixin = false }: WeixinInit): Promise<{ readonly code?: string }> => {
    if (!weixin) throw clientError(CLIENT_SYSTEM_ERROR)
    if (openid && callLoginByWeixin) throw parameterError('openid')
    if (!openid) return logIn(weixin, callLoginByWeixin)
    who = openid
    return {}
  }

  return {
    init(options = {}) {
      started =
        started ??
        start(options).catch((error: unknown) => {
          started = undefined
          throw error
        })
      return started
    },
    async current() {
      if (!weixin || (who === undefined && !started)) throw clientError(USER_OPENID_MISSING)
      await started
      return `${weixin.appId()}:${who ?? ''}`
    },
    async renew() {
      if (!who || who[0] !== '@') return false
      await logInAgain()
      return true
    },
  }
}
