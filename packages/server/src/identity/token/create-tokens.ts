import type { JsonObject } from '@drawbridge/runtime'
import type { Document, DocumentStore } from '../../documents/document-store.ts'
import type { Space } from '../../spaces/space.ts'
import type { Client } from '../client-of.ts'
import type { TokenRules } from '../identity-config.ts'
import { refusal } from '../refusal.ts'
import { rightsOf } from '../users/rights-of.ts'
import type { Rights } from '../users/rights-of.ts'
import { textsOf } from '../text-of.ts'
import { demandUser, userCollection } from '../users/read-user.ts'
import { decodeToken } from './decode-token.ts'
import type { TokenPayload } from './decode-token.ts'
import { encodeToken } from './encode-token.ts'
import { OVERLAP_MS, replaceToken } from './replace-token.ts'
import type { NewToken, Stamp } from './replace-token.ts'
import * as sessions from './token-sessions.ts'
import type { TokenSession } from './token-sessions.ts'

/** A token that was found good. */
export interface CheckedToken extends Rights {
  readonly uid: string
  /** What the token says, less what is only ours; `iat` and `exp` in seconds. */
  readonly claims: JsonObject
  /** Replaces the token, which has little life left or old rights. */
  readonly newToken?: NewToken
  readonly user: Document
}

/** Whose token, and with which rights; they are read when they are not given. */
export type Grant = { readonly uid: string } & Partial<Rights>

/** The tokens of users. Every refusal is `LOGIN_REFUSED` in uni-id's words, or `LOGIN_OFF`. */
export interface Tokens {
  /** A new login of a user. */
  create(space: Space, client: Client, grant: Grant): Promise<NewToken>
  /** Looks at the session and the user each time: logout and ban count at once. */
  check(
    space: Space,
    client: Client,
    token: string,
    options?: { readonly autoRefresh?: boolean },
  ): Promise<CheckedToken>
  /** A new token for a good one. Requests that overlap get the same; the old one goes soon after the new one is used. */
  refresh(space: Space, client: Client, token: string): Promise<NewToken>
  /** Logs out: the token, and every token that came of the same login. */
  end(space: Space, client: Client, token: string): Promise<void>
  /** Lets a token live a little longer only, for a client that has just logged in anew. What is no token is passed over. */
  retire(space: Space, client: Client, token: string): Promise<void>
}

/** What the tokens are made with. */
export interface TokensDeps {
  readonly documents: DocumentStore
  readonly rules: (dcloudAppid: string, uniPlatform: string) => TokenRules
  /** ms since epoch. */
  readonly now: () => number
  readonly randomBytes: (size: number) => Buffer
  /** Fields of the project's own for each token, as `custom-token.js` gives them; uid stays what it is. */
  readonly customClaims?: (space: Space, grant: { readonly uid: string } & Rights) => Promise<JsonObject>
}

/** The version whose payload this is; uni-id-common looks at it. */
const UNI_ID_VERSION = '1.0.19'

