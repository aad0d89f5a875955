import { DrawbridgeError } from '@drawbridge/protocol'
import type { SuiteNumber } from '@drawbridge/protocol'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import type { ContentSeal } from './content-keys.ts'
import type { FileKey } from './file-key.ts'
import type { TicketSeal } from './create-ticket-seal.ts'
import type { FileSigner } from './file-signer.ts'

/** The right to upload one file. Kept by nobody but the client until it is used: asking for tickets fills no store. */
export interface UploadTicket extends FileKey {
  readonly path: string
  /** The type that the client declared when it asked; the form's own where it is left out. */
  readonly type?: string
  /** The content has to come sealed in this way; left out: it has to come plain. */
  readonly content?: ContentSeal
  readonly maxBytes: number
  /** ms since epoch. */
  readonly expiresAt: number
}

const policySchema = Compile(
  Type.Object({
    spaceId: Type.String(),
    id: Type.String(),
    path: Type.String(),
    type: Type.Optional(Type.String()),
    content: Type.Optional(
      Type.Object({ suite: Type.Unsafe<SuiteNumber>(Type.Enum([1, 2, 3])), nonce: Type.String() }),
    ),
    maxBytes: Type.Number(),
    expiresAt: Type.Number(),
  }),
)

/** A ticket as the form's fields `policy` and `Signature`. */
export interface SignedTicket {
  readonly policy: string
  readonly signature: string
}

/** What tickets are made with. */
export interface TicketKeys {
  readonly signer: FileSigner
  readonly seal: TicketSeal
}

/** Before a policy that is closed; the others are base64url. */
const CLOSED = '.'

/** Makes the two fields. The ticket of a content that has to come sealed is closed itself. */
export function signTicket({ signer, seal }: TicketKeys, ticket: UploadTicket): SignedTicket {
  const text = JSON.stringify(ticket)
  const policy = ticket.content
    ? CLOSED + seal.close('upload', ticket.spaceId, text)
    : Buffer.from(text).toString('base64url')
  return { policy, signature: signer.sign('upload', [policy]) }
}

/** Reads the two fields for a space at a moment. Throws `FILE_SIGNATURE_INVALID`; looks into nothing that is not ours. */
export function readTicket(
  { signer, seal }: TicketKeys,
  { policy, signature }: Partial<SignedTicket>,
  { spaceId, at }: { readonly spaceId: string; readonly at: number },
): UploadTicket {
  if (policy === undefined || signature === undefined) throw invalid('a field is missing')
  if (!signer.verify('upload', [policy], signature)) throw invalid('wrong')
  const text = policy.startsWith(CLOSED)
    ? seal.open('upload', spaceId, policy.slice(CLOSED.length))
    : Buffer.from(policy, 'base64url').toString()
  if (text === undefined) throw invalid('of another space')
  const ticket: unknown = JSON.parse(text)
  if (!policySchema.Check(ticket) || ticket.spaceId !== spaceId) throw invalid('of another space')
  if (ticket.expiresAt <= at) throw invalid('expired')
  return ticket
}

function invalid(reason: string): DrawbridgeError {
  return new DrawbridgeError('FILE_SIGNATURE_INVALID', { reason })
}
