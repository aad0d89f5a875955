import assert from 'node:assert/strict'
import { test } from 'node:test'
import { secretTypes, utf8Encode } from '@drawbridge/protocol'
import type { HostAnswer } from './host.ts'
import { openPeer, wireError } from './peer-fixture.ts'
import type { UniCloudError } from './uni-cloud-error.ts'

const MARKER = 'plaintext-marker'
const REJECTED = { errCode: 10010, errSubject: 'uni-secure-network' }

/** What a body says to somebody who reads along. */
function readable(body: string | Uint8Array | undefined): string {
  return typeof body === 'string' ? body : Buffer.from(body ?? []).toString('latin1')
}

for (const secretType of secretTypes.filter((each) => each !== 'none'))
  test(`a call with secretType ${secretType} hides what it says to hide, and comes back`, async () => {
    const peer = await openPeer()
    const answers: HostAnswer[] = []
    peer.onTheWay = (answer) => (answers.push(answer), answer)
    peer.handler = ({ body }) => ({ echo: body['data'] })
    const data = { text: MARKER, 中: '文😀' }
    const done = await peer.client.callFunction({ name: 'echo', data, secretType })
    assert.deepEqual(done, {
      result: { echo: data },
      success: true,
      errCode: 0,
      errMsg: '',
      requestId: 'r-1',
    })
    const { header } = peer.opened[0]?.request ?? assert.fail('nothing came')
    assert.deepEqual(
      [header.secretType, header.target, header.subject, header.appId, header.suite, header.seq],
      [secretType, 'f:echo', 'wx1111111111111111:o-1', '__UNI__PEER', 2, 0],
    )
    assert.equal(readable(peer.sent[0]?.body).includes(MARKER), secretType === 'response')
    assert.equal(readable(answers[0]?.body).includes(MARKER), secretType === 'request')
  })

test('what is said with a call is inside the seal: space, app, device, locale and token', async () => {
  const peer = await openPeer()
  peer.storage.set('uni_id_token', 't.o.k')
  peer.client.setCustomClientInfo({ channel: 'c1', appId: 'not this' })
  await peer.client.callFunction({ name: 'f', secret: true })
  const { body, request } = peer.opened[0] ?? assert.fail('nothing came')
  const deviceId = peer.storage.get('__DC_STAT_UUID')
  assert.equal(request.header.secretType, 'both')
  assert.equal(request.header.device, deviceId)
  assert.deepEqual(body, {
    spaceId: 'space-1',
    data: {},
    uniIdToken: 't.o.k',
    clientInfo: {
      ...{ channel: 'c1', uniPlatform: 'mp-weixin', osName: 'android', locale: 'zh-Hans', appId: '__UNI__PEER' },
      ...{
        deviceId,
        PLATFORM: 'mp-weixin',
        OS: 'android',
        APPID: '__UNI__PEER',
        DEVICEID: deviceId,
        LOCALE: 'zh-Hans',
      },
    },
  })
  assert.equal(peer.sent[0]?.url, 'https://api.example.com/v1/call')
  assert.equal(peer.sent[0].header['x-drawbridge-space'], 'space-1')
})

test('a call without secretType goes plain, and its errors are the server’s', async () => {
  const peer = await openPeer({ bare: true })
  peer.handler = ({ body }) => body['target']
  assert.equal((await peer.client.callFunction({ name: 'open' })).result, 'f:open')
  peer.refusal = { status: 404, error: { errCode: 80401, errSubject: 'drawbridge', errMsg: 'no such function' } }
  await assert.rejects(peer.client.callFunction({ name: 'open' }), {
    errCode: 80401,
    code: 80401,
    errMsg: 'no such function',
    message: 'no such function',
    errSubject: 'drawbridge',
    subject: 'drawbridge',
    requestId: 'r-1',
  })
  peer.refusal = { status: 502, error: { result: 'done' } }
  await assert.rejects(peer.client.callFunction({ name: 'open' }), { errCode: 'SYS_ERR', requestId: 'r-1' })
  for (const answer of [utf8Encode('<html>'), utf8Encode('null'), utf8Encode('"x"'), new Uint8Array(0)]) {
    peer.onTheWay = () => ({ status: 200, header: {}, body: answer })
    await assert.rejects(peer.client.callFunction({ name: 'open' }), { errCode: 'SYS_ERR' })
  }
})

