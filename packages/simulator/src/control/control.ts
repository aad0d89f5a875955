import type { CallLog } from '../calls/call-log.ts'
import { createCallbackControl } from '../callbacks/callback-control.ts'
import type { CallbackControl } from '../callbacks/callback-control.ts'
import type { Clock } from '../clock/clock.ts'
import { encryptOpenData, encryptedDataHash } from '../crypto/open-data.ts'
import type { EncryptedData } from '../crypto/open-data.ts'
import { phoneInfo } from '../endpoints/get-user-phone-number.ts'
import { createJssdkControl } from './jssdk-control.ts'
import type { JssdkControl } from './jssdk-control.ts'
import type { FailureBook } from '../failures/failure-book.ts'
import type { LimitBook } from '../limits/limits.ts'
import type { Platform } from '../platform.ts'
import type { App, Apps } from '../state/apps.ts'
import type { OAuthScope } from '../state/oauth.ts'
import type { Session } from '../state/sessions.ts'
import type { SwitchBoard } from '../state/switch-board.ts'
import type { TokenFamily } from '../state/token-registry.ts'
import type { UserKey, UserKeyInput } from '../state/user-keys.ts'
import type { Member, UserRef, Users } from '../state/users.ts'
import { readState } from './read-state.ts'
import type { AppState } from './read-state.ts'

/** Who is meant: an app, and a user of it by our id or openid (nobody named: the first user). */
export interface MemberRef extends UserRef {
  readonly appid: string
}

/** The console of the simulated platform, in process: everything a test may want to see or to change. */
export interface Control {
  readonly clock: Clock
  readonly switches: SwitchBoard
  readonly apps: Apps
  readonly users: Pick<Users, 'add' | 'find' | 'change' | 'list'>
  readonly failures: Omit<FailureBook, 'strike' | 'strikeKind'>
  readonly calls: Omit<CallLog, 'record'>
  readonly limits: Pick<LimitBook, 'set'>
  readonly tokens: TokenControl
  readonly tickets: { revoke(appid: string): void }
  readonly sessions: SessionControl
  readonly codes: CodeControl
  readonly userKeys: UserKeyControl
  readonly callbacks: CallbackControl
  /** The user takes every consent back (42007). */
  readonly oauth: { revoke(ref: MemberRef): void }
  readonly jssdk: JssdkControl
  /** A user's openid in an app, and the unionid if the app has one. */
  member(ref: MemberRef): { readonly userId: string; readonly openid: string; readonly unionid: string | undefined }
  /** All that the platform has handed out to an app and one of its users. */
  state(appid: string, ref?: UserRef): AppState
}

/** Access tokens. */
export interface TokenControl {
  /** Kills the tokens of an app; `keepServing`: stable_token goes on answering the dead one until it is forced. */
  revoke(input: {
    readonly appid: string
    readonly family?: TokenFamily | undefined
    readonly keepServing?: boolean | undefined
  }): void
  /** Does the platform accept this token now? */
  isLive(token: string): boolean
}

/** Login sessions. */
export interface SessionControl {
  get(ref: MemberRef): Session | undefined
  /** A new session_key at once, as a login elsewhere makes it. Returns it. */
  rotate(ref: MemberRef): string
  end(ref: MemberRef): void
}

/** Codes that a client would otherwise get from the phone. */
export interface CodeControl {
  /** What wx.login gives; may rotate the session. */
  login(ref: MemberRef): string
  /** What the phone number button gives. */
  phone(ref: MemberRef): string
  /** What the redirect of web OAuth carries. Scope `snsapi_userinfo` when not told. */
  oauth(ref: MemberRef & { readonly scope?: OAuthScope | undefined }): string
  /** A QQ Connect access token (not a code). */
  qqConnectToken(ref: MemberRef): string
  /** Phone data the old way: encrypted under the session_key. A session is begun when there is none. */
  encryptedPhone(ref: MemberRef): EncryptedData
}

