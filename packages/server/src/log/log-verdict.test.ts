import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Verdict } from '../secure-network/verdict.ts'
import { createLog } from './create-log.ts'
import { logVerdict } from './log-verdict.ts'

const refused: Verdict = {
  at: 1,
  requestId: 'r-1',
  spaceId: 'shop',
  wire: 'unicloud',
  target: 'f:pay',
  outcome: 'refused',
  code: 'ENVELOPE_REQUIRED',
  reason: 'the rule asks for more',
  evidence: { address: '203.0.113.7' },
}

test('a call of the stock client that the policy refuses is one line with code, target and request', () => {
  const lines: string[] = []
  const log = createLog({ level: 'debug', destination: { write: (line) => void lines.push(line) } })
  logVerdict(log, refused)
  const { level, event, requestId, spaceId, target, outcome, code } = JSON.parse(lines[0] ?? '{}') as Record<
    string,
    unknown
  >
  assert.deepEqual(
    [level, event, requestId, spaceId, target, outcome, code],
    ['debug', 'client call refused', 'r-1', 'shop', 'f:pay', 'refused', 'ENVELOPE_REQUIRED'],
  )
  logVerdict(log, { ...refused, outcome: 'admitted' })
  logVerdict(log, { ...refused, wire: 'http' })
  assert.equal(lines.length, 1)
})
