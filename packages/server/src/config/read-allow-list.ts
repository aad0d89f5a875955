import ipaddr from 'ipaddr.js'
import type { Severity } from './mistake-row.ts'
import type { Report } from './mistake.ts'
import type { Place } from './place.ts'
import { elements } from './place.ts'

interface AllowListOptions {
  /** How bad an entry is that is neither an address nor a range. */
  readonly malformed: Severity
  /** What it is called when an entry admits everyone. */
  readonly everyone: 'OPEN_TO_ALL' | 'TRUSTED_PROXY_ALL'
  readonly production?: boolean
}

/**
 * The well-formed addresses and CIDR ranges of a list; what is not one is reported with `malformed`. A range that
 * admits everyone is an error in production.
 */
export function readAllowList(
  place: Place,
  report: Report,
  { malformed, everyone, production = false }: AllowListOptions,
): readonly string[] {
  if (!Array.isArray(place.value)) {
    report('VALUE_WRONG', place, { expected: '[ "10.0.0.7", "10.0.0.0/8" ]' })
    return []
  }
  return elements(place).flatMap((element) => {
    const text = typeof element.value === 'string' ? element.value.trim() : ''
    if (!isAddressOrRange(text)) {
      // The seed of many projects is a list with one empty string: an untouched template.
      if (text !== '' || typeof element.value !== 'string') {
        report('WHITELIST_ENTRY_WRONG', element, { entry: String(element.value) }, malformed)
      }
      return []
    }
    if (text === '0.0.0.0' || text === '::') report('WHITELIST_ZERO', element)
    if (admitsEveryone(text)) report(everyone, element, { entry: text }, production ? 'error' : 'warning')
    return [text]
  })
}

/** Whether the text is an IPv4 or IPv6 address in its usual form, or a CIDR range of them. */
export function isAddressOrRange(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  if (rest.length > 0 || !isAddress(address)) return false
  if (bits === undefined) return true
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (address.includes(':') ? 128 : 32)
}

/** No network of anybody's own is as wide as this; a list of a few such ranges is the whole internet again. */
const WIDEST_IPV4_BITS = 8
const WIDEST_IPV6_BITS = 8
/** IPv4 addresses written as IPv6 begin so; a range around them admits them. */
const MAPPED = '::ffff:0:0'
const MAPPED_BITS = 96

/** Whether the entry admits every address of a family, or so many that no network of one's own is meant. */
export function admitsEveryone(entry: string): boolean {
  const [address = '', written] = entry.split('/')
  if (written === undefined || !ipaddr.isValid(address)) return false
  const bits = Number(written)
  const parsed = ipaddr.parse(address)
  if (parsed instanceof ipaddr.IPv4) return bits < WIDEST_IPV4_BITS
  if (bits < WIDEST_IPV6_BITS) return true
  if (parsed.isIPv4MappedAddress()) return bits < MAPPED_BITS + WIDEST_IPV4_BITS
  return bits < MAPPED_BITS && ipaddr.IPv6.parse(MAPPED).match(parsed, bits)
}

/** ipaddr.js reads `010.1` and `0x7f.1` as inet_aton does; here an address is four decimal parts, or IPv6. */
function isAddress(text: string): boolean {
  return (
    ipaddr.IPv4.isValidFourPartDecimal(text) || (text.includes(':') && !text.includes('%') && ipaddr.IPv6.isValid(text))
  )
}
