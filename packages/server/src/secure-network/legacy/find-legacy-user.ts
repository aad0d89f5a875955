import type { App, Bridge } from '@drawbridge/bridge'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { JsonObject } from '@drawbridge/runtime'
import { clientOf, infoText } from '../../identity/client-of.ts'
import type { Identity } from '../../identity/create-identity.ts'
import { refusalResult } from '../../identity/refusal.ts'
import { findBinding } from '../bindings.ts'
import { isOpenid } from '../keys/is-openid.ts'
import type { Policy } from '../policy-source.ts'
import { refuse } from '../refusal.ts'
import type { Refused } from '../refusal.ts'
import type { ReceivedCall } from '../admitted-call.ts'
import type { LegacyOptions } from './legacy-args.ts'

/** Whose key a call is said to be encrypted with; opening it proves it. */
export interface LegacyUser {
  readonly app: App
  readonly version: 'production' | 'development'
  readonly openid: string
  /** The login code that named him, where its life is to be lengthened once his call was opened. */
  readonly agingCode?: string
}

/** What users are found with. */
export interface LegacyUserDeps {
  readonly bridge: Pick<Bridge, 'apps' | 'get'>
  /** Undefined: the space has no login, so that there are neither handshakes nor tokens. */
  readonly identity?: Pick<Identity, 'codeHandles'> & { readonly tokens: Pick<Identity['tokens'], 'check'> }
}

/** A call, and what is known of its sender; nothing of it is authentic. */
export interface LegacySender {
  readonly call: ReceivedCall
  readonly policy: Policy
  readonly appId: string
  readonly options: LegacyOptions
  /** A guarded function believes no client that names its openid itself. */
  readonly isGuarded: boolean
}

const PLATFORM = 'mp-weixin'

/**
 * By the openid that the client names, where the policy lets it; by the login code of the handshake; by the user of its
 * token. Nothing here asks WeChat. What is wrong with a token is told in uni-id's words.
 */
export async function findLegacyUser(sender: LegacySender, deps: LegacyUserDeps): Promise<LegacyUser | Refused> {
  const apps = boundApps(sender, deps)
  if ('refused' in apps) return apps
  const { mpWeixinCode, mpWeixinOpenid } = sender.options
  if (mpWeixinOpenid !== undefined && sender.policy.allowsLegacyOpenid && !sender.isGuarded)
    return withSession(apps, [mpWeixinOpenid], deps)
  if (mpWeixinCode !== undefined) {
    const holder = await byCode(apps, mpWeixinCode, sender, deps)
    if (holder) return holder
  }
  return byToken(apps, sender, deps)
}

type BoundApp = Pick<LegacyUser, 'app' | 'version'>

/** The mini programs that the space, the applications list and the bridge all know as this app's. */
function boundApps({ call: { space }, policy, appId }: LegacySender, { bridge }: LegacyUserDeps): BoundApp[] | Refused {
  const isSpaces = space.dcloudAppids?.includes(appId) ?? true
  if (!isSpaces) return refuse('APP_NOT_ASSOCIATED', 'the space does not serve this appId')
  const binding = findBinding(policy.apps, { appId, platform: PLATFORM })
  // In monitor mode what the list lacks is found out afterwards, by the policy.
  if ('code' in binding && policy.mode !== 'monitor') return refuse(binding.code, 'the applications list lacks the app')
  const bound = bridge.apps.all().flatMap((app): BoundApp[] => {
    if (app.platform !== 'weixin-mp' || (app.dcloudAppid !== appId && app.dcloudAppid !== '*')) return []
    const own = findBinding(policy.apps, { appId, platform: PLATFORM, id: app.appid })
    if ('version' in own) return [{ app, version: own.version }]
    return policy.mode === 'monitor' ? [{ app, version: 'development' }] : []
  })
  return bound.length > 0 ? bound : refuse('APP_NOT_ASSOCIATED', 'no configured mini program is bound to this appId')
}

async function byCode(
  apps: readonly BoundApp[],
  code: string,
  { call: { space } }: LegacySender,
  { identity }: LegacyUserDeps,
): Promise<LegacyUser | undefined> {
  for (const bound of apps) {
    const holder = await identity?.codeHandles.find(space, bound.app.appid, code)
    if (holder) return { ...bound, openid: holder.openid, ...(holder.isAging && { agingCode: code }) }
  }
  return undefined
}

async function byToken(
  apps: readonly BoundApp[],
  { call: { space, facts }, appId }: LegacySender,
  deps: LegacyUserDeps,
): Promise<LegacyUser | Refused> {
  const { uniIdToken = '' } = facts
  if (!deps.identity || uniIdToken === '')
    return refuse('USER_OPENID_MISSING', 'no openid, code or token that names a user')
  try {
    const { user } = await deps.identity.tokens.check(space, clientOf(space, facts), uniIdToken, { autoRefresh: false })
    return await withSession(apps, openidsOf(user['wx_openid'], appId), deps)
  } catch (error) {
    return tokenRefusal(error, infoText(facts.clientInfo, 'locale'))
  }
}

function tokenRefusal(error: unknown, locale: string): Refused {
  if (!(error instanceof DrawbridgeError)) throw error
  if (error.code === 'LOGIN_OFF') return refuse('USER_OPENID_MISSING', 'login is off, so that no token names a user')
  if (error.detail['errCode'] === 'uni-id-account-not-exists')
    return refuse('USER_UNKNOWN', 'the user of the token is gone')
  const told = refusalResult(error, locale)
  if (!told) throw error
  return { ...refuse('LOGIN_REFUSED', 'the token that names the user is not good'), told }
}

/** Which of the mini programs the openid is of: that with its session. Without any the first, whose key there is not. */
async function withSession(
  apps: readonly BoundApp[],
  openids: readonly string[],
  { bridge }: LegacyUserDeps,
): Promise<LegacyUser | Refused> {
  const all = openids.filter(isOpenid).flatMap((openid) => apps.map((bound) => ({ ...bound, openid })))
  const [first] = all
  if (!first) return refuse('USER_OPENID_MISSING', 'the user has no openid of a mini program')
  if (all.length === 1) return first
  for (const user of all) {
    if (await bridge.get({ kind: 'session_key', app: user.app, openid: user.openid })) return user
  }
  return first
}

/** As uni-id keeps them: of this app first, then of any. */
function openidsOf(kept: unknown, appId: string): readonly string[] {
  if (typeof kept !== 'object' || kept === null) return []
  const openids = new Map(Object.entries(kept as JsonObject))
  const own = [openids.get(`mp_${appId}`), openids.get('mp')]
  return [...new Set(own)].filter((openid) => typeof openid === 'string')
}
