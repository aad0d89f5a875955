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

/** Whether the entry admits every address of its family. */
export function admitsEveryone(entry: string): boolean {
  return /\/0+$/.test(entry)
}

/** ipaddr.js reads `010.1` and `0x7f.1` as inet_aton does; here an address is four decimal parts, or IPv6. */
function isAddress(text: string): boolean {
  return (
    ipaddr.IPv4.isValidFourPartDecimal(text) || (text.includes(':') && !text.includes('%') && ipaddr.IPv6.isValid(text))
  )
}
