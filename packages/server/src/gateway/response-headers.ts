const NAMES: ReadonlySet<string> = new Set([
  'accept-ranges',
  'age',
  'allow',
  'cache-control',
  'content-disposition',
  'content-language',
  'content-range',
  'content-type',
  'date',
  'etag',
  'expires',
  'last-modified',
  'link',
  'location',
  'retry-after',
  'set-cookie',
  'vary',
  'www-authenticate',
])

/** A response's headers as the client gets them, names in lower case; several cookies are a list. */
export type ResponseHeader = Readonly<Record<string, string | readonly string[]>>

/**
 * What of a backend's response headers is the client's business. A `location` that tells where the backend is stays
 * behind.
 * @param extra names that the route adds, in lower case
 */
export function responseHeaders(
  said: Readonly<Record<string, string | readonly string[] | undefined>>,
  { extra, upstream }: { readonly extra: readonly string[]; readonly upstream: string },
): ResponseHeader {
  const { origin } = new URL(upstream)
  return Object.fromEntries(
    Object.entries(said).flatMap(([name, value]): (readonly [string, string | readonly string[]])[] => {
      if (value === undefined || !(NAMES.has(name) || extra.includes(name))) return []
      if (name === 'location' && String(value).toLowerCase().startsWith(origin)) return []
      // Only cookies cannot be written in one line.
      return [[name, typeof value === 'string' || name === 'set-cookie' ? value : value.join(', ')]]
    }),
  )
}
