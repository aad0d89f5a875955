import { isInnerList, parseDictionary, serializeInnerList } from 'structured-headers'
import { DrawbridgeError } from '@drawbridge/protocol'
import { readPlainSignature } from './read-plain-signature.ts'
import type { SignatureParts } from './signature-parts.ts'

/** What Signature-Input and Signature say, read but not believed. */
export interface SignatureClaim extends Omit<SignatureParts, 'params'> {
  /** When it was signed, in seconds since epoch. */
  readonly created: number
  readonly expires?: number | undefined
  readonly nonce: string
  readonly keyId: string
  readonly alg?: string | undefined
}

const HEADER_MAX = 4096
const NONCE = /^[\x21-\x7e]{8,128}$/

/**
 * Reads the two headers of RFC 9421 §4. One signature and no more; `created`, `nonce` (8 to 128 visible ASCII
 * characters) and `keyid` must be there; components carry no parameters. Throws `SIGNATURE_INVALID` with the reason.
 */
export function readSignatureHeaders(input: string | undefined, signature: string | undefined): SignatureClaim {
  if (input === undefined) throw refused('Signature-Input is missing')
  if (signature === undefined) throw refused('Signature is missing')
  if (input.length > HEADER_MAX || signature.length > HEADER_MAX) throw refused('the signature headers are too long')

  const { params, ...parts } = readPlainSignature(input, signature) ?? readSignature(input, signature)
  const { created, nonce, keyid: keyId, expires, alg } = params
  if (typeof created !== 'number' || !Number.isSafeInteger(created)) throw refused('created is missing')
  if (typeof nonce !== 'string' || !NONCE.test(nonce)) {
    throw refused('nonce is missing, or not 8 to 128 visible characters')
  }
  if (typeof keyId !== 'string') throw refused('keyid is missing')
  if (expires !== undefined && typeof expires !== 'number') throw refused('expires is not a number')
  if (alg !== undefined && typeof alg !== 'string') throw refused('alg is not a string')
  return { ...parts, created, nonce, keyId, expires, alg }
}

/** Any spelling that structured fields allow. */
function readSignature(input: string, signature: string): SignatureParts {
  const [label, list, ...others] = onlyMember(input)
  if (!label || !list || others.length > 0) throw refused('there must be exactly one signature')
  const [signedLabel, item, ...moreSigned] = onlyMember(signature)
  if (signedLabel !== label || !item || moreSigned.length > 0) {
    throw refused('Signature and Signature-Input name different signatures')
  }
  const bytes: unknown = item[0]
  if (!(bytes instanceof ArrayBuffer)) throw refused('the signature is not a byte sequence')
  if (!isInnerList(list)) throw refused('Signature-Input is not a list of components')

  const components = list[0].map(([name, params]) => {
    if (typeof name !== 'string' || params.size > 0) throw refused('components carry no parameters here')
    return name
  })
  if (new Set(components).size !== components.length) throw refused('a component is covered twice')
  return {
    components,
    signatureParams: serializeInnerList(list),
    params: Object.fromEntries(list[1]),
    signature: new Uint8Array(bytes),
  }
}

type Member = ReturnType<typeof parseDictionary> extends Map<string, infer M> ? M : never

/** The first member's name and value, and all further members. */
function onlyMember(header: string): [label?: string, member?: Member, ...others: unknown[]] {
  let members: [string, Member][]
  try {
    members = [...parseDictionary(header)]
  } catch {
    throw refused('the signature headers are not structured fields (RFC 8941)')
  }
  const [first, ...others] = members
  return first ? [first[0], first[1], ...others] : []
}

function refused(reason: string): DrawbridgeError {
  return new DrawbridgeError('SIGNATURE_INVALID', { reason })
}
