import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openPeer } from '../peer-fixture.ts'

const HANDSHAKE = 'o:uni-id-co/secureNetworkHandshakeByWeixin'
const subjectOf = (peer: Awaited<ReturnType<typeof openPeer>>): string | undefined =>
  peer.opened.at(-1)?.request.header.subject

test('the handshake takes a fresh code to the server, which names the user from then on', async () => {
  const peer = await openPeer({ bare: true })
  peer.handler = ({ body }) => (body['target'] === HANDSHAKE ? { errCode: 0 } : 'done')
  assert.deepEqual(await peer.client.initSecureNetworkByWeixin({ callLoginByWeixin: true }), { code: 'code-1' })
  const { target, data } = JSON.parse(String(peer.sent[0]?.body)) as Record<string, unknown>
  assert.equal(target, HANDSHAKE)
  assert.deepEqual(data, {
    method: 'secureNetworkHandshakeByWeixin',
    params: [{ code: 'code-1', callLoginByWeixin: true }],
  })
  await peer.client.callFunction({ name: 'f', secret: true })
  assert.equal(subjectOf(peer), 'wx1111111111111111:@code-1')
  assert.deepEqual(await peer.client.initSecureNetworkByWeixin({ openid: 'ignored' }), { code: 'code-1' })
  assert.equal(peer.asked.logins, 1, 'what has succeeded is not done again')
  assert.deepEqual(peer.ui, [])
})

test('an openid that the app knows is sent nowhere but in the seal’s header', async () => {
  const peer = await openPeer({ bare: true })
  assert.deepEqual(await peer.client.initSecureNetworkByWeixin({ openid: 'o-9' }), {})
  assert.equal(peer.sent.length, 0)
  await peer.client.callFunction({ name: 'f', secret: true })
  assert.equal(subjectOf(peer), 'wx1111111111111111:o-9')
})

test('openid and login cannot go together', async () => {
  const peer = await openPeer({ bare: true })
  await assert.rejects(peer.client.initSecureNetworkByWeixin({ openid: 'o', callLoginByWeixin: true }), {
    errCode: 10002,
  })
})

test('after a failure it can be called again, and calls that waited fail with it', async () => {
  const peer = await openPeer({ bare: true })
  peer.handler = () => ({ errCode: 'uni-id-get-third-party-account-failed', errMsg: 'no account' })
  const starting = peer.client.initSecureNetworkByWeixin()
  const waiting = peer.client.callFunction({ name: 'f', secret: true })
  await assert.rejects(starting, { errCode: 'uni-id-get-third-party-account-failed' })
  await assert.rejects(waiting, { errCode: 'uni-id-get-third-party-account-failed' })
  await assert.rejects(peer.client.callFunction({ name: 'f', secret: true }), { errCode: 70006 })
  peer.handler = () => ({ errCode: 0 })
  assert.deepEqual(await peer.client.initSecureNetworkByWeixin(), { code: 'code-2' })
})

test('a call that starts during the handshake waits for it', async () => {
  const peer = await openPeer({ bare: true })
  peer.handler = ({ body }) => (body['target'] === HANDSHAKE ? { errCode: 0 } : 'done')
  const starting = peer.client.initSecureNetworkByWeixin()
  assert.equal((await peer.client.callFunction({ name: 'f', secret: true })).result, 'done')
  await starting
})

test('a login that has ended is renewed once, for all calls that find out together', async () => {
  const peer = await openPeer({ bare: true })
  peer.handler = ({ body }) => (body['target'] === HANDSHAKE ? { errCode: 0 } : 'done')
  await peer.client.initSecureNetworkByWeixin()
  for (const errCode of [70006, 70007]) {
    let refusals = 3
    peer.onTheWay = (answer, { body }) => {
      if (typeof body === 'string' || --refusals < 0) return answer
      return { ...answer, status: 403, body: Buffer.from(JSON.stringify({ errCode, errMsg: 'x' })) }
    }
    const logins = peer.asked.logins
    const calls = [1, 2, 3].map(() => peer.client.callFunction({ name: 'f', secret: true }))
    for (const { result } of await Promise.all(calls)) assert.equal(result, 'done')
    assert.equal(peer.asked.logins, logins + 1)
    assert.equal(subjectOf(peer), `wx1111111111111111:@code-${logins + 1}`)
  }
  peer.onTheWay = (answer, { body }) =>
    typeof body === 'string' ? answer : { ...answer, body: Buffer.from('{"errCode":70007}') }
  const logins = peer.asked.logins
  await assert.rejects(peer.client.callFunction({ name: 'f', secret: true }), { errCode: 10010 })
  assert.equal(peer.asked.logins, logins + 1)
})

test('where the app said who the user is, nobody is logged in again', async () => {
  const peer = await openPeer()
  peer.refusal = { status: 403, error: { errCode: 70007 } }
  await assert.rejects(peer.client.callFunction({ name: 'f', secret: true }), { errCode: 10010 })
  assert.deepEqual([peer.asked.logins, peer.sent.length], [0, 1])
})

test('a host that does not log in says why', async () => {
  const peer = await openPeer({ bare: true })
  Object.assign(peer.host.weixin ?? {}, {
    login: () => Promise.reject(Object.assign(new Error(), { errMsg: 'login:fail' })),
  })
  await assert.rejects(peer.client.initSecureNetworkByWeixin(), { errCode: 'SYS_ERR', errMsg: 'login:fail' })
})
