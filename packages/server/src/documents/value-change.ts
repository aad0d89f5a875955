import type { MutableJson } from './holder-at.ts'

/** What becomes of a field's value, undefined when it is missing; undefined as the answer leaves the field as it is. */
export type ValueChange = (value: MutableJson | undefined) => MutableJson | undefined
