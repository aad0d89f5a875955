import type { SignatureParts } from './signature-parts.ts'

const LIST = '\\((?:"[a-z0-9@-]+"(?: "[a-z0-9@-]+")*)?\\)'
const PARAM = ';([a-z]+)=(?:([0-9]{1,15})|"([\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]*)")'
const INPUT = new RegExp(`^([a-z][a-z0-9_-]*)=(${LIST})((?:${PARAM.replace(/\((?!\?)/g, '(?:')})*)$`)
const NEXT_PARAM = new RegExp(PARAM, 'y')
const SIGNATURE = /^([a-z][a-z0-9_-]*)=:([A-Za-z0-9+/]*={0,2}):$/

const LISTS_MAX = 256
/** A caller covers the same components in every request. */
const lists = new Map<string, readonly string[]>()

/**
 * Reads the two headers in the spelling that clients use: one signature, strings without escapes, whole numbers. That
 * is the canonical serialisation already, so nothing is to be serialised again. Undefined for any other spelling, which
 * the full parser then reads or refuses; for these, both give the same (a property test says so).
 */
export function readPlainSignature(input: string, signature: string): SignatureParts | undefined {
  const given = INPUT.exec(input)
  const signed = SIGNATURE.exec(signature)
  if (!given || !signed || given[1] !== signed[1]) return undefined
  const [, , list = '', paramsText = ''] = given
  const [, , base64 = ''] = signed
  if (base64.length % 4 !== 0) return undefined
  const components = componentsOf(list)
  const params = paramsOf(paramsText)
  if (!components || !params) return undefined
  return { components, signatureParams: list + paramsText, params, signature: Buffer.from(base64, 'base64') }
}

function componentsOf(list: string): readonly string[] | undefined {
  const known = lists.get(list)
  if (known) return known
  const components = [...list.matchAll(/"([^"]+)"/g)].map(([, name = '']) => name)
  if (new Set(components).size !== components.length) return undefined
  if (lists.size >= LISTS_MAX) lists.clear()
  lists.set(list, components)
  return components
}

function paramsOf(text: string): ReadonlyMap<string, unknown> | undefined {
  const params = new Map<string, unknown>()
  NEXT_PARAM.lastIndex = 0
  while (NEXT_PARAM.lastIndex < text.length) {
    const param = NEXT_PARAM.exec(text)
    if (!param) return undefined
    const [, name = '', number, string = ''] = param
    // Given twice: the full parser knows which one counts.
    if (params.has(name)) return undefined
    params.set(name, number === undefined ? string : Number(number))
  }
  return params
}
