import { createKeySchedule, miniProgramSecret } from '../src/envelope/key-schedule.ts'
import type { KeySchedule } from '../src/envelope/key-schedule.ts'
import type { Primitives } from '../src/envelope/primitives.ts'
import type { RequestFields } from '../src/envelope/seal-request.ts'
import type { SuiteNumber } from '../src/envelope/suite-table.ts'

/** A key schedule as a mini program's user has one. */
export function sampleSchedule(primitives: Primitives, suite: SuiteNumber): KeySchedule {
  const secret = miniProgramSecret(primitives, suite, { encryptKey: filled(16, 7), iv: filled(16, 9) })
  const context = {
    suite,
    keyKind: 'mp',
    keyId: Uint8Array.of(0, 0, 0, 10),
    appId: '__UNI__A',
    subject: 'wx:o',
  } as const
  const schedule = secret && createKeySchedule(primitives, context, { secret })
  if (!schedule) throw new RangeError(`suite ${suite} is not supported`)
  return schedule
}

/** What a call says besides. */
export const sampleFields: RequestFields = {
  secretType: 'both',
  ts: 1_763_690_000_123,
  rid: filled(16, 3),
  device: '17000000',
  target: 'f:collection',
}

/** A call's response: the server's time and nonce. */
export const sampleReply = { ts: 1_763_690_000_180, rnonce: filled(16, 5) } as const

/** Bytes that count up from a start. */
export function filled(length: number, from: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => from + at * 5)
}
