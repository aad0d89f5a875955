import type { KeyObject } from 'node:crypto'
import type { JsonObject } from '@drawbridge/runtime'
import type { DocumentStore } from '../../documents/document-store.ts'
import type { Documents } from '../documents.ts'
import { refusal } from '../refusal.ts'
import { encodeToken } from './encode-token.ts'
import { readSession, sessionId, shortenSession, writeSession } from './token-sessions.ts'
import type { Successor, TokenSession } from './token-sessions.ts'

/** A token as clients keep it. */
export interface NewToken {
  readonly token: string
  /** ms since epoch. */
  readonly tokenExpired: number
}

/** How long the old token is taken once the new one has been seen, ms: for requests that were under way. */
export const OVERLAP_MS = 60_000

/** What makes two tokens of one user differ, and how long the token lives. */
export type Stamp = Omit<Successor, 'id'>

/** A token to be made in place of another. */
export interface Replacement {
  readonly spaceId: string
  readonly uid: string
  /** All but the stamp. */
  readonly claims: JsonObject
  readonly userRole: readonly string[]
  readonly key: KeyObject
  /** The one for a token that has no successor yet. */
  readonly stamp: Stamp
  /** A successor with less life than this is not handed out again, s. */
  readonly threshold: number
}

/**
 * The token that comes after `session`'s, made once: whoever asks meanwhile gets the same one, also when the answer to
 * the first was lost. Throws `LOGIN_REFUSED` when the session has been ended.
 */
export async function replaceToken(
  documents: DocumentStore,
  sessionName: string,
  replacement: Replacement,
  now: number,
): Promise<NewToken> {
  const { spaceId, threshold } = replacement
  return documents.transaction(async (store) => {
    const session = await readSession(store, spaceId, sessionName)
    if (session === undefined) throw refusal('uni-id-check-token-failed')
    const { successor } = session
    const isYoung = successor !== undefined && successor.exp * 1000 - now > threshold * 1000
    const stamp = isYoung ? { jti: successor.jti, iat: successor.iat, exp: successor.exp } : replacement.stamp
    return succeed(store, session, { ...replacement, stamp }, now)
  })
}

async function succeed(
  store: Documents,
  session: TokenSession,
  { spaceId, uid, claims, userRole, key, stamp }: Replacement,
  now: number,
): Promise<NewToken> {
  const token = encodeToken({ ...claims, ...stamp }, key)
  const id = sessionId(token)
  const result = { token, tokenExpired: stamp.exp * 1000 }
  const { successor, family } = session
  if (successor?.id === id && (await readSession(store, spaceId, id)) !== undefined) return result
  // The user's rights are others by now, so it is another token.
  if (successor !== undefined && successor.id !== id) {
    await shortenSession(store, spaceId, successor.id, now + OVERLAP_MS)
  }
  await writeSession(store, spaceId, {
    id,
    uid,
    family,
    createdAt: now,
    expiresAt: result.tokenExpired,
    isConfirmed: false,
    userRole,
    replaces: session.id,
  })
  await writeSession(store, spaceId, { ...session, successor: { id, ...stamp } })
  return result
}
