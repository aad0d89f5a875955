import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorTable } from '@drawbridge/protocol'
import { checkErrorCodes } from './check-error-codes.ts'
import { messagesOf } from './messages-of.ts'

const everyCode = Object.keys(errorTable)
  .map((code) => `'${code}'`)
  .join('\n')

test('a code that no source names is found', () => {
  assert.deepEqual(messagesOf(checkErrorCodes, { 'packages/bridge/src/a.ts': everyCode }), [])
  assert.deepEqual(messagesOf(checkErrorCodes, { 'packages/bridge/src/a.ts': everyCode.replace("'PORT_BUSY'", '') }), [
    'packages/protocol/src/errors/ PORT_BUSY is thrown nowhere',
  ])
})

test('a code that only a test names is found', () => {
  const files = { 'packages/bridge/src/a.test.ts': everyCode }
  const elsewhere = Object.values(errorTable).filter(
    ({ number }) => (number > 10_000 && number < 10_009) || number === 70_010,
  )
  assert.equal(messagesOf(checkErrorCodes, files).length, Object.keys(errorTable).length - elsewhere.length)
})
