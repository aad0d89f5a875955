import { readJson } from '@drawbridge/protocol'

/** The object that the bytes are the JSON of; an empty one when they are none. */
export function readAnswer(body: Uint8Array): Readonly<Record<string, unknown>> {
  return Object(readJson(body)) as Readonly<Record<string, unknown>>
}

/** A member that is a text, else nothing. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
