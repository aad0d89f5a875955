import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openPeer } from '../peer-fixture.ts'
import type { Peer } from '../peer-fixture.ts'
import { UniCloudError } from '../uni-cloud-error.ts'
import type { ImportObjectOptions } from './create-import-object.ts'

type Invoke = (...params: unknown[]) => Promise<unknown>

function method(peer: Peer, name: string, options: ImportObjectOptions = { customUI: true }): Invoke {
  return peer.client.importObject('todo', options)[name] ?? assert.fail('no such method')
}

test('every name is a method, called with its parameters', async () => {
  const peer = await openPeer({ platform: 'web' })
  peer.handler = ({ body }) => body
  for (const name of ['add', 'constructor', '__proto__', 'valueOf']) {
    const { target, data } = (await method(peer, name)('milk', 2)) as Record<string, unknown>
    assert.deepEqual([target, data], [`o:todo/${name}`, { method: name, params: ['milk', 2] }])
  }
  const todo = peer.client.importObject('todo')
  assert.equal(await todo['toString']?.(), '[object UniCloudObject]')
  assert.equal(await Promise.resolve(todo), todo)
  assert.equal(JSON.stringify({ todo }), '{"todo":{}}')
})

test('what is secret is said by method, else by the star', async () => {
  const peer = await openPeer()
  const options = { customUI: true, secretMethods: { pay: 'both', ask: 'none', '*': 'request' } } as const
  for (const name of ['pay', 'other', 'constructor', 'ask']) await method(peer, name, options)()
  assert.deepEqual(
    peer.opened.map(({ request: { header } }) => [header.target, header.secretType]),
    [
      ['o:todo/pay', 'both'],
      ['o:todo/other', 'request'],
      ['o:todo/constructor', 'request'],
    ],
  )
  assert.equal(peer.sent.length, 4)
})

test('a result with an errCode is thrown with all that came in its detail', async () => {
  const peer = await openPeer()
  const result = { errCode: 'todo-full', errMsg: 'no room', errSubject: 'todo', room: 0 }
  peer.handler = () => result
  const options = { customUI: true, secretMethods: { '*': 'both' } } as const
  await assert.rejects(method(peer, 'add', options)(), {
    name: 'Error',
    errCode: 'todo-full',
    errMsg: 'no room',
    errSubject: 'todo',
    requestId: 'r-1',
    detail: result,
  })
})

test('a new token is stored and told, also with an errCode', async () => {
  const peer = await openPeer()
  const told: unknown[] = []
  const listener = (event: unknown): void => void told.push(event)
  peer.client.onRefreshToken(listener)
  const newToken = { token: 'n.e.w', tokenExpired: 1_900_000_000_000 }
  peer.handler = () => ({ errCode: 0, newToken })
  await method(peer, 'renew', { customUI: true, secretMethods: { '*': 'both' } })()
  peer.handler = () => ({ errCode: 'x', newToken: { ...newToken, token: 'n.e.w2' } })
  await assert.rejects(method(peer, 'renew')())
  for (const wrong of [{ token: '', tokenExpired: 1 }, { token: 'x' }]) {
    peer.handler = () => ({ errCode: 0, newToken: wrong })
    await method(peer, 'renew')()
  }
  peer.client.offRefreshToken(listener)
  peer.handler = () => ({ errCode: 0, newToken: { ...newToken, token: 'n.e.w3' } })
  await method(peer, 'renew')()
  assert.deepEqual(told, [newToken, { ...newToken, token: 'n.e.w2' }])
  assert.equal(peer.storage.get('uni_id_token'), 'n.e.w3')
  assert.equal(peer.storage.get('uni_id_token_expired'), 1_900_000_000_000)
})

test('loading and errors are shown as asked', async () => {
  const peer = await openPeer({ platform: 'web' })
  await method(peer, 'fine', { loadingOptions: { title: 'wait' } })()
  peer.handler = () => ({ errCode: 1, errMsg: 'no room' })
  await assert.rejects(method(peer, 'add', {})(), { errCode: 1 })
  await assert.rejects(method(peer, 'add', { errorOptions: { type: 'toast' } })(), { errCode: 1 })
  assert.deepEqual(peer.ui.splice(0), [
    ...['loading wait', 'hide'],
    ...['loading 加载中...', 'hide', 'alert no room'],
    ...['loading 加载中...', 'hide', 'toast no room'],
  ])
  peer.sent.length = 0
  await assert.rejects(method(peer, 'add', { errorOptions: { retry: true } })(), { errCode: 1 })
  assert.equal(peer.sent.length, 2, 'the user wanted it once more')
})

