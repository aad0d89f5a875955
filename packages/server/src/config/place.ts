/** Line and column, both from 1; a column counts UTF-16 units, as editors do. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** A value together with where it stands, so that whoever dislikes it can point at it. */
export interface Place {
  readonly file: string
  readonly path: readonly (string | number)[]
  /** undefined: nothing stands there. */
  readonly value: unknown
  /** Where the value, or its key, stands; for what is absent the nearest thing around it. */
  locate(of: 'key' | 'value', path?: readonly (string | number)[]): Position | undefined
}

/** A place that has no text, such as the environment; `path` names the variable. */
export function placeWithoutText(file: string, path: readonly (string | number)[] = [], value?: unknown): Place {
  return { file, path, value, locate: () => undefined }
}

/** The place of a member; its value is undefined when there is none. Own members only. */
export function at(place: Place, ...keys: readonly (string | number)[]): Place {
  let value: unknown = place.value
  for (const key of keys) {
    value = (isObject(value) || Array.isArray(value)) && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined
  }
  const path = [...place.path, ...keys]
  return { ...place, path, value, locate: (of, other) => place.locate(of, other ?? path) }
}

/** The places of an object's members, in the order of the text; none when it is no object. */
export function members(place: Place): readonly (readonly [string, Place])[] {
  return isObject(place.value) ? Object.keys(place.value).map((key) => [key, at(place, key)] as const) : []
}

/** The places of an array's elements; none when it is no array. */
export function elements(place: Place): readonly Place[] {
  return Array.isArray(place.value) ? place.value.map((_, index) => at(place, index)) : []
}

/** An object that is no array and not null. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The place's value if it is a string with something in it, blanks at the ends taken off; else undefined. */
export function textAt(place: Place): string | undefined {
  if (typeof place.value !== 'string') return undefined
  const text = place.value.trim()
  return text === '' ? undefined : text
}
