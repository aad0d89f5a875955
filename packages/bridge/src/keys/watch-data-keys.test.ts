import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { BridgeEvent } from '../bridge.ts'
import { watchDataKeys } from './watch-data-keys.ts'

test('a master key that was changed is told once, and once more when the new one is here', async () => {
  const answers = ['ok', 'wrong', 'wrong', 'gone', 'ok', 'ok']
  const events: BridgeEvent[] = []
  await new Promise<void>((resolve) => {
    const watch = watchDataKeys({
      keyring: {
        async reload() {
          const answer = answers.shift()
          if (answer === 'wrong') throw new DrawbridgeError('MASTER_KEY_INVALID')
          if (answer === 'gone') throw new DrawbridgeError('STORE_UNAVAILABLE')
        },
      },
      async sleep() {
        if (answers.length > 0) return
        watch.stop()
        resolve()
      },
      onEvent: (event) => events.push(event),
    })
  })
  assert.deepEqual(
    events.map((event) => event.type === 'tier' && [event.tier, event.state]),
    [
      ['keys', 'down'],
      ['keys', 'up'],
    ],
  )
})