const forgeries: readonly (readonly [what: string, forge: (answer: HostAnswer) => HostAnswer])[] = [
  ['a result in clear', (answer) => ({ ...answer, body: utf8Encode('{"result":{"balance":1000000}}') })],
  ['a bare value in clear', (answer) => ({ ...answer, body: utf8Encode('{"balance":1000000}') })],
  ['an error in clear', (answer) => ({ ...answer, body: utf8Encode('{"errCode":0,"errMsg":"fine"}') })],
  ['a verdict in clear', (answer) => ({ ...answer, status: 403, body: utf8Encode('{"errCode":70004,"errMsg":"x"}') })],
  ['a clock in clear', (answer) => ({ ...answer, body: utf8Encode('{"errCode":70001,"serverTime":1}') })],
  ['nothing', (answer) => ({ ...answer, body: new Uint8Array(0) })],
  ['the last byte turned', (answer) => ({ ...answer, body: turned(answer.body, answer.body.length - 1) })],
  ['the header turned', (answer) => ({ ...answer, body: turned(answer.body, 9) })],
  ['a byte less', (answer) => ({ ...answer, body: answer.body.subarray(0, -1) })],
  ['a byte more', (answer) => ({ ...answer, body: Uint8Array.from([...answer.body, 0]) })],
]

function turned(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.map((byte, place) => (place === at ? byte ^ 1 : byte))
}

for (const [what, forge] of forgeries)
  test(`${what} instead of the sealed answer is 10010 and never data`, async () => {
    const peer = await openPeer()
    peer.onTheWay = forge
    for (const secretType of secretTypes.filter((each) => each !== 'none'))
      await assert.rejects(peer.client.callFunction({ name: 'f', secretType }), REJECTED)
    assert.equal(peer.sent.length, 3, 'nothing in clear is worth a further try')
    peer.onTheWay = (answer) => answer
    assert.equal((await peer.client.callFunction({ name: 'f', secret: true })).result, 'done')
  })

test('the answer of another call, and the request itself, are 10010', async () => {
  const peer = await openPeer()
  let before: HostAnswer | undefined
  peer.onTheWay = (answer) => (before = answer)
  await peer.client.callFunction({ name: 'f', secretType: 'both' })
  peer.onTheWay = () => before ?? assert.fail('no answer kept')
  await assert.rejects(peer.client.callFunction({ name: 'f', secretType: 'both' }), REJECTED)
  peer.onTheWay = (answer, { body }) => ({ ...answer, body: body as Uint8Array })
  await assert.rejects(peer.client.callFunction({ name: 'f', secretType: 'both' }), REJECTED)
})

test('a key that the server does not know is replaced once, and the call goes out again with a new id', async () => {
  const peer = await openPeer()
  await peer.client.callFunction({ name: 'f', secret: true })
  peer.rotate()
  peer.forget()
  assert.equal((await peer.client.callFunction({ name: 'f', secret: true })).result, 'done')
  assert.deepEqual([peer.sent.length, peer.asked.keys], [3, 2])
  const [, refused, taken] = peer.sent.map(({ body }) => readable(body))
  assert.notEqual(refused?.slice(26, 42), taken?.slice(26, 42))

  peer.refusal = { status: 401, error: { errCode: 70009 } }
  await assert.rejects(peer.client.callFunction({ name: 'f', secret: true }), {
    ...REJECTED,
    cause: { status: 401, errCode: 70009 },
  })
  assert.deepEqual([peer.sent.length, peer.asked.keys], [5, 3])
})

test('a clock that is a little off is set by any sealed answer', async () => {
  const peer = await openPeer()
  peer.phoneClock -= 30_000
  for (let turn = 0; turn < 2; turn++) await peer.client.callFunction({ name: 'f', secret: true })
  assert.deepEqual(
    peer.opened.map(({ request }) => request.header.ts - peer.serverClock),
    [-30_000, 0],
  )
})

