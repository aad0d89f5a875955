import { bodyFailures } from './body-failures.ts'
import { errcodeFailures } from './errcode-failures.ts'
import type { FailureRow } from './failure.ts'
import { stateFailures } from './state-failures.ts'
import { transportFailures } from './transport-failures.ts'

const rows = { ...errcodeFailures, ...transportFailures, ...bodyFailures, ...stateFailures }

/** The name of a kind of failure that strikes calls. */
export type FailureKind = keyof typeof rows

/** Every kind of failure by name. Null prototype: names come from outside. */
export const failureTable: Readonly<Record<FailureKind, FailureRow>> = Object.assign(
  Object.create(null) as object,
  rows,
)
