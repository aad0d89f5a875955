import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { AUTHORIZE, INVOKE, objectCall, openClientWire, SECRET, sign } from './client-wire-world.ts'
import type { Body } from './client-wire-world.ts'

test('each body that the client would not write is refused with its code, and nothing runs', async (t) => {
  const { send, post, bare, authorize, runs, now } = await openClientWire(t)
  const token = await authorize()
  const good = bare({ token })
  const { timestamp: _, ...timeless } = good
  const rows: readonly (readonly [name: string, body: string | Uint8Array | Body, code: string])[] = [
    ['nothing', '', 'InvalidBody.Format'],
    ['no JSON', '{"method":', 'InvalidBody.Format'],
    ['a form', 'method=x&params={}', 'InvalidBody.Format'],
    ['null', 'null', 'InvalidBody.Format'],
    ['a list', '[]', 'InvalidBody.Format'],
    ['a text', '"x"', 'InvalidBody.Format'],
    ['not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), 'InvalidBody.Format'],
    ['deep lists', '['.repeat(100_000) + ']'.repeat(100_000), 'InvalidBody.Format'],
    ['deep objects', '{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000), 'InvalidBody.Format'],
    ['no method', { ...good, method: undefined }, 'MissingMethod'],
    ['a method that is a list', { ...good, method: [INVOKE] }, 'InvalidMethod.Format'],
    ['no params', { ...good, params: undefined }, 'MissingParams'],
    ['params that are no text', { ...good, params: { functionTarget: 'counter' } }, 'InvalidParams.Format'],
    ['a space that is a number', { ...good, spaceId: 1 }, 'InvalidBody.Format'],
    ['a space with a slash', { ...good, spaceId: '../one' }, 'InvalidBody.Format'],
    ['no timestamp', timeless, 'InvalidBody.Format'],
    ['a timestamp as text', { ...good, timestamp: String(now()) }, 'InvalidBody.Format'],
    ['a timestamp in seconds', { ...good, timestamp: Math.floor(now() / 1000) }, 'InvalidBody.Format'],
    ['a timestamp with a fraction', { ...good, timestamp: now() + 0.5 }, 'InvalidBody.Format'],
    ['a timestamp of the day before yesterday', { ...good, timestamp: now() - 172_800_000 }, 'InvalidBody.Format'],
    ['a timestamp of the day after tomorrow', { ...good, timestamp: now() + 172_800_000 }, 'InvalidBody.Format'],
    [
      'an endless timestamp',
      JSON.stringify(good).replace(/"timestamp":\d+/, '"timestamp":1e999'),
      'InvalidBody.Format',
    ],
    ['a token that is a list', { ...good, token: [token] }, 'InvalidBody.Format'],
    ['an empty token', { ...good, token: '' }, 'InvalidBody.Format'],
    ['a long token', { ...good, token: 'x'.repeat(10_000) }, 'InvalidBody.Format'],
    ['a key too many', { ...good, more: 1 }, 'InvalidBody.Format'],
    ['a falsy key too many', { ...good, more: 0 }, 'InvalidBody.Format'],
    ['__proto__', JSON.stringify(good).replace('{', '{"__proto__":{"admin":true},'), 'InvalidBody.Format'],
    ['constructor', JSON.stringify({ ...good, constructor: { prototype: {} } }), 'InvalidBody.Format'],
    ['no such method', { ...good, method: 'serverless.function.runtime.destroy' }, 'InvalidMethod.Format'],
    ['an inherited method', { ...good, method: 'constructor' }, 'InvalidMethod.Format'],
    ['an inherited method of the form', { ...good, method: 'to.String' }, 'InvalidMethod.Format'],
    ['a method of the other class', { ...good, method: 'serverless.file.resource.delete' }, 'InvalidMethod.Format'],
    ['params that are no JSON', { ...good, params: '{{' }, 'InvalidParams.Format'],
    ['params that are a list', { ...good, params: '[1]' }, 'InvalidParams.Format'],
    [
      'params with a key too many',
      { ...good, params: '{"functionTarget":"counter","functionArgs":{},"x":1}' },
      'InvalidParams.Format',
    ],
    ['params without arguments', { ...good, params: '{"functionTarget":"counter"}' }, 'InvalidParams.Format'],
    [
      'arguments that are a list',
      { ...good, params: '{"functionTarget":"counter","functionArgs":[]}' },
      'InvalidParams.Format',
    ],
    [
      'arguments that are null',
      { ...good, params: '{"functionTarget":"counter","functionArgs":null}' },
      'InvalidParams.Format',
    ],
    [
      'a target that is no text',
      { ...good, params: '{"functionTarget":{},"functionArgs":{}}' },
      'InvalidParams.Format',
    ],
    [
      'a long target',
      { ...good, params: `{"functionTarget":"${'x'.repeat(1000)}","functionArgs":{}}` },
      'InvalidParams.Format',
    ],
    [
      '__proto__ in arguments',
      { ...good, params: '{"functionTarget":"counter","functionArgs":{"__proto__":{"method":"run"}}}' },
      'InvalidParams.Format',
    ],
    [
      'constructor in arguments',
      { ...good, params: '{"functionTarget":"counter","functionArgs":{"a":{"constructor":{"prototype":{}}}}}' },
      'InvalidParams.Format',
    ],
    [
      'deep arguments',
      { ...good, params: objectCall('run', [JSON.parse('['.repeat(40) + ']'.repeat(40))]) },
      'InvalidParams.Format',
    ],
    ['parameters that are no list', { ...good, params: objectCall('run', { 0: 1 }) }, 'InvalidParams.Format'],
    ['a thousand parameters', { ...good, params: objectCall('run', Array(1000).fill(0)) }, 'InvalidParams.Format'],
    [
      'a token that is an object',
      { ...good, params: '{"functionTarget":"counter","functionArgs":{"uniIdToken":{}}}' },
      'InvalidParams.Format',
    ],
    [
      'authorize with more params',
      { ...timeless, timestamp: now(), method: AUTHORIZE, params: '{"a":1}' },
      'InvalidParams.Format',
    ],
    [
      'a function that nobody has',
      { ...good, params: '{"functionTarget":"__proto__","functionArgs":{}}' },
      'FUNCTION_NOT_FOUND',
    ],
    [
      'a function’s path',
      { ...good, params: '{"functionTarget":"../counter","functionArgs":{}}' },
      'FUNCTION_NOT_FOUND',
    ],
  ]
  for (const [name, body, code] of rows) {
    const isText = typeof body === 'string' || body instanceof Uint8Array
    const reply = isText ? await post(body, { 'x-serverless-sign': sign(good) }) : await send(body)
    assert.equal(reply.code, code, `${name}: ${reply.text.slice(0, 300)}`)
    assert.ok(reply.requestId, name)
    assert.equal(reply.status, code === 'FUNCTION_NOT_FOUND' ? 200 : 400, name)
  }
  assert.equal(await runs(), 0)
  assert.equal(({} as Record<string, unknown>)['admin'], undefined)
})

test('methods that are private, inherited or none are results with METHOD_NOT_FOUND', async (t) => {
  const { send, bare, authorize, runs } = await openClientWire(t)
  const token = await authorize()
  for (const method of [
    '_hidden',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '',
    7,
    null,
    ['run'],
    {},
  ]) {
    const { data } = await send(bare({ token, params: objectCall(method) }))
    assert.equal((data as { errCode?: string } | null)?.errCode, 'METHOD_NOT_FOUND', JSON.stringify(method))
  }
  assert.equal(await runs(), 0)
})

test('no signature but the right one is taken, whatever it looks like', async (t) => {
  const { post, bare, authorize, runs } = await openClientWire(t)
  const body = bare({ token: await authorize() })
  const right = sign(body)
  const text = JSON.stringify(body)
  const wrong = [
    '',
    right.slice(0, -1),
    `${right}0`,
    `${right},${right}`,
    right.toUpperCase(),
    '0'.repeat(32),
    sign(body, 'other-secret'),
    sign({ ...body, params: objectCall('count') }),
    createHmac('sha256', SECRET).update(text).digest('hex'),
    'x'.repeat(8000),
  ]
  for (const given of wrong) {
    const reply = await post(text, { 'x-serverless-sign': given })
    assert.deepEqual([reply.status, reply.code], [403, 'SignatureNotMatch'], given.slice(0, 40))
  }
  assert.equal((await post(text)).code, 'SignatureNotMatch')
  assert.equal(await runs(), 0)
  assert.equal((await post(text, { 'x-serverless-sign': right })).data, 1)
})

test('one signed text cannot be split into keys in another way', async (t) => {
  const { post, send, bare, authorize, runs, now } = await openClientWire(t)
  const token = await authorize()
  const body = bare({ token })
  const given = sign(body)
  const { method, params, spaceId, timestamp } = body as Record<string, string>
  // Each of these joins to the very text that was signed.
  const splits: readonly Body[] = [
    { method: `${method}&params=${params}`, spaceId, timestamp: body['timestamp'], token },
    { method, params: `${params}&spaceId=${spaceId}&timestamp=${timestamp}&token=${token}` },
    { method, params: `${params}&spaceId=${spaceId}`, timestamp: body['timestamp'], token },
    { method, params, spaceId: `${spaceId}&timestamp=${timestamp}`, token },
    { method, params, spaceId: `${spaceId}&timestamp=${timestamp}&token=${token}` },
    { method, params, spaceId, timestamp: `${timestamp}&token=${token}` },
  ]
  for (const split of splits) {
    assert.equal(sign(split), given, 'the split is none')
    const reply = await post(JSON.stringify(split), { 'x-serverless-sign': given })
    assert.ok(['InvalidBody.Format', 'InvalidMethod.Format', 'MissingParams'].includes(reply.code ?? ''), reply.text)
    assert.equal(reply.status, 400)
  }
  // A token that brings a key of its own would pass for the body of a shorter call.
  const smuggled = await send(bare({ token: `x&timestamp=${now()}` }))
  assert.equal(smuggled.code, 'InvalidBody.Format')
  assert.equal(await runs(), 0)
})

test('a recorded call ends with its token, and without a token within a day', async (t) => {
  const { post, bare, authorize, advance, now } = await openClientWire(t)
  const body = bare({ token: await authorize() })
  const headers = { 'x-serverless-sign': sign(body) }
  const text = JSON.stringify(body)
  assert.equal((await post(text, headers)).data, 1)
  // The client itself sends the same moment again after a renewal, so a copy within the token's life is not told apart.
  assert.equal((await post(text, headers)).data, 2)
  const bodyOfDcloud = bare()
  const headersOfDcloud = { 'x-serverless-sign': sign(bodyOfDcloud), 'x-client-info': '%7B%7D' }
  assert.equal((await post(JSON.stringify(bodyOfDcloud), headersOfDcloud)).data, 3)
  advance(7_200_000)
  assert.equal((await post(text, headers)).code, 'GATEWAY_INVALID_TOKEN')
  advance(86_400_000)
  assert.equal((await post(JSON.stringify(bodyOfDcloud), headersOfDcloud)).code, 'InvalidBody.Format')
  assert.ok(now() > 0)
})

test('tokens that are forged, changed, of another space or of another server are all the same unknown', async (t) => {
  const { send, bare, authorize, runs } = await openClientWire(t)
  const other = await openClientWire(t)
  const token = await authorize()
  const [end = '', nonce = '', proof = ''] = token.split('.')
  const wrong = [
    'x',
    `${Number(end) + 3_600_000}.${nonce}.${proof}`,
    `${end}.${nonce}.${'A'.repeat(proof.length)}`,
    `${end}.${nonce}`,
    await authorize('two', 'other-secret'),
    await other.authorize(),
  ]
  for (const forged of wrong) {
    const reply = await send(bare({ token: forged }))
    assert.deepEqual([reply.status, reply.code], [401, 'GATEWAY_INVALID_TOKEN'], forged)
  }
  assert.equal((await send(bare())).code, 'GATEWAY_INVALID_TOKEN')
  // The header alone is no token: what is signed decides.
  assert.equal((await send(bare(), { 'x-basement-token': token })).code, 'GATEWAY_INVALID_TOKEN')
  assert.equal(await runs(), 0)
})

test('ten megabytes are refused before they are read', async (t) => {
  const { server, post } = await openClientWire(t)
  // Only the head is sent: whoever answers has not waited for the body.
  const asking = request(`${server.endpoint}/client`, { method: 'POST', headers: { 'content-length': 10_000_000 } })
  asking.on('error', () => undefined)
  asking.flushHeaders()
  const [response] = (await once(asking, 'response')) as [IncomingMessage]
  assert.equal(response.statusCode, 400)
  assert.equal(
    (JSON.parse(await text(response)) as { error: { code: string } }).error.code,
    'RequestContentLength.Exceeded',
  )
  asking.destroy()
  // Within the limit it is read.
  const within = await post(`{"params":"${'x'.repeat(1_000_000)}"}`)
  assert.equal(within.code, 'MissingMethod')
})

test('who asks too often is told when to come back', async (t) => {
  const { post, server } = await openClientWire(t, { clientsPerMinute: 3 })
  for (let time = 0; time < 3; time++) assert.equal((await post('{')).code, 'InvalidBody.Format')
  const response = await fetch(`${server.endpoint}/client`, { method: 'POST', body: '{' })
  assert.equal(response.status, 400)
  assert.match(response.headers.get('retry-after') ?? '', /^\d+$/)
  assert.match(await response.text(), /"Throttling\.Api"/)
})

test('what a client says of itself changes neither its address nor what the server knows', async (t) => {
  const { send, bare, authorize } = await openClientWire(t)
  const claims = { CLIENTIP: '1.2.3.4', clientIP: '1.2.3.4', source: 'timing', secretType: 'both', admin: true }
  const params = JSON.stringify({
    functionTarget: 'counter',
    functionArgs: { method: 'who', params: [], clientInfo: { ...claims, appId: '__UNI__A' } },
  })
  const { data } = await send(bare({ token: await authorize(), params }), { 'x-forwarded-for': '1.2.3.4' })
  const { clientIP, source, secretType, admin, appId } = data as Record<string, unknown>
  assert.deepEqual([clientIP, source, secretType, admin, appId], ['127.0.0.1', 'client', 'none', undefined, '__UNI__A'])
})

test('neither secret nor token nor data of a refused call is logged', async (t) => {
  const { server, send, bare, authorize } = await openClientWire(t)
  const token = await authorize()
  await send(bare({ token, params: JSON.stringify({ functionTarget: 'nobody', functionArgs: { a: 'MARKER-data' } }) }))
  // What is no name is not told either, whatever it says.
  await send(bare({ token, params: JSON.stringify({ functionTarget: 'MARKER name', functionArgs: {} }) }))
  await send(bare({ token: `${token}x` }))
  await send(bare({ token, params: '"MARKER' }), { 'x-serverless-sign': 'MARKER-sign' })
  const log = server.lines.join('\n')
  assert.match(log, /"target":"nobody".*client call refused/)
  for (const secret of [SECRET, token, 'MARKER']) assert.equal(log.includes(secret), false, secret)
})
