import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openPeer } from './peer-fixture.ts'
import { suite1 } from './suite1.ts'

test('another suite can be had', async () => {
  const peer = await openPeer({ cipher: suite1 })
  await peer.client.callFunction({ name: 'f', secret: true })
  assert.equal(peer.opened[0]?.request.header.suite, 1)
})

test('a client without an appId is 10003', async () => {
  await assert.rejects(openPeer({ appId: '' }), { errCode: 10003 })
})
