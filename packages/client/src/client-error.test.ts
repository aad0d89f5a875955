import assert from 'node:assert/strict'
import { test } from 'node:test'
import { secureNetworkRows } from '@drawbridge/protocol'
import * as codes from './client-error.ts'
import type { ClientCode } from './client-error.ts'

test('the client’s own codes are those of the protocol, and each has a sentence', () => {
  const { clientError, parameterError, ...numbers } = codes
  assert.equal(Object.keys(numbers).length, 8)
  for (const [name, number] of Object.entries(numbers)) {
    assert.equal(secureNetworkRows[name as ClientCode].number, number)
    const { errMsg } = number === codes.CLIENT_PARAMETERS_MISSING ? parameterError('p') : clientError(number)
    assert.match(errMsg, /^[A-Z].*\.$/)
  }
})
