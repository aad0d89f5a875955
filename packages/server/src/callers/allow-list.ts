import ipaddr from 'ipaddr.js'
import { DrawbridgeError } from '@drawbridge/protocol'

type Address = ReturnType<typeof ipaddr.parse>
type Range = readonly [Address, number]

/** Which addresses are callers by themselves. */
export interface AllowList {
  readonly isEmpty: boolean
  has(address: string): boolean
}

/**
 * Addresses and CIDR ranges, IPv4 and IPv6. An address alone matches itself only: `0.0.0.0` is one address, as in
 * the reference; whoever means everyone writes `0.0.0.0/0`. IPv4-mapped IPv6 addresses count as IPv4 on both sides.
 * Throws `CONFIG_INVALID` naming the entry that is neither.
 */
export function createAllowList(entries: readonly string[]): AllowList {
  const ranges = entries.map(parseRange)
  return {
    isEmpty: ranges.length === 0,
    has(text) {
      if (ranges.length === 0 || !ipaddr.isValid(text)) return false
      const address = ipaddr.process(text)
      return ranges.some((range) => address.kind() === range[0].kind() && address.match(range[0], range[1]))
    },
  }
}

function parseRange(entry: string): Range {
  const text = entry.trim()
  // ipaddr.js reads "127.1" and "0x7f.1" as IPv4 too; an allow-list that means something else than it shows is a trap.
  if (/^\d+\.\d+\.\d+\.\d+(\/\d+)?$/.test(text) || text.includes(':')) {
    if (text.includes('/')) {
      if (ipaddr.isValidCIDR(text)) return unmapped(ipaddr.parseCIDR(text))
    } else if (ipaddr.isValid(text)) {
      const address = ipaddr.process(text)
      return [address, address.kind() === 'ipv4' ? 32 : 128]
    }
  }
  throw new DrawbridgeError('CONFIG_INVALID', {
    field: 'callers.allowList',
    entry: text.slice(0, 64),
    reason: 'neither an IPv4 or IPv6 address nor a CIDR range',
  })
}

function unmapped([address, bits]: readonly [Address, number]): Range {
  if (!(address instanceof ipaddr.IPv6) || !address.isIPv4MappedAddress() || bits < 96) return [address, bits]
  return [address.toIPv4Address(), bits - 96]
}
