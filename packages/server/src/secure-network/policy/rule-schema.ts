import Type from 'typebox'
import { ruleSchema } from '../../config/secure-network-schema.ts'

/** A function's list and the operator's are multiplied where both are there. */
const RULES_MAX = 64

/** A list of rules; an empty one refuses everybody. */
export const ruleListSchema = Type.Array(ruleSchema, { maxItems: RULES_MAX })

/** By the name of a function, several with commas between, or `*`: who may call. */
export const ruleSetSchema = Type.Record(Type.String(), ruleListSchema, {
  description: 'By function, several functions with commas between, or *: who may call; [] refuses everybody',
})
