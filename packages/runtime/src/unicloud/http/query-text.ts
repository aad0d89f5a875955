import { stringify } from 'node:querystring'
import { format } from 'node:util'

/** Fields as a query or a form: nested ones as `a[b]=c` if so wanted, else left empty, as urllib does. */
export function queryText(fields: unknown, isNested: boolean): string {
  if (typeof fields === 'string') return fields
  if (typeof fields !== 'object' || fields === null) return ''
  if (!isNested) return stringify(fields as Record<string, string>)
  return stringify(Object.fromEntries(flattened(fields, '')))
}

/** The address with more fields in its query. */
export function withQuery(url: string, query: string): string {
  if (query === '') return url
  const [address = '', hash] = url.split('#', 2)
  return `${address}${address.includes('?') ? '&' : '?'}${query}${hash === undefined ? '' : `#${hash}`}`
}

function flattened(value: unknown, name: string): [string, string][] {
  if (value === undefined) return []
  if (value === null) return [[name, '']]
  if (typeof value !== 'object') return [[name, format(value)]]
  return Object.entries(value).flatMap(([key, each]) => flattened(each, name === '' ? key : `${name}[${key}]`))
}
