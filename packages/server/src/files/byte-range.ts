/** A part of a content; both ends inclusive, from 0. */
export interface ByteRange {
  readonly first: number
  readonly last: number
}

const SINGLE = /^bytes=(\d{0,15})-(\d{0,15})$/

/**
 * What a Range header asks of a content of that size (RFC 9110 §14). `whole`: it asks for several parts or is not
 * understood, which a server may ignore; it then costs no more than one answer. `unsatisfiable`: 416.
 */
export function readRange(header: string | undefined, sizeBytes: number): ByteRange | 'whole' | 'unsatisfiable' {
  const [, from = '', to = ''] = SINGLE.exec(header?.trim() ?? '') ?? []
  if (from === '' && to === '') return 'whole'
  if (from === '') {
    const length = Math.min(Number(to), sizeBytes)
    return length === 0 ? 'unsatisfiable' : { first: sizeBytes - length, last: sizeBytes - 1 }
  }
  const first = Number(from)
  const last = to === '' ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1)
  if (to !== '' && Number(to) < first) return 'whole'
  return first >= sizeBytes ? 'unsatisfiable' : { first, last }
}