/** The users' encrypt keys. */
export interface UserKeyControl {
  /** What the client's getLatestUserKey gets. */
  latest(ref: MemberRef): UserKey
  list(ref: MemberRef): readonly UserKey[]
  /** A new version now. */
  push(ref: MemberRef & UserKeyInput): UserKey
  forget(ref: MemberRef): void
}

/** Makes the console of a platform. */
export function createControl(platform: Platform, failures: FailureBook, calls: CallLog): Control {
  const { apps, users, clock, limits } = platform
  const at = <T>(ref: MemberRef, use: (app: App, member: Member) => T): T => {
    const app = apps.get(ref.appid)
    return use(app, users.memberOrNew(app, ref))
  }
  return {
    clock,
    switches: platform.switches,
    apps,
    users,
    failures,
    calls,
    limits,
    tokens: tokenControl(platform),
    tickets: { revoke: (appid) => platform.tickets.revoke(apps.get(appid).appid) },
    sessions: {
      get: (ref) => at(ref, (app, { user }) => platform.sessions.live(app, user.id)),
      rotate: (ref) => at(ref, (app, { user }) => platform.sessions.rotate(app, user.id)),
      end: (ref) => at(ref, (app, { user }) => platform.sessions.end(app, user.id)),
    },
    codes: codeControl(platform, at),
    userKeys: {
      latest: (ref) => at(ref, (app, { user }) => platform.userKeys.latest(app, user.id)),
      list: (ref) => at(ref, (app, { user }) => platform.userKeys.list(app, user.id)),
      push: (ref) => at(ref, (app, { user }) => platform.userKeys.push(app, user.id, ref)),
      forget: (ref) => at(ref, (app, { user }) => platform.userKeys.forget(app, user.id)),
    },
    oauth: { revoke: (ref) => at(ref, (app, { user }) => platform.oauth.revoke(app, user.id)) },
    callbacks: createCallbackControl(platform, failures),
    jssdk: createJssdkControl(platform),
    member: (ref) => at(ref, (_, { user, openid, unionid }) => ({ userId: user.id, openid, unionid })),
    state: (appid, ref = {}) => readState(platform, apps.get(appid), ref),
  }
}

function tokenControl({ apps, legacyTokens, stableTokens, qqTokens, tokens }: Platform): TokenControl {
  return {
    revoke({ appid, family, keepServing = false }) {
      apps.get(appid)
      if (family === undefined || family === 'legacy') legacyTokens.revoke(appid)
      if (family === undefined || family === 'qq') qqTokens.revoke(appid)
      if (family === undefined || family === 'stable') stableTokens.revoke(appid, keepServing)
    },
    isLive: (token) => tokens.isLive(token),
  }
}

function codeControl(
  platform: Platform,
  at: <T>(ref: MemberRef, use: (app: App, member: Member) => T) => T,
): CodeControl {
  const { sessions, loginCodes, phoneCodes, oauth, qqConnect, encryptedMessages, clock, random } = platform
  return {
    login: (ref) => at(ref, (app, member) => loginCodes.mint(app, member, sessions.onCode(app, member))),
    phone: (ref) => at(ref, (app, member) => phoneCodes.mint(app, member)),
    oauth: (ref) => at(ref, (app, member) => oauth.mintCode(app, member, ref.scope ?? 'snsapi_userinfo')),
    qqConnectToken: (ref) => at(ref, (app, member) => qqConnect.mint(app, member)),
    encryptedPhone: (ref) =>
      at(ref, (app, { user }) => {
        const key = sessions.live(app, user.id)?.key ?? sessions.rotate(app, user.id)
        const plaintext = JSON.stringify(phoneInfo(user, app, clock.now()))
        const data = encryptOpenData(plaintext, key, random.bytes(`open-data-iv ${app.appid}`, 16))
        encryptedMessages.remember(app.appid, encryptedDataHash(data.encryptedData))
        return data
      }),
  }
}
