import { createHash } from 'node:crypto'
import type { JsonObject } from '@drawbridge/runtime'
import type { Documents } from '../documents.ts'
import { identitySpace } from '../identity-space.ts'
import { objectOf, textOf, textsOf } from '../text-of.ts'

/** What is kept of one token: never the token itself, only its hash. */
export interface TokenSession {
  /** The token's hash. */
  readonly id: string
  readonly uid: string
  /** One login and all tokens that came of it by refreshing. */
  readonly family: string
  /** ms since epoch. */
  readonly createdAt: number
  readonly expiresAt: number
  /** The token that this one was made from, and whether this one has been seen in use. */
  readonly replaces?: string
  readonly isConfirmed: boolean
  /** The user's roles when the token was made; others since then make its rights old. */
  readonly userRole: readonly string[]
  /** What the token was refreshed to. */
  readonly successor?: Successor
}

/** Enough to make the same token again for a request that overlapped. */
export interface Successor {
  readonly id: string
  readonly jti: string
  /** Seconds since epoch. */
  readonly iat: number
  readonly exp: number
}

const COLLECTION = 'token-sessions'

/** The name of a token's session. */
export function sessionId(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

/** Reads a session; undefined: there is none, so the token is worth nothing. */
export async function readSession(
  documents: Documents,
  spaceId: string,
  id: string,
): Promise<TokenSession | undefined> {
  const [found] = await documents.find(identitySpace(spaceId), { collection: COLLECTION, where: { _id: id }, limit: 1 })
  return found === undefined ? undefined : toSession(found)
}

/** All sessions of a user, the newest first. */
export async function listSessions(
  documents: Documents,
  spaceId: string,
  uid: string,
): Promise<readonly TokenSession[]> {
  const found = await documents.find(identitySpace(spaceId), {
    collection: COLLECTION,
    where: { uid },
    orderBy: [{ field: 'createdAt', direction: 'asc' }],
    limit: 1000,
  })
  // Of two of one millisecond the one that was written later is the newer.
  return found.map(toSession).toReversed()
}

/** Writes a session, new or not. */
export async function writeSession(documents: Documents, spaceId: string, session: TokenSession): Promise<void> {
  const { id, replaces, successor, userRole, ...rest } = session
  await documents.replace(identitySpace(spaceId), COLLECTION, id, {
    _id: id,
    ...rest,
    userRole: [...userRole],
    ...(replaces !== undefined && { replaces }),
    ...(successor !== undefined && { successor: { ...successor } }),
  })
}

/** Changes some fields of a session that is still there; false: it is gone. */
export async function changeSession(
  documents: Documents,
  spaceId: string,
  id: string,
  fields: Partial<Pick<TokenSession, 'expiresAt' | 'isConfirmed'>>,
): Promise<boolean> {
  const where = { _id: id }
  return (
    (await documents.update(identitySpace(spaceId), { collection: COLLECTION, where }, { $set: { ...fields } })) > 0
  )
}

/** Lets a session end at `endsAt` (ms since epoch) if it would live longer. */
export async function shortenSession(documents: Documents, spaceId: string, id: string, endsAt: number): Promise<void> {
  const session = await readSession(documents, spaceId, id)
  if (session !== undefined && session.expiresAt > endsAt) {
    await changeSession(documents, spaceId, id, { expiresAt: endsAt })
  }
}

/** Removes sessions by id. */
export async function removeSessions(documents: Documents, spaceId: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await documents.remove(identitySpace(spaceId), { collection: COLLECTION, where: { _id: { $in: [...ids] } } })
}

function toSession(document: JsonObject): TokenSession {
  const { _id: id, uid, family, createdAt, expiresAt, replaces, isConfirmed, userRole, successor } = document
  return {
    id: textOf(id),
    uid: textOf(uid),
    family: textOf(family),
    createdAt: Number(createdAt),
    expiresAt: Number(expiresAt),
    isConfirmed: isConfirmed === true,
    userRole: textsOf(userRole),
    ...(typeof replaces === 'string' && { replaces }),
    ...(successor !== undefined && { successor: toSuccessor(objectOf(successor)) }),
  }
}

function toSuccessor({ id, jti, iat, exp }: JsonObject): Successor {
  return { id: textOf(id), jti: textOf(jti), iat: Number(iat), exp: Number(exp) }
}
