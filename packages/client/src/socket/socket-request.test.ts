import assert from 'node:assert/strict'
import { test } from 'node:test'
import { utf8Encode } from '@drawbridge/protocol'
import { wireError } from '../peer-fixture.ts'
import type { UniCloudError } from '../uni-cloud-error.ts'
import type { SocketTask } from './create-socket-task.ts'
import { listen, openSocketPeer, until } from './socket-peer-fixture.ts'

test('a socket knows the request by the name that the server gave it, opened or refused, sealed or in clear', async () => {
  const ids: unknown[] = []
  const note = ({ requestId }: { readonly requestId?: string | undefined }): unknown => ids.push(requestId)
  const peer = await openSocketPeer()
  const connect = async (count: number): Promise<void> => {
    const task = peer.client.connectSocket({
      url: '/chat',
      success: note,
      fail: (error) => note(error as { readonly requestId?: string }),
    })
    task.onOpen(note)
    task.onError(note)
    await until(() => ids.length === count)
  }
  peer.handler = () => ({ protocol: '', header: {}, requestId: 'opened' })
  await connect(2)
  const link = peer.links[0] ?? assert.fail('no connection')
  link.events.message('in clear')
  await until(() => ids.length === 3)
  peer.first = ({ events }) =>
    events.message(JSON.stringify({ errCode: 70004, errSubject: 's', errMsg: 'no', requestId: 'in clear' }))
  await connect(5)
  peer.first = ({ events }) => events.message('{"errCode":70004,"requestId":{}}')
  await connect(7)
  assert.deepEqual(ids, ['opened', 'opened', 'opened', 'in clear', 'in clear', undefined, undefined])
})

test('the name of a request that is refused under seal is the sealed one', async () => {
  const peer = await openSocketPeer()
  peer.sealError = (error) => utf8Encode(JSON.stringify({ ...error, requestId: 'under seal' }))
  peer.handler = () => {
    throw wireError(81204)
  }
  const failed = await new Promise<unknown>((fail) => peer.client.connectSocket({ url: '/chat', fail }))
  const { errCode, requestId } = failed as UniCloudError
  assert.deepEqual([errCode, requestId], [81204, 'under seal'])
})

test('without what it needs to know a socket fails with 10002, and nothing is thrown', async () => {
  const peer = await openSocketPeer()
  const connect = peer.client.connectSocket as (given?: unknown) => SocketTask
  for (const given of [undefined, null, {}, { url: 5 }, { path: null }]) {
    const told = listen(connect(given))
    await until(() => told.length === 2)
    assert.deepEqual(told, [
      ['error', 10002],
      ['close', 1006, ''],
    ])
  }
  const failed = await new Promise<unknown>((fail) => connect({ fail }))
  assert.equal((failed as UniCloudError).errMsg, 'Missing or wrong: url.')
})
