import type { Json, JsonObject } from '@drawbridge/runtime'

/** A text; empty when it is none. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}

/** The texts of a list; what is no text is left out. */
export function textsOf(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}

/** A member that is an object; empty when it is none. */
export function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {}
}
