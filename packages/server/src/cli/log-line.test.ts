import assert from 'node:assert/strict'
import { test } from 'node:test'
import { logLine } from './log-line.ts'

const entry = {
  at: Date.parse('2026-03-01T08:09:10.011Z'),
  spaceId: 's',
  name: 'hello',
  requestId: 'r-1',
  level: 'info',
  text: 'said',
} as const

test('a line tells when, whose, of which call, and what', () => {
  assert.equal(logLine(entry), '08:09:10.011  hello  r-1  info  said\n')
})

test('the end of a call tells its code, duration and memory', () => {
  const end = { code: 'FUNCTION_FAILED', durationMs: 12.4, memoryMb: 80.2 }
  assert.equal(logLine({ ...entry, text: '', end }), '08:09:10.011  hello  r-1  end  FUNCTION_FAILED  12 ms  80 MB\n')
})

test('what a function says cannot command the terminal or look like another line', () => {
  const line = logLine({ ...entry, text: 'a\u001b[2J\rb\n08:09:10.012  other  r-2  info  forged\u009b31m' })
  assert.equal(
    line,
    '08:09:10.011  hello  r-1  info  a\\u001b[2J\\u000db\n    08:09:10.012  other  r-2  info  forged\\u009b31m\n',
  )
})
