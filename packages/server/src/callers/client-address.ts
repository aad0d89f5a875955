const MAPPED = '::ffff:'

/** An address as people write it: an IPv4 client on a dual-stack socket (`::ffff:10.0.0.1`) is `10.0.0.1`. */
export function clientAddress(text: string | undefined): string {
  if (text === undefined) return ''
  if (text.startsWith(MAPPED) && text.includes('.')) return text.slice(MAPPED.length)
  return text
}
