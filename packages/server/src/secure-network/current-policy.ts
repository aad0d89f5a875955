import { DrawbridgeError } from '@drawbridge/protocol'
import type { Space } from '../spaces/space.ts'
import type { Policy, PolicySource } from './policy-source.ts'

/** The policy of a space now. Where there is none to go by, nobody may call: throws `SYSTEM_ERROR`. */
export function currentPolicy(policies: PolicySource, { spaceId }: Space): Policy {
  try {
    return policies.current(spaceId)
  } catch (cause) {
    throw new DrawbridgeError('SYSTEM_ERROR', {}, { cause })
  }
}
