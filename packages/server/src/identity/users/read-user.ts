import type { Json, JsonObject } from '@drawbridge/runtime'
import type { Document } from '../../documents/document-store.ts'
import type { Documents } from '../documents.ts'
import { refusal } from '../refusal.ts'
import type { UniIdCode } from '../refusal.ts'

/** The collection of users, in uni-id's own shape. */
export const userCollection = 'uni-id-users'

/** uni-id's account states by number; 0 and none are good. */
const stateRefusals: ReadonlyMap<Json, UniIdCode> = new Map<Json, UniIdCode>([
  [1, 'uni-id-account-banned'],
  [2, 'uni-id-account-auditing'],
  [3, 'uni-id-account-audit-failed'],
  [4, 'uni-id-account-closed'],
])

/** Reads a user; undefined: there is none. */
export async function readUser(documents: Documents, spaceId: string, uid: string): Promise<Document | undefined> {
  const [user] = await documents.find(spaceId, { collection: userCollection, where: { _id: uid }, limit: 1 })
  return user
}

/**
 * Reads a user who may act. Throws `LOGIN_REFUSED` with `uni-id-account-not-exists`, `-banned`, `-auditing`,
 * `-audit-failed` or `-closed`; a state that nobody knows counts as banned.
 */
export async function demandUser(documents: Documents, spaceId: string, uid: string): Promise<Document> {
  const user = await readUser(documents, spaceId, uid)
  if (user === undefined) throw refusal('uni-id-account-not-exists')
  demandGoodState(user)
  return user
}

/** Throws as `demandUser` does when the account may not act. */
export function demandGoodState(user: JsonObject): void {
  const { status } = user
  if (status === undefined || status === null || status === 0) return
  throw refusal(stateRefusals.get(status) ?? 'uni-id-account-banned')
}
