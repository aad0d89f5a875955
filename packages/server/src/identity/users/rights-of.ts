import type { JsonObject } from '@drawbridge/runtime'
import type { Documents } from '../documents.ts'
import { textsOf } from '../text-of.ts'

/** What a user may do. */
export interface Rights {
  readonly role: readonly string[]
  /** Empty for `admin`, who may do everything. */
  readonly permission: readonly string[]
}

/** The rights of a user: the roles of the record and what `uni-id-roles` allows them. */
export async function rightsOf(documents: Documents, spaceId: string, user: JsonObject): Promise<Rights> {
  const role = textsOf(user['role'])
  if (role.length === 0 || role.includes('admin')) return { role, permission: [] }
  const roles = await documents.find(spaceId, {
    collection: 'uni-id-roles',
    where: { role_id: { $in: [...role] } },
    limit: 1000,
  })
  return { role, permission: [...new Set(roles.flatMap(({ permission }) => textsOf(permission)))] }
}