/** Puts the tokens together. */
export function createTokens({ documents, rules, now, randomBytes, customClaims }: TokensDeps): Tokens {
  async function create(space: Space, client: Client, { uid, role, permission }: Grant): Promise<NewToken> {
    const { spaceId } = space
    const tokenRules = rules(client.appId, client.platform)
    const user = await demandUser(documents, spaceId, uid)
    const rights = role && permission ? { role, permission } : await rightsOf(documents, spaceId, user)
    const stamp = newStamp(tokenRules)
    const token = encodeToken({ ...(await claimsOf(space, uid, rights)), ...stamp }, tokenRules.keys[0])
    const session: TokenSession = {
      id: sessions.sessionId(token),
      uid,
      family: stamp.jti,
      createdAt: now(),
      expiresAt: stamp.exp * 1000,
      isConfirmed: true,
      userRole: textsOf(user['role']),
    }
    await sessions.writeSession(documents, spaceId, session)
    await dropOldest(spaceId, session, tokenRules.maxTokens)
    return { token, tokenExpired: session.expiresAt }
  }

  async function claimsOf(space: Space, uid: string, rights: Rights): Promise<JsonObject> {
    const { uid: _uid, ...own }: JsonObject = (await customClaims?.(space, { uid, ...rights })) ?? {}
    const { role, permission } = rights
    return { uid, role: [...role], permission: [...permission], ...own, uniIdVersion: UNI_ID_VERSION }
  }

  function newStamp({ lifetime }: TokenRules): Stamp {
    const iat = Math.floor(now() / 1000)
    return { jti: randomBytes(12).toString('hex'), iat, exp: iat + lifetime.expiresIn }
  }

  /** Logins beyond the most, the oldest first, and whatever has ended. */
  async function dropOldest(spaceId: string, kept: TokenSession, maxTokens: number): Promise<void> {
    const all = await sessions.listSessions(documents, spaceId, kept.uid)
    const ended = all.filter(({ expiresAt }) => expiresAt <= now())
    const live = all.filter((session) => !ended.includes(session))
    const families = [...new Set([kept, ...live].map(({ family }) => family))]
    const tooMany = new Set(families.slice(maxTokens))
    const dropped = [...ended, ...live.filter(({ family }) => tooMany.has(family))]
    await sessions.removeSessions(documents, spaceId, idsOf(dropped))
  }

  async function open(space: Space, client: Client, token: string): Promise<OpenedToken> {
    const { spaceId } = space
    if (token === '') throw refusal('uni-id-param-required', 'token')
    const tokenRules = rules(client.appId, client.platform)
    const payload = decodeToken(token, tokenRules.keys, now())
    const session = await sessions.readSession(documents, spaceId, sessions.sessionId(token))
    const user = await demandUser(documents, spaceId, payload.uid)
    if (session === undefined && !isInRecord(user, token)) throw refusal('uni-id-check-token-failed')
    if (session !== undefined && session.expiresAt <= now()) throw refusal('uni-id-token-expired')
    if (Number(user['valid_token_date'] ?? 0) > payload.iat * 1000) throw refusal('uni-id-token-expired')
    if (session !== undefined && !session.isConfirmed) await confirm(spaceId, session)
    return { payload, session, user, tokenRules }
  }

  /** The first use of a refreshed token tells that its client has it: the one before is needed no more. */
  async function confirm(spaceId: string, { id, replaces }: TokenSession): Promise<void> {
    if (replaces !== undefined) await sessions.shortenSession(documents, spaceId, replaces, now() + OVERLAP_MS)
    await sessions.changeSession(documents, spaceId, id, { isConfirmed: true })
  }

  async function replaced(space: Space, client: Client, opened: OpenedToken): Promise<NewToken> {
    const { payload, session, user, tokenRules } = opened
    const { uid } = payload
    const rights = await rightsOf(documents, space.spaceId, user)
    // A token out of the user's record has no session that could have a successor.
    if (session === undefined) return create(space, client, { uid, ...rights })
    const replacement = {
      spaceId: space.spaceId,
      uid,
      claims: await claimsOf(space, uid, rights),
      userRole: textsOf(user['role']),
      key: tokenRules.keys[0],
      stamp: newStamp(tokenRules),
      threshold: tokenRules.lifetime.threshold,
    }
    return replaceToken(documents, session.id, replacement, now())
  }

  return {
    create,
    async check(space, client, token, { autoRefresh = true } = {}) {
      const opened = await open(space, client, token)
      const { payload, session, user, tokenRules } = opened
      const { role, permission, uniIdVersion: _version, jti: _jti, ...claims } = payload.claims
      const isOld = session !== undefined && session.userRole.join('\n') !== textsOf(user['role']).join('\n')
      const hasNone = role === undefined && permission === undefined
      const rights =
        isOld || hasNone
          ? await rightsOf(documents, space.spaceId, user)
          : { role: textsOf(role), permission: textsOf(permission) }
      const isDue = payload.exp * 1000 - now() < tokenRules.lifetime.threshold * 1000
      const renewed = autoRefresh && (isDue || isOld)
      const newToken = renewed ? await replaced(space, client, opened) : undefined
      return { uid: payload.uid, ...rights, claims, user, ...(newToken !== undefined && { newToken }) }
    },
    async refresh(space, client, token) {
      return replaced(space, client, await open(space, client, token))
    },
    async end(space, client, token) {
      const { payload, session, user } = await open(space, client, token)
      const { uid } = payload
      const { spaceId } = space
      if (isInRecord(user, token)) {
        await documents.update(spaceId, { collection: userCollection, where: { _id: uid } }, { $pull: { token } })
      }
      if (session === undefined) return
      await documents.transaction(async (store) => {
        const all = await sessions.listSessions(store, spaceId, uid)
        const family = all.filter((other) => other.family === session.family)
        await sessions.removeSessions(store, spaceId, idsOf(family))
      })
    },
    async retire(space, client, token) {
      const { keys } = rules(client.appId, client.platform)
      const uid = uidOf(() => decodeToken(token, keys, now()))
      if (uid === undefined) return
      await sessions.shortenSession(documents, space.spaceId, sessions.sessionId(token), now() + OVERLAP_MS)
    },
  }
}

interface OpenedToken {
  readonly payload: TokenPayload
  /** undefined: a token that uni-id-common itself keeps in the user's record. */
  readonly session: TokenSession | undefined
  readonly user: Document
  readonly tokenRules: TokenRules
}

function isInRecord(user: Document, token: string): boolean {
  return textsOf(user['token']).includes(token)
}

function idsOf(list: readonly TokenSession[]): readonly string[] {
  return list.map(({ id }) => id)
}

function uidOf(decode: () => TokenPayload): string | undefined {
  try {
    return decode().uid
  } catch {
    return undefined
  }
}

/** The result that uni-id-common gives for a good token. */
export function checkResult({ uid, role, permission, claims, newToken }: CheckedToken): JsonObject {
  return { code: 0, errCode: 0, ...claims, uid, role: [...role], permission: [...permission], ...newToken }
}
