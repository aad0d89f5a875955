import type { TSchema } from 'typebox'
import { Settings } from 'typebox/system'
import { Value } from 'typebox/value'
import type { Report } from './mistake.ts'
import type { Place } from './place.ts'
import { at, isObject } from './place.ts'
import { suggest } from './suggest.ts'

type SchemaError = ReturnType<typeof Value.Errors>[number]

/**
 * Reports everything in which the place's value differs from the schema, each once and at its own place, unknown keys
 * with a suggestion. Answers whether there was nothing to report.
 */
export function checkSchema(schema: TSchema, place: Place, report: Report): boolean {
  const errors = allErrors(schema, place.value)
  // Of a choice (anyOf) the choice itself is told, not each way in which each alternative failed.
  const choices = new Set(errors.filter(({ keyword }) => keyword === 'anyOf').map(({ instancePath }) => instancePath))
  for (const error of errors) {
    const isPartOfChoice = error.schemaPath.includes('/anyOf/') && [...choices].some((path) => isWithin(error, path))
    if (!isPartOfChoice) reportOne(schema, error, place, report)
  }
  return errors.length === 0
}

/** typebox stops at eight unless told otherwise, which is a setting of the whole process: it is put back. */
function allErrors(schema: TSchema, value: unknown): SchemaError[] {
  const { maxErrors } = Settings.Get()
  Settings.Set({ maxErrors: 1000 })
  try {
    return Value.Errors(schema, value)
  } finally {
    Settings.Set({ maxErrors })
  }
}

function isWithin({ instancePath }: SchemaError, path: string): boolean {
  return instancePath === path || instancePath.startsWith(`${path}/`)
}

function reportOne(schema: TSchema, error: SchemaError, root: Place, report: Report): void {
  const place = at(root, ...pathOf(error.instancePath, root.value))
  const own = resolvePointer(schema, error.schemaPath.replace(/^#/, ''))
  if (error.keyword === 'additionalProperties') {
    const known = isObject(own) && isObject(own.properties) ? Object.keys(own.properties) : []
    for (const key of error.params.additionalProperties) {
      const suggestion = suggest(key, known)
      report('KEY_UNKNOWN', at(place, key), { key, ...(suggestion && { suggestion }) })
    }
    return
  }
  // Each unknown key comes a second time, as a member for which the schema says false.
  if (error.keyword === 'boolean') return
  if (error.keyword === 'required') {
    for (const key of error.params.requiredProperties) report('KEY_MISSING', at(place, key), { key })
    return
  }
  if (typeof place.value === 'number' && takesText(own)) return report('QUOTES_MISSING', place)
  const suggestion =
    isObject(own) && Array.isArray(own.enum) ? suggest(String(place.value), own.enum.map(String)) : undefined
  report('VALUE_WRONG', place, { expected: describe(own), ...(suggestion && { suggestion }) })
}

/** Free text, whether alone or among other choices. */
function takesText(schema: unknown): boolean {
  if (!isObject(schema)) return false
  if (Array.isArray(schema.anyOf)) return schema.anyOf.some(takesText)
  return schema.type === 'string'
}

/** What a schema wants, in signs rather than words, so that it reads the same in both languages. */
function describe(schema: unknown): string {
  if (!isObject(schema)) return '?'
  if (Array.isArray(schema.enum)) return schema.enum.map((word) => JSON.stringify(word)).join(' | ')
  if (Array.isArray(schema.anyOf)) return String(schema.description)
  const bounds = [
    ...('minimum' in schema ? [`≥ ${String(schema.minimum)}`] : []),
    ...('exclusiveMinimum' in schema ? [`> ${String(schema.exclusiveMinimum)}`] : []),
    ...('maximum' in schema ? [`≤ ${String(schema.maximum)}`] : []),
    ...('minLength' in schema ? ['not ""'] : []),
    ...('minItems' in schema ? [`not []`] : []),
    ...('uniqueItems' in schema ? ['no repetition'] : []),
    ...('pattern' in schema ? [`/${String(schema.pattern)}/`] : []),
  ]
  return [String(schema.type), ...bounds].join(' ')
}

function resolvePointer(schema: unknown, pointer: string): unknown {
  let node: unknown = schema
  for (const part of pointer.split('/').slice(1).map(unescapePointer)) {
    node = typeof node === 'object' && node !== null && Object.hasOwn(node, part) ? Reflect.get(node, part) : undefined
  }
  return node
}

/** A pointer's parts as keys, and as numbers where they step into an array. */
function pathOf(pointer: string, root: unknown): (string | number)[] {
  const path: (string | number)[] = []
  let value = root
  for (const part of pointer.split('/').slice(1).map(unescapePointer)) {
    const key = Array.isArray(value) ? Number(part) : part
    path.push(key)
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined
  }
  return path
}

function unescapePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~')
}
