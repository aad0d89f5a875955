import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { utf8Encode } from '@drawbridge/protocol'
import { openPeer } from './peer-fixture.ts'
import { listen, openSocketPeer, until } from './socket/socket-peer-fixture.ts'

test('a listener that throws keeps nothing from the others, ends nothing, and is reported', async () => {
  const failsLater = (): unknown => Promise.reject(new Error('of the app'))
  const peer = await openSocketPeer()
  const task = peer.client.connectSocket({
    url: '/chat',
    success: () => {
      throw new Error('of the app')
    },
  })
  for (const on of ['onOpen', 'onMessage', 'onError', 'onClose'] as const) {
    task[on](() => {
      throw new Error('of the app')
    })
    task[on](failsLater)
  }
  const told = listen(task)
  await until(() => task.readyState === 1)
  const link = peer.links[0] ?? assert.fail('no connection')
  for (const body of ['one', 'two'])
    link.events.message(link.cipher?.seal('text', utf8Encode(body)) ?? assert.fail('not sealed'))
  await until(() => told.length === 3)
  assert.equal(task.readyState, 1)
  assert.throws(peer.timers.get(0) ?? assert.fail('nothing is reported'), { message: 'of the app' })
  link.events.message('in clear')
  await until(() => told.length === 5)
  assert.deepEqual(told, [['open', 'chat'], 'one', 'two', ['error', 10010], ['close', 1006, '']])
})

test('a callback or a listener that throws changes no result, keeps nothing from the others, and is reported', async () => {
  const peer = await openPeer({ platform: 'web' })
  const told: unknown[] = []
  const fails = (): never => {
    throw new Error('of the app')
  }
  peer.client.onResponse(fails)
  peer.client.onResponse(({ content }) => told.push(content))
  const call = { name: 'f', success: fails, fail: fails, complete: () => told.push('complete') }
  assert.equal((await peer.client.callFunction(call)).result, 'done')
  assert.throws(peer.timers.get(0) ?? assert.fail('nothing is reported'), { message: 'of the app' })
  await assert.rejects(peer.client.callFunction({ ...call, secret: true }), { errCode: 20000 })
  await setImmediate()
  assert.deepEqual(told.slice(0, 2), ['done', 'complete'])
  assert.deepEqual([told.length, told[3]], [4, 'complete'])
})
