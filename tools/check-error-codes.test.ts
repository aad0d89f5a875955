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
    'packages/protocol/src/error-table.ts PORT_BUSY is thrown nowhere',
  ])
})

test('a code that only a test names is found', () => {
  const files = { 'packages/bridge/src/a.test.ts': everyCode }
  assert.equal(messagesOf(checkErrorCodes, files).length, Object.keys(errorTable).length)
})