test('the text of a system error can be another, what is thrown stays', async () => {
  const peer = await openPeer({ platform: 'web' })
  peer.refusal = { status: 500, error: { errCode: 50000, errSubject: 's', errMsg: 'broken' } }
  const seen: unknown[] = []
  const parseSystemError: ImportObjectOptions['parseSystemError'] = (facts) => {
    seen.push(facts)
    return { errMsg: 'please wait' }
  }
  await assert.rejects(method(peer, 'add', { parseSystemError })('milk'), { errCode: 50000, errMsg: 'broken' })
  assert.equal(peer.ui.at(-1), 'alert please wait')
  peer.refusal = undefined
  peer.handler = () => ({ errCode: 1, errMsg: 'the author’s own' })
  await assert.rejects(method(peer, 'add', { parseSystemError })('milk'), { errCode: 1 })
  assert.equal(peer.ui.at(-1), 'alert the author’s own')
  assert.deepEqual(seen, [
    { objectName: 'todo', methodName: 'add', params: ['milk'], errCode: 50000, errMsg: 'broken', errSubject: 's' },
  ])
})

test('listeners hear of every end, and that the user has to log in', async () => {
  const peer = await openPeer({ platform: 'web' })
  const responses: unknown[] = []
  const logins: unknown[] = []
  const onResponse = (event: unknown): void => void responses.push(event)
  peer.client.onResponse(onResponse)
  peer.client.onResponse(onResponse)
  peer.client.onNeedLogin((event) => void logins.push(event))
  await method(peer, 'fine')()
  await peer.client.callFunction({ name: 'f' })
  peer.handler = () => ({ errCode: 'uni-id-token-expired', errMsg: 'log in' })
  await assert.rejects(method(peer, 'mine')())
  await peer.client.callFunction({ name: 'f' })
  peer.client.offResponse(onResponse)
  await peer.client.callFunction({ name: 'f' })
  assert.deepEqual(responses.slice(0, 2), [
    { type: 'cloudobject', content: 'done' },
    { type: 'cloudfunction', content: 'done' },
  ])
  assert.ok((responses[2] as { content: unknown }).content instanceof UniCloudError)
  assert.equal(responses.length, 4)
  assert.deepEqual(logins, [{ errCode: 'uni-id-token-expired', errMsg: 'log in' }])
})

test('interceptors run around calls of their own kind, see plain text, and change what goes out', async () => {
  const peer = await openPeer()
  const told: unknown[] = []
  peer.handler = ({ body }) => body['data']
  peer.client.interceptObject({
    invoke: (facts) => told.push(['invoke', facts]),
    success: (facts) => told.push(['success', facts]),
    fail: (facts) => told.push(['fail', (facts as { readonly error: UniCloudError }).error.errCode]),
    complete: () => told.push('complete'),
  })
  const onlyOnce = { invoke: (call: object) => Promise.resolve(Object.assign(call, { data: { b: 2 } })) }
  peer.client.addInterceptor('callFunction', onlyOnce)
  const given = { name: 'f', data: { a: 1 }, secret: true }
  assert.deepEqual((await peer.client.callFunction(given)).result, { b: 2 })
  assert.deepEqual(given.data, { a: 1 })
  peer.client.removeInterceptor('request')
  peer.client.removeInterceptor('callFunction', {})
  assert.deepEqual((await peer.client.callFunction(given)).result, { b: 2 })
  peer.client.removeInterceptor('callFunction', onlyOnce)
  assert.deepEqual((await peer.client.callFunction(given)).result, { a: 1 })
  assert.deepEqual(told, [])

  await method(peer, 'add')('milk')
  peer.handler = () => ({ errCode: 7 })
  await assert.rejects(method(peer, 'add')('milk'))
  const facts = { objectName: 'todo', methodName: 'add', params: ['milk'] }
  assert.deepEqual(told, [
    ['invoke', facts],
    ['success', { ...facts, result: { method: 'add', params: ['milk'] } }],
    'complete',
    ['invoke', facts],
    ['fail', 7],
    'complete',
  ])
  peer.client.removeInterceptor('callObject')
  await assert.rejects(method(peer, 'add')())
  assert.equal(told.length, 6)
})
