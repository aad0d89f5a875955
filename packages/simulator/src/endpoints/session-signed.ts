import { sessionSignature } from '../crypto/session-signature.ts'
import { Refusal } from '../errors/refusal.ts'
import { text } from '../http/call.ts'
import type { Session } from '../state/sessions.ts'
import type { Member } from '../state/users.ts'
import type { AppEntry } from './endpoint.ts'

/** The user and the session that a signed call proved to know. */
export interface SignedCall {
  readonly member: Member
  readonly session: Session
}

/**
 * Checks `openid`, `sig_method` and `signature` of the query against the live session and the exact body.
 * Throws, in this order: 87008 (another method), 40003, 87008 (no method), 87007, 87009.
 */
export function checkSessionSigned({ call, platform, app }: AppEntry): SignedCall {
  const method = text(call.query, 'sig_method')
  if (method !== undefined && method !== 'hmac_sha256') throw new Refusal(87008)
  const openid = text(call.query, 'openid')
  const member = openid === undefined ? undefined : platform.users.byOpenid(app, openid)
  if (member === undefined) throw new Refusal(40003)
  if (method === undefined) throw new Refusal(87008)
  const session = platform.sessions.live(app, member.user.id)
  if (session === undefined) throw new Refusal(87007)
  const expected = sessionSignature(session.key, call.method === 'POST' ? call.body : '')
  const presented = text(call.query, 'signature') ?? ''
  const given = platform.switches.get('strictSignatureCase', app) ? presented : presented.toLowerCase()
  if (given !== expected) throw new Refusal(87009)
  return { member, session }
}
