import { s2sPolicy } from './s2s-policy.ts'
import type { S2sFile } from './s2s-policy.ts'
import { verifyHttpInfo } from './verify-http-info.ts'
import type { S2sHttpInfo } from './verify-http-info.ts'

/**
 * Checks a request as a uni-cloud-s2s peer does, by its configuration file. True, or throws `S2sError` 50000 or 51000.
 * @param now ms since epoch.
 */
export function s2sVerify(config: S2sFile, httpInfo: S2sHttpInfo, now: number): true {
  return verifyHttpInfo(s2sPolicy(config), httpInfo, now)
}
