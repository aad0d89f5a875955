import type { SignatureParts } from './signature-parts.ts'

const HEAD = /^([a-z][a-z0-9_-]*)=(\((?:"[a-z0-9@-]+"(?: "[a-z0-9@-]+")*)?\))$/
const TEXT = '"([\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]*)"'
/** The order of our own signer. */
const USUAL = new RegExp(`^;created=([0-9]{1,15});nonce=${TEXT};keyid=${TEXT}$`)
const NEXT_PARAM = new RegExp(`;([a-z]+)=(?:([0-9]{1,15})|${TEXT})`, 'y')
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/

interface Head {
  readonly label: string
  readonly list: string
  readonly components: readonly string[]
}

const HEADS_MAX = 256
/** A caller labels and covers the same in every request. */
const heads = new Map<string, Head>()

/**
 * Reads the two headers in the spelling that clients use: one signature, strings without escapes, whole numbers. That
 * is the canonical serialisation already, so nothing is to be serialised again. Undefined for any other spelling, which
 * the full parser then reads or refuses; for these, both give the same (a property test says so).
 */
export function readPlainSignature(input: string, signature: string): SignatureParts | undefined {
  const listEnd = input.indexOf(')') + 1
  const head = headOf(input.slice(0, listEnd))
  if (!head || !signature.startsWith(head.label)) return undefined
  const start = head.label.length
  if (!signature.startsWith('=:', start) || !signature.endsWith(':') || signature.length < start + 3) return undefined
  const base64 = signature.slice(start + 2, -1)
  if (base64.length % 4 !== 0 || !BASE64.test(base64)) return undefined

  const rest = input.slice(listEnd)
  const params = paramsOf(rest)
  return (
    params && {
      components: head.components,
      signatureParams: head.list + rest,
      params,
      signature: Buffer.from(base64, 'base64'),
    }
  )
}

function headOf(text: string): Head | undefined {
  const known = heads.get(text)
  if (known) return known
  const [, label, list] = HEAD.exec(text) ?? []
  if (label === undefined || list === undefined) return undefined
  const components = [...list.matchAll(/"([^"]+)"/g)].map(([, name = '']) => name)
  if (new Set(components).size !== components.length) return undefined
  if (heads.size >= HEADS_MAX) heads.clear()
  const head = { label, list, components }
  heads.set(text, head)
  return head
}

function paramsOf(text: string): SignatureParts['params'] | undefined {
  const usual = USUAL.exec(text)
  if (usual) return { created: Number(usual[1]), nonce: usual[2], keyid: usual[3] }
  const params: Record<string, unknown> = {}
  NEXT_PARAM.lastIndex = 0
  while (NEXT_PARAM.lastIndex < text.length) {
    const param = NEXT_PARAM.exec(text)
    if (!param) return undefined
    const [, name = '', number, string = ''] = param
    // Given twice: the full parser knows which one counts.
    if (Object.hasOwn(params, name)) return undefined
    params[name] = number === undefined ? string : Number(number)
  }
  return params
}
