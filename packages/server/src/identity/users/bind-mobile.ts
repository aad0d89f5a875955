import type { DocumentStore } from '../../documents/document-store.ts'
import { refusal } from '../refusal.ts'
import { appFilter, bothOf } from './app-filter.ts'
import { claimIdentities } from './identity-claims.ts'
import { userCollection } from './read-user.ts'

/**
 * Makes a confirmed phone number a user's own. Throws `LOGIN_REFUSED` with `uni-id-bind-conflict` when it is another
 * user's.
 */
export async function bindMobile(
  documents: DocumentStore,
  binding: {
    readonly spaceId: string
    readonly uid: string
    readonly appId: string
    /** The dcloudAppid within which a number has one owner; `*`: all users. */
    readonly scope: string
    /** Without country code, as WeChat gives it. */
    readonly mobile: string
  },
): Promise<void> {
  const { spaceId, uid, appId, scope, mobile } = binding
  await documents.transaction(async (store) => {
    const where = bothOf({ mobile, mobile_confirmed: 1 }, appFilter(scope, appId))
    const owners = await store.find(spaceId, { collection: userCollection, where, limit: 2 })
    if (owners.some(({ _id }) => _id !== uid)) throw refusal('uni-id-bind-conflict')
    await claimIdentities(store, spaceId, [`mobile:${scope}:${mobile}`], uid)
    const change = { $set: { mobile, mobile_confirmed: 1 } }
    await store.update(spaceId, { collection: userCollection, where: { _id: uid } }, change)
  })
}
