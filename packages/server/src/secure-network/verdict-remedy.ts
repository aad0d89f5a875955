import { errorTable } from '@drawbridge/protocol'
import type { ErrorCode } from '@drawbridge/protocol'
import { verdictReasons } from './verdict-reasons.ts'
import type { Remedy } from './verdict-reasons.ts'

const byReason: ReadonlyMap<string, Remedy> = new Map(
  Object.values(verdictReasons).map(({ reason, remedy }) => [reason, remedy]),
)

/** For the one code whose own remedy sends the operator to the verdicts, where he is. */
const REJECTED: Remedy = {
  en: 'Update the client, and hold what was known of it against drawbridge policy show.',
  zh: '请更新客户端，并将已知的调用者信息与 drawbridge policy show 的规则对照。',
}

/** What the operator should do about a verdict: what its reason asks for, else what its code does. */
export function verdictRemedy(code: ErrorCode, reason: string | undefined): Remedy {
  const own = reason === undefined ? undefined : byReason.get(reason)
  return own ?? remedyOfCode(code)
}

/** What the code alone asks for. */
export function remedyOfCode(code: ErrorCode): Remedy {
  if (code === 'ENVELOPE_REJECTED') return REJECTED
  const { remedyEn, remedyZh } = errorTable[code]
  return { en: remedyEn, zh: remedyZh }
}
