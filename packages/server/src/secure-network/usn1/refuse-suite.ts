import type { RequestHeader, SuiteNumber } from '@drawbridge/protocol'
import type { Policy } from '../policy-source.ts'
import { refuse } from '../refusal.ts'
import type { Refused } from '../refusal.ts'
import { verdictReasons } from '../verdict-reasons.ts'

/** Refuses a suite that a platform may not use; suite 3 where no policy allows it. @param platform undefined: not known yet */
export function refuseSuite(
  { suite }: Pick<RequestHeader, 'suite'>,
  policy: Policy,
  platform: string | undefined,
): Refused | undefined {
  if (platform === undefined || suitesOf(policy, platform).includes(suite)) return undefined
  return refuse('ENVELOPE_REJECTED', verdictReasons.suiteRefused.reason)
}

function suitesOf({ suites }: Policy, platform: string): readonly SuiteNumber[] {
  return suites && Object.hasOwn(suites, platform) ? (suites[platform] ?? SUITES) : SUITES
}

const SUITES: readonly SuiteNumber[] = [1, 2]
