import type { FunctionHost } from '../../functions/function-host.ts'
import type { FunctionPolicy } from './with-function-policies.ts'

/** The policies beside the functions that a host runs, always those of the code that the next call gets. */
export function hostPolicies(host: Pick<FunctionHost, 'list'>): (spaceId: string) => readonly FunctionPolicy[] {
  return (spaceId) => {
    const beside: FunctionPolicy[] = []
    // For every call: it allocates no more than it must.
    for (const { name, policy } of host.list(spaceId)) if (policy) beside.push({ name, policy })
    return beside
  }
}
