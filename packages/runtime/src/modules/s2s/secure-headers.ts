import { s2sPayload } from './s2s-payload.ts'
import type { S2sData } from './s2s-payload.ts'
import type { S2sPolicy } from './s2s-policy.ts'

/** The headers of a request that a uni-cloud-s2s peer accepts. @param now ms since epoch. */
export function secureHeaders(policy: S2sPolicy, data: S2sData = {}, now: number): Record<string, string> {
  if (policy.type === 'connectCode') return { 'Unicloud-S2s-Authorization': `CONNECTCODE ${policy.connectCode}` }
  return {
    'Unicloud-S2s-Timestamp': String(now),
    'Unicloud-S2s-Signature': `${policy.hashMethod} ${policy.digest(`${now}\n${s2sPayload(data)}`)}`,
  }
}
