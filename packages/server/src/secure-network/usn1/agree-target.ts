import type { JsonObject } from '@drawbridge/runtime'
import type { CallPath } from '../../calls/call-path.ts'
import { readTarget } from '../target.ts'
import type { Target } from '../target.ts'

/** What a call is for, and with what, in agreement with one another and with what there is. */
export interface AgreedTarget {
  readonly target: Target
  readonly args: JsonObject
}

/**
 * Holds the target that the sender named against the functions there are, and the data against the target: a cloud
 * object is called as an object, by the method that the target names. Undefined where they do not agree.
 */
export function agreeTarget(
  { named, data = {}, spaceId }: { readonly named: string; readonly data?: JsonObject; readonly spaceId: string },
  path: Pick<CallPath, 'kindOf'>,
): AgreedTarget | undefined {
  const target = readTarget(named)
  if (!target) return undefined
  if (target.kind === 'route') return { target, args: data }
  const kind = path.kindOf(spaceId, target.name)
  if (kind !== undefined && kind !== target.kind) return undefined
  if (target.kind === 'function') return { target, args: data }
  const { method = target.method } = data
  return method === target.method ? { target, args: { ...data, method } } : undefined
}
