import { builtInDeps } from '../built-in-deps.ts'
import { loadConfigCenter } from '../load-config-center.ts'
import type { S2sData } from './s2s-payload.ts'
import { s2sPolicy } from './s2s-policy.ts'
import type { S2sFile, S2sPolicy } from './s2s-policy.ts'
import { secureHeaders } from './secure-headers.ts'
import type { S2sHttpInfo } from './verify-http-info.ts'
import * as byPolicy from './verify-http-info.ts'

/** The headers that make a request acceptable to a peer; `data` is the query of a GET, the fields of a POST. */
export function getSecureHeaders({ data }: { readonly data?: S2sData } = {}): Record<string, string> {
  return secureHeaders(policy(), data, builtInDeps().now())
}

/** True, or throws with `errCode` 50000 (configuration) or 51000 (refused). */
export function verifyHttpInfo(httpInfo: S2sHttpInfo): true {
  return byPolicy.verifyHttpInfo(policy(), httpInfo, builtInDeps().now())
}

function policy(): S2sPolicy {
  return s2sPolicy(loadConfigCenter()({ pluginId: 'uni-cloud-s2s' }).config() as S2sFile)
}

const exported = { getSecureHeaders, verifyHttpInfo }

export default exported
export { exported as 'module.exports' }
