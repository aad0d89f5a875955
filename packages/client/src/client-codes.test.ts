import assert from 'node:assert/strict'
import { test } from 'node:test'
import { secureNetworkRows } from '@drawbridge/protocol'
import { clientCodes } from './client-codes.ts'

test('the client’s own codes are those of the protocol', () => {
  for (const [code, [number, sentence]] of Object.entries(clientCodes)) {
    assert.equal(secureNetworkRows[code as keyof typeof clientCodes].number, number)
    assert.match(sentence, /^[A-Z].*\.$/)
  }
})
