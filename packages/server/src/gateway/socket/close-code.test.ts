import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSocketPair } from './socket-pair-fixture.ts'
import { sendableCode } from './close-code.ts'

test('a code is sendable exactly where a WebSocket takes it', async (t) => {
  for (const code of [0, 999, 1000, 1003, 1004, 1005, 1006, 1007, 1014, 1015, 2999, 3000, 4403, 4999, 5000, 65_535]) {
    const { client } = await createSocketPair(t)
    const close = (): void => {
      client.close(code)
    }
    if (sendableCode(code) === undefined) assert.throws(close, `${code}`)
    else assert.doesNotThrow(close, `${code}`)
  }
})
