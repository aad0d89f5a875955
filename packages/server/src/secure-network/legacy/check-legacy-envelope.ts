import { refuse } from '../refusal.ts'
import type { Refused } from '../refusal.ts'
import type { LegacyEnvelope } from './legacy-envelope.ts'

/** The wire has no better defence against delay than this, and phones keep their clocks. */
const WINDOW_MS = 60_000

/** What an envelope has to agree with. */
export interface LegacyClaims {
  /** By clientInfo, which travels in clear. */
  readonly appId: string
  readonly deviceId: string
  /** Of the mini program whose user's key opened it. */
  readonly wxAppid: string
  /** ms since epoch. */
  readonly now: number
  /** ms since epoch; undefined: the memory of what was taken outlives this process. */
  readonly bootedAt: number | undefined
}

/** Whether an envelope is of now, and says what the call around it says. Undefined: it does. */
export function checkLegacyEnvelope(
  { timestamp, appId, deviceId, wxAppId }: LegacyEnvelope,
  claims: LegacyClaims,
): Refused | undefined {
  const aheadMs = timestamp - claims.now
  if (Math.abs(aheadMs) > WINDOW_MS)
    return refuse('CLIENT_TIME_SKEWED', `the client's clock is ${Math.round(aheadMs / 1000)} s off`)
  if (claims.bootedAt !== undefined && timestamp < claims.bootedAt)
    return refuse('CLIENT_TIME_SKEWED', 'it was made before this server began, which has no memory of that time')
  if (appId !== claims.appId) return refuse('APP_MISMATCHED', 'clientInfo names another app than the envelope')
  if (wxAppId !== claims.wxAppid)
    return refuse('APP_MISMATCHED', 'the envelope names another mini program than its key is of')
  if (deviceId !== claims.deviceId)
    return refuse('DEVICE_MISMATCHED', 'clientInfo names another device than the envelope')
  return undefined
}
