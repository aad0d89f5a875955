import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DrawbridgeError } from '@drawbridge/protocol'
import { parseCron } from './parse-cron.ts'

const NEW_YEAR = Date.parse('2026-01-01T00:00:00.000Z')

/** The first due moments after New Year (08:00 in UTC+8), as ISO without milliseconds. */
function dues(cron: string, count: number): readonly (string | undefined)[] {
  const schedule = parseCron(cron)
  const found: (string | undefined)[] = []
  let at: number | undefined = NEW_YEAR
  while (at !== undefined && found.length < count) {
    at = schedule.next(at)
    found.push(at === undefined ? undefined : new Date(at).toISOString().replace('.000Z', 'Z'))
  }
  return found
}

const rows: readonly [what: string, cron: string, dues: readonly (string | undefined)[]][] = [
  ['every hour, on the hour', '0 0 * * * * *', ['2026-01-01T01:00:00Z', '2026-01-01T02:00:00Z']],
  ['two o’clock in UTC+8, wherever the server is', '0 0 2 1 * * *', ['2026-01-31T18:00:00Z', '2026-02-28T18:00:00Z']],
  ['every twenty seconds', '*/20 * * * * * *', ['2026-01-01T00:00:20Z', '2026-01-01T00:00:40Z']],
  ['a list', '0 0 10,14,16 * * * *', ['2026-01-01T02:00:00Z', '2026-01-01T06:00:00Z', '2026-01-01T08:00:00Z']],
  ['every ten minutes from the first', '0 1/10 * * * * *', ['2026-01-01T00:01:00Z', '2026-01-01T00:11:00Z']],
  ['on working days', '0 0 9 * * 1-5 *', ['2026-01-01T01:00:00Z', '2026-01-02T01:00:00Z', '2026-01-05T01:00:00Z']],
  ['on Sundays', '0 0 0 * * 0 *', ['2026-01-03T16:00:00Z', '2026-01-10T16:00:00Z']],
  [
    'on the 13th or on Fridays, when both are set',
    '0 0 8 13 * 5 *',
    ['2026-01-02T00:00:00Z', '2026-01-09T00:00:00Z', '2026-01-13T00:00:00Z'],
  ],
  ['in one year', '0 0 0 1 1 * 2030', ['2029-12-31T16:00:00Z', undefined]],
  ['never again', '0 0 0 1 1 * 2020', [undefined]],
  ['without a year, as Alibaba’s console has it', '0 0 * * * *', ['2026-01-01T01:00:00Z']],
  ['on 29 February', '0 0 8 29 2 * *', ['2028-02-29T00:00:00Z']],
]

describe('a timer’s expression', () => {
  for (const [what, cron, expected] of rows) {
    it(`can say ${what}`, () => {
      assert.deepEqual(dues(cron, expected.length), expected)
    })
  }

  const refused = [
    '',
    '0 0 * * *',
    '@hourly',
    '60 * * * * * *',
    '0 0 24 * * * *',
    '0 0 0 L * * *',
    '0 0 0 ? * MON *',
    '0 /5 * * * * *',
    '0 0 0 32 * * *',
    'x'.repeat(100_000),
    '0 0 * * * * * *',
  ]
  for (const cron of refused) {
    it(`is refused when it is ${JSON.stringify(cron.slice(0, 20))}`, () => {
      assert.throws(
        () => parseCron(cron),
        (error) =>
          error instanceof DrawbridgeError &&
          error.code === 'FUNCTION_TRIGGER_INVALID' &&
          Boolean(error.detail['reason']),
      )
    })
  }
})
