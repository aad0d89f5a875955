import type { S2sData } from './s2s-payload.ts'
import { s2sPolicy } from './s2s-policy.ts'
import type { S2sFile } from './s2s-policy.ts'
import { secureHeaders } from './secure-headers.ts'

/**
 * The headers that make a request acceptable to a uni-cloud-s2s peer (the module's `getSecureHeaders`).
 * Throws `S2sError` 50000.
 * @param data the query of a GET, the JSON or form fields of a POST.
 * @param now ms since epoch.
 */
export function s2sSign(config: S2sFile, data: S2sData = {}, now: number): Record<string, string> {
  return secureHeaders(s2sPolicy(config), data, now)
}