test('a clock that is ten minutes off is set by the sealed answer, once, and stays set', async () => {
  for (const off of [-600_000, 600_000]) {
    const peer = await openPeer()
    peer.phoneClock += off
    assert.equal((await peer.client.callFunction({ name: 'f', secret: true })).result, 'done')
    assert.equal(peer.sent.length, 2)
    await peer.client.callFunction({ name: 'f', secret: true })
    assert.equal(peer.sent.length, 3)
    const ids = peer.opened.map(({ request }) => Buffer.from(request.header.rid).toString('hex'))
    assert.equal(new Set(ids).size, 3)
  }
})

test('a server that never is content with the time is asked twice and no more', async () => {
  const peer = await openPeer()
  peer.handler = () => {
    throw wireError(70001, { serverTime: peer.serverClock })
  }
  await assert.rejects(peer.client.callFunction({ name: 'f', secret: true }), { errCode: 70001, errMsg: 'told' })
  assert.equal(peer.sent.length, 2)
})

test('a sealed error reaches the app with its code; it is not tried again', async () => {
  const peer = await openPeer()
  for (const errCode of [70002, 70004, 70010, 50000]) {
    peer.handler = () => {
      throw wireError(errCode)
    }
    await assert.rejects(peer.client.callFunction({ name: 'f', secretType: 'response' }), {
      name: 'Error',
      errCode,
      errSubject: 'uni-secure-network',
      requestId: 'r-1',
    })
  }
  assert.equal(peer.sent.length, 4)
})

test('no two calls have an id, a ciphertext block or a key stream in common', async () => {
  const peer = await openPeer()
  const data = { text: 'a'.repeat(256) }
  await Promise.all(Array.from({ length: 40 }, () => peer.client.callFunction({ name: 'f', data, secret: true })))
  const ids = peer.opened.map(({ request }) => Buffer.from(request.header.rid).toString('hex'))
  assert.equal(new Set(ids).size, 40)
  const blocks = peer.sent.flatMap(({ body }) => {
    const text = Buffer.from((body as Uint8Array).slice(200)).toString('hex')
    return text.match(/.{32}/g) ?? []
  })
  assert.equal(new Set(blocks).size, blocks.length)
  assert.equal(peer.asked.keys, 1, 'calls that start together ask for the key once')
  assert.ok(peer.asked.randoms <= 4, 'random bytes come in blocks')
})

test('a generator that gives the same bytes for ever does not make two calls alike', async () => {
  const peer = await openPeer()
  peer.random = (length) => Promise.resolve(new Uint8Array(length))
  for (let turn = 0; turn < 3; turn++) await peer.client.callFunction({ name: 'f', secret: true })
  const ids = peer.opened.map(({ request }) => Buffer.from(request.header.rid).toString('hex'))
  assert.equal(new Set(ids).size, 3)
})

test('a phone that tells the end of its key in seconds is understood', async () => {
  const peer = await openPeer()
  const tell = peer.userKey
  peer.userKey = async () => {
    const key = await tell()
    return { ...key, expireTime: Math.floor(key.expireTime / 1000) }
  }
  for (let turn = 0; turn < 3; turn++) await peer.client.callFunction({ name: 'f', secret: true })
  assert.equal(peer.asked.keys, 1)
})

test('a key is asked for again in its last minute, and in memory alone before', async () => {
  const peer = await openPeer()
  const call = () => peer.client.callFunction({ name: 'f', secret: true })
  const pass = (ms: number) => ((peer.phoneClock += ms), (peer.serverClock += ms))
  await call()
  pass(3_600_000 - 60_001)
  await call()
  assert.equal(peer.asked.keys, 1)
  pass(1)
  peer.rotate()
  await call()
  assert.equal(peer.asked.keys, 2)
  assert.ok([...peer.storage.values()].every((value) => !String(value).includes('=')))
})

