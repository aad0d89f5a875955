import { DrawbridgeError } from '@drawbridge/protocol'

/** The parts of a request that a signature can cover. */
export interface SignableRequest {
  readonly method: string
  /** Path and query as on the request line. */
  readonly target: string
  readonly scheme: string
  /** Host, with the port unless it is the scheme's own. */
  readonly authority: string
  /** A header field's combined value by its lower-case name; undefined when there is none. */
  header(name: string): string | undefined
}

/** The derived components of RFC 9421 §2.2 that a request of ours may cover. */
const derived: Readonly<Record<string, (request: SignableRequest) => string>> = Object.assign(
  Object.create(null) as Record<string, (request: SignableRequest) => string>,
  {
    '@method': (request: SignableRequest) => request.method,
    '@target-uri': (request: SignableRequest) => `${request.scheme}://${normalAuthority(request)}${request.target}`,
    '@authority': normalAuthority,
    '@scheme': (request: SignableRequest) => request.scheme,
    '@request-target': (request: SignableRequest) => request.target,
    '@path': (request: SignableRequest) => split(request.target)[0],
    '@query': (request: SignableRequest) => split(request.target)[1],
  },
)

/**
 * The signature base of RFC 9421 §2.5.
 * Throws `SIGNATURE_INVALID` naming a component that is unknown, or that the request does not have.
 * @param components names without parameters, in the order of the signature's own list.
 * @param signatureParams the value of `@signature-params`, as it stands in Signature-Input.
 */
export function signatureBase(
  request: SignableRequest,
  components: readonly string[],
  signatureParams: string,
): string {
  let base = ''
  for (const name of components) base += `"${name}": ${componentValue(request, name)}\n`
  return `${base}"@signature-params": ${signatureParams}`
}

function componentValue(request: SignableRequest, name: string): string {
  const value = name.startsWith('@') ? derived[name]?.(request) : request.header(name)?.trim()
  if (value !== undefined) return value
  throw new DrawbridgeError('SIGNATURE_INVALID', {
    component: name.slice(0, 64),
    reason: 'the signature covers a component that the request lacks or this server does not know',
  })
}

function split(target: string): [path: string, query: string] {
  const mark = target.indexOf('?')
  // An absent query is signed as a lone "?" (RFC 9421 §2.2.7).
  return mark === -1 ? [target || '/', '?'] : [target.slice(0, mark) || '/', target.slice(mark)]
}

function normalAuthority({ authority, scheme }: SignableRequest): string {
  const text = authority.toLowerCase()
  const own = scheme === 'https' ? ':443' : ':80'
  return text.endsWith(own) ? text.slice(0, -own.length) : text
}
