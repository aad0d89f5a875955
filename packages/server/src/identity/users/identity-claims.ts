import type { Documents } from '../documents.ts'
import { identitySpace } from '../identity-space.ts'
import { textOf } from '../text-of.ts'

const COLLECTION = 'identity-claims'

/** Whose an identity is, by its name; what nobody has claimed is left out. */
export async function readClaims(
  documents: Documents,
  spaceId: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = await documents.find(identitySpace(spaceId), {
    collection: COLLECTION,
    where: { _id: { $in: [...names] } },
  })
  return new Map(found.map(({ _id, uid }) => [_id, textOf(uid)]))
}

/**
 * Notes that identities are a user's. The name is the document's id, so of two who claim it at once one fails
 * (`DOCUMENT_EXISTS`) whatever the store knows of transactions. A claim of another user's is taken over: the caller has
 * looked at the users themselves, and they are the truth.
 */
export async function claimIdentities(
  documents: Documents,
  spaceId: string,
  names: readonly string[],
  uid: string,
): Promise<void> {
  const place = identitySpace(spaceId)
  const claims = await readClaims(documents, spaceId, names)
  for (const name of names) {
    const owner = claims.get(name)
    if (owner === uid) continue
    if (owner !== undefined) {
      await documents.remove(place, { collection: COLLECTION, where: { _id: name, uid: owner } })
    }
    await documents.insert(place, COLLECTION, [{ _id: name, uid }])
  }
}
