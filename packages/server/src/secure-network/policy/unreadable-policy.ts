import type { Rule } from '@drawbridge/protocol'

/** The policy of a function whose own cannot be read: it admits nobody, and is this very list wherever it is looked at. */
export const unreadablePolicy: readonly Rule[] = Object.freeze([])