test('a phone that gives no key, no random bytes or no network ends the call with its code', async () => {
  const peer = await openPeer()
  const call = () => peer.client.callFunction({ name: 'f', secret: true })
  const cause = { errMsg: 'getLatestUserKey:fail' }
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what wx's own failures look like
  peer.userKey = () => Promise.reject(cause)
  await assert.rejects(call(), { errCode: 20102, cause })
  for (const wrong of [{ encryptKey: 'short' }, { iv: '' }, { version: 0 }])
    await assert.rejects(
      () => {
        const key = { encryptKey: Buffer.alloc(16).toString('base64'), iv: '0'.repeat(16), version: 1, expireTime: 1 }
        peer.userKey = () => Promise.resolve({ ...key, ...wrong })
        return call()
      },
      { errCode: 20102 },
    )
  const still = await openPeer()
  for (const random of [() => Promise.reject(new Error('no dice')), () => Promise.resolve(new Uint8Array(3))]) {
    still.random = random
    await assert.rejects(still.client.callFunction({ name: 'f', secret: true }), { errCode: 10009 })
  }
  assert.equal(still.sent.length, 0)
  const offline = await openPeer()
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what wx's own failures look like
  offline.onTheWay = () => Promise.reject({ errMsg: 'request:fail timeout' })
  for (const secret of [true, false])
    await assert.rejects(offline.client.callFunction({ name: 'f', secret }), {
      errCode: 'SYS_ERR',
      errMsg: 'request:fail timeout',
    })
})

test('a body that is too long is 10009 and is not sent', async () => {
  const peer = await openPeer({ bodyMaxBytes: 1000 })
  const data = { text: 'x'.repeat(1000) }
  await assert.rejects(peer.client.callFunction({ name: 'f', data, secret: true }), { errCode: 10009 })
  assert.equal(peer.sent.length, 0)
})

test('without user keys encrypted calls are 20000, and plain ones go', async () => {
  const peer = await openPeer({ platform: 'web', rules: { guarded: [{ platform: 'web' }] } })
  await assert.rejects(peer.client.callFunction({ name: 'f', secret: true }), { errCode: 20000 })
  await assert.rejects(peer.client.callFunction({ name: 'guarded' }), { errCode: 20000 })
  await assert.rejects(peer.client.initSecureNetworkByWeixin(), { errCode: 20000 })
  assert.equal((await peer.client.callFunction({ name: 'f', secretType: 'none' })).result, 'done')
})

test('a guarded function is called with a seal that hides nothing, and not at all by whom the rules do not list', async () => {
  const rules = { pay: [{ appId: '__UNI__PEER', platform: 'mp-weixin' }], 'closed,shut': [], 'uni-id-co': [] }
  const peer = await openPeer({ rules, bare: true })
  for (const name of ['closed', 'shut'])
    await assert.rejects(peer.client.callFunction({ name }), { errCode: 20101, errSubject: 'uni-secure-network' })
  await assert.rejects(peer.client.importObject('closed', { customUI: true })['go']?.() ?? Promise.resolve(), {
    errCode: 20101,
  })
  await assert.rejects(peer.client.callFunction({ name: 'pay' }), { errCode: 70006 })
  assert.equal(peer.sent.length, 0)
  await peer.client.initSecureNetworkByWeixin()
  assert.equal(typeof peer.sent[0]?.body, 'string', 'the handshake goes plain whatever the rules say')
  await peer.client.callFunction({ name: 'pay', data: { text: MARKER } })
  assert.equal(peer.opened[0]?.request.header.secretType, 'none')
  assert.ok(readable(peer.sent[1]?.body).includes(MARKER))
  peer.onTheWay = (answer) => ({ ...answer, body: utf8Encode('{"result":1}') })
  await assert.rejects(peer.client.callFunction({ name: 'pay' }), REJECTED)
})

test('callbacks are told instead of the promise, which nobody has to wait for', async () => {
  const peer = await openPeer({ platform: 'web' })
  const told: unknown[] = []
  const listeners = {
    success: ({ result }: { readonly result: unknown }) => told.push(['success', result]),
    fail: (error: unknown) => told.push(['fail', (error as UniCloudError).errCode]),
    complete: () => told.push('complete'),
  }
  await peer.client.callFunction({ name: 'f', ...listeners })
  void peer.client.callFunction({ name: 'f', secret: true, ...listeners })
  await new Promise(setImmediate)
  assert.deepEqual(told, [['success', 'done'], 'complete', ['fail', 20000], 'complete'])
})
