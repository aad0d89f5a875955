import type { JsonObject } from '@drawbridge/runtime'
import type { Documents } from '../documents.ts'
import type { IdentityApp } from '../identity-config.ts'
import { refusal } from '../refusal.ts'
import { textsOf } from '../text-of.ts'
import { userCollection } from './read-user.ts'

/** Letters and digits that nobody confuses; 32 of them, so that a byte's rest picks each equally often. */
const ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'
const CODE_CHARS = 6
const TRIES = 10

/**
 * The fields of a new user that have to do with invitations: who invited (nearest first), and a code of one's own.
 * Throws `LOGIN_REFUSED` with `uni-id-invalid-invite-code` or `uni-id-set-invite-code-failed`.
 */
export async function inviteFields(
  documents: Documents,
  spaceId: string,
  {
    inviteCode,
    app,
    now,
    randomBytes,
  }: {
    readonly inviteCode: string | undefined
    readonly app: Pick<IdentityApp, 'forceInviteCode' | 'autoSetInviteCode'>
    readonly now: number
    readonly randomBytes: (size: number) => Buffer
  },
): Promise<JsonObject> {
  if (inviteCode === undefined && app.forceInviteCode) throw refusal('uni-id-invalid-invite-code')
  const invited = inviteCode === undefined ? {} : await inviterFields(documents, spaceId, inviteCode, now)
  const own = app.autoSetInviteCode ? { my_invite_code: await freeCode(documents, spaceId, randomBytes) } : {}
  return { ...invited, ...own }
}

async function inviterFields(documents: Documents, spaceId: string, code: string, now: number): Promise<JsonObject> {
  const [inviter] = await documents.find(spaceId, {
    collection: userCollection,
    where: { my_invite_code: code },
    limit: 1,
  })
  if (inviter === undefined) throw refusal('uni-id-invalid-invite-code')
  return { inviter_uid: [inviter._id, ...textsOf(inviter['inviter_uid'])], invite_time: now }
}

async function freeCode(documents: Documents, spaceId: string, randomBytes: (size: number) => Buffer): Promise<string> {
  for (let tried = 0; tried < TRIES; tried++) {
    const code = Array.from(randomBytes(CODE_CHARS), (byte) => ALPHABET.charAt(byte % ALPHABET.length)).join('')
    const where = { my_invite_code: code }
    if ((await documents.count(spaceId, { collection: userCollection, where })) === 0) return code
  }
  throw refusal('uni-id-set-invite-code-failed')
}
