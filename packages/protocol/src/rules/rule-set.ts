import { secretTypes } from '../envelope/secret-type.ts'
import type { SecretType } from '../envelope/secret-type.ts'

/** Who may call: an app on a platform in a version. A superset of uniCloud's rule; what is absent is not asked. */
export interface Rule {
  readonly appId?: string
  /** `android`, `ios`, `mp-weixin` …, in any case of letters. */
  readonly platform?: string
  /** `production` or `development`. */
  readonly version?: string
  /** The least evidence of the device, 0 to 3. */
  readonly minLevel?: number
  /** The least that must be encrypted. */
  readonly secretType?: SecretType
  /** The device's key must have signed this very call. */
  readonly fresh?: boolean
}

/** By function name, by several names with commas between, or by `*`: who may call. An empty list refuses everybody. */
export type RuleSet = Readonly<Record<string, readonly Rule[]>>

/** Whether something from outside has the shape of a rule set, with no field that nobody knows. */
export function isRuleSet(value: unknown): value is RuleSet {
  return isRecord(value) && Object.keys(value).every((key) => Array.isArray(value[key]) && value[key].every(isRule))
}

const fields: Readonly<Record<keyof Rule, (value: unknown) => boolean>> = {
  appId: (value) => typeof value === 'string',
  platform: (value) => typeof value === 'string',
  version: (value) => value === 'production' || value === 'development',
  minLevel: (value) => value === 0 || value === 1 || value === 2 || value === 3,
  secretType: (value) => secretTypes.some((each) => each === value),
  fresh: (value) => typeof value === 'boolean',
}
const checks = new Map<string, (value: unknown) => boolean>(Object.entries(fields))

function isRule(value: unknown): value is Rule {
  return isRecord(value) && Object.keys(value).every((key) => checks.get(key)?.(value[key]))
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
