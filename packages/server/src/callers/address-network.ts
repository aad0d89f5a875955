import ipaddr from 'ipaddr.js'

/**
 * What one stranger has of addresses: an IPv4 address, or an IPv6 network of 64 bits. The key of a limit that a
 * single client could dodge otherwise by using another of its 2^64 addresses each time.
 */
export function addressNetwork(address: string): string {
  if (!address.includes(':') || !ipaddr.isValid(address)) return address
  const parsed = ipaddr.process(address)
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.toString()
  return `${parsed.parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')}::/64`
}
