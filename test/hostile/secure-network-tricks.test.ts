import assert from 'node:assert/strict'
import { request } from 'node:http'
import { connect } from 'node:net'
import { test } from 'node:test'
import { secretTypes } from '@drawbridge/protocol'
import { refusalOf, resultOf } from '../flows/secure-call-world.ts'
import type { SecureWorld } from '../flows/secure-call-world.ts'
import { joined, jsonOf, openHostileWorld, partsOf } from './secure-network-world.ts'

const BINARY = 'application/vnd.usn1'
const JSON_TYPE = 'application/json'
const FLAGS_AT = 7

interface Answer {
  readonly status: number
  readonly errCode: unknown
  readonly text: string
}

async function post(
  { client, spaceId }: SecureWorld,
  body: Buffer | string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const sent = { 'content-type': JSON_TYPE, 'x-drawbridge-space': spaceId, ...headers }
  const response = await client.post(Buffer.from(body as string), sent)
  const text = await response.text()
  const json = text.startsWith('{') ? (JSON.parse(text) as { readonly errCode?: unknown }) : {}
  return { status: response.status, errCode: json.errCode, text }
}

test('names that mean something to JavaScript’s objects, and fields that no form has, are refused', async (t) => {
  const world = await openHostileWorld(t)
  const { client, spaceId, server } = world
  const key = await world.key()
  const { h, c } = JSON.parse(client.seal({ target: 'f:who', key, form: 'json' }).bytes.toString()) as {
    readonly h: string
    readonly c: string
  }
  const rows: readonly (readonly [body: string, errCode: number])[] = [
    [`{"usn":1,"h":"${h}","c":"${c}","__proto__":{"p":"{}"}}`, 80501],
    [`{"usn":1,"h":"${h}","c":"${c}","constructor":1}`, 80501],
    [`{"usn":1,"h":"${h}","c":"${c}","target":"f:guarded"}`, 70004],
    [`{"usn":1,"h":"${h}","c":"${c}","spaceId":"${spaceId}","target":"f:who"}`, 70004],
    [`{"usn":1,"h":"${h}","c":"${c}","p":"{}"}`, 70004],
    [`{"usn":1,"h":"${h}","c":"${c}","p":null}`, 70004],
    [`{"usn":"1","h":"${h}","c":"${c}"}`, 70004],
    [`{"usn":2,"h":"${h}","c":"${c}"}`, 70004],
    [`{"usn":[1],"h":["${h}"],"c":"${c}"}`, 70004],
    [`{"usn":1,"h":"${h}=","c":"${c}"}`, 70004],
    [`{"usn":1,"h":"${h}","c":"${c} "}`, 70004],
    [`{"usn":1,"h":"","c":""}`, 70004],
    [`{"usn":1}`, 70004],
    [`{"usn":null,"spaceId":"${spaceId}","target":"f:who"}`, 70004],
    [`[{"usn":1,"h":"${h}","c":"${c}"}]`, 80501],
    ['null', 80501],
    ['"usn"', 80501],
    ['[]', 80501],
    [`{"spaceId":"${spaceId}","target":"f:who","data":{"__proto__":{"admin":true}}}`, 80501],
    [`{"spaceId":"${spaceId}","target":"f:who","clientInfo":{"constructor":{}}}`, 80501],
    [`{"spaceId":"__proto__","target":"f:who"}`, 81101],
    [`{"spaceId":"${spaceId}","target":"f:__proto__"}`, 80701],
    [`{"spaceId":"${spaceId}","target":"f:constructor"}`, 80701],
    [`{"spaceId":"${spaceId}","target":"o:notes/__proto__","data":{"params":[]}}`, 0],
  ]
  for (const [body, errCode] of rows) {
    const answer = await post(world, body)
    if (errCode === 0) assert.match(answer.text, /"errCode":"METHOD_NOT_FOUND"/)
    else assert.equal(answer.errCode, errCode, `${body.slice(0, 20)}…${body.slice(-50)}: ${answer.text}`)
  }
  assert.ok(
    server.verdicts.filter(({ outcome }) => outcome === 'admitted').length <= 3,
    'plain ones of unguarded names',
  )
  // As its own last word it is a whole message; the first h is nobody's.
  const twice = await post(world, `{"usn":1,"h":"AAAA","c":"AAAA","h":"${h}","c":"${c}"}`)
  assert.equal(twice.status, 200)
})

test('what is inside the seal may be nothing else than the five fields, each once and plain', async (t) => {
  const world = await openHostileWorld(t)
  const { client, spaceId } = world
  const key = await world.key()
  const insides: readonly (readonly [inside: object, refusal: string])[] = [
    [{ data: JSON.parse('{"__proto__":{"admin":true}}') as object }, 'sealed 80501'],
    [{ clientInfo: JSON.parse('{"__proto__":{"appId":"x"}}') as object }, 'sealed 80501'],
    [{ target: 'f:guarded' }, 'sealed 80501'],
    [{ secretType: 'both' }, 'sealed 80501'],
    [{ uniIdToken: { $ne: '' } }, 'sealed 80501'],
    [{ uniIdToken: 'x'.repeat(9000) }, 'sealed 80501'],
    [{ clientInfo: [] }, 'sealed 80501'],
    [{ spaceId: [spaceId] }, 'sealed 80501'],
  ]
  for (const [inside, refusal] of insides)
    assert.equal(
      refusalOf(await client.call({ target: 'f:who', key, inside: { ...inside } })),
      refusal,
      JSON.stringify(inside),
    )
})

test('nobody becomes somebody else by what he says of himself, sealed or plain', async (t) => {
  const world = await openHostileWorld(t)
  const { client, spaceId, appId } = world
  const key = await world.key()
  const claims = {
    ...{
      secretType: 'both',
      source: 'server',
      openid: 'victim',
      role: ['admin'],
      uniIdToken: 'x.y.z',
      clientIP: '1.1.1.1',
    },
    ...{ _uniCloudOptions: { secretType: 'both', mpWeixinOpenid: 'victim' }, timer: { trigger: 'x' }, level: 3 },
  }
  const told = (result: unknown): Record<string, unknown> => result as Record<string, unknown>
  const sealed = told(
    resultOf(
      await client.call({
        target: 'f:who',
        key,
        data: claims,
        secretType: 'request',
        inside: {
          clientInfo: {
            ...claims,
            appId,
            deviceId: 'device-1',
            osName: 'ios',
            uniPlatform: 'app',
            PLATFORM: 'app',
            APPID: 'x',
          },
        },
      }),
    ),
  )
  assert.equal(sealed['secretType'], 'request')
  assert.deepEqual([sealed['appId'], sealed['PLATFORM'], sealed['APPID']], [appId, 'mp-weixin', appId])
  const plain = await client.plain({ spaceId, target: 'f:who', data: claims, clientInfo: claims })
  const open = told(plain.json['result'])
  assert.equal(open['secretType'], 'none')
  for (const context of [sealed, open])
    for (const name of ['openid', 'role', 'level', 'timer', 'uniIdToken', '_uniCloudOptions'])
      assert.equal(context[name], undefined, name)
  for (const context of [sealed, open]) {
    assert.equal(context['SOURCE'], 'client')
    assert.notEqual(context['CLIENTIP'], '1.1.1.1')
  }
})

test('flags that were not sealed are refused: chunked, padded, both, unknown ones', async (t) => {
  const world = await openHostileWorld(t)
  const { client, key } = world
  const phoneKey = await key()
  for (const secretType of secretTypes)
    for (const padded of secretType === 'none' || secretType === 'response' ? [false] : [false, true]) {
      const call = client.seal({ target: 'f:who', key: phoneKey, secretType, padded })
      const parts = partsOf(call.bytes)
      for (let flags = 0; flags < 256; flags += flags < 8 ? 1 : 31) {
        if (flags === (padded ? 2 : 0)) continue
        const header = Buffer.from(parts.header)
        header[FLAGS_AT] = flags
        assert.equal(
          refusalOf(await client.send(call, joined({ ...parts, header }))),
          'plain 70004',
          `${secretType} ${flags}`,
        )
      }
    }
})

test('a form under the other’s name, under no name or under a strange one is refused before it is read', async (t) => {
  const world = await openHostileWorld(t)
  const { client, spaceId, server } = world
  const call = client.seal({ target: 'f:who', key: await world.key() })
  const json = jsonOf(partsOf(call.bytes), false)
  const types: readonly (readonly [contentType: string, body: Buffer, status: number])[] = [
    [JSON_TYPE, call.bytes, 400],
    [BINARY, json, 403],
    [`${BINARY}x`, call.bytes, 400],
    [`x/${BINARY}`, call.bytes, 400],
    ['text/plain', call.bytes, 400],
    ['multipart/form-data; boundary=x', call.bytes, 400],
    [`${JSON_TYPE}, ${BINARY}`, call.bytes, 400],
  ]
  for (const [contentType, body, status] of types) {
    const answer = await post(world, body, { 'content-type': contentType })
    assert.ok([status, 415].includes(answer.status), `${contentType}: ${answer.status} ${answer.text}`)
  }
  for (const space of [
    '',
    'nowhere',
    '__proto__',
    `${spaceId}, other-space`,
    `${spaceId}/`,
    ` ${spaceId}x`,
    'x'.repeat(5000),
  ]) {
    const answer = await post(world, call.bytes, { 'content-type': BINARY, 'x-drawbridge-space': space })
    assert.equal(answer.errCode, 81101, space)
  }
  assert.equal(server.verdicts.filter(({ outcome }) => outcome === 'admitted').length, 0)
})

test('sizes: a header, a body and header lines that are too large are refused, and the server goes on', async (t) => {
  const world = await openHostileWorld(t)
  const { client, server } = world
  const call = client.seal({ target: 'f:who', key: await world.key() })
  const parts = partsOf(call.bytes)
  for (const length of [2049, 65535]) {
    const header = Buffer.concat([parts.header, Buffer.alloc(length - parts.header.length)])
    assert.equal((await post(world, joined({ ...parts, header }), { 'content-type': BINARY })).errCode, 70004)
  }
  const large = joined({ ...parts, body: Buffer.alloc(1_048_577) })
  assert.equal((await post(world, large, { 'content-type': BINARY })).errCode, 70004)
  const larger = await post(world, joined({ ...parts, body: Buffer.alloc(3_000_000) }), {
    'content-type': BINARY,
  }).catch(() => undefined)
  assert.ok(larger === undefined || larger.status === 413, JSON.stringify(larger))
  const lines = await new Promise<number | undefined>((resolve) => {
    const headers = { 'content-type': BINARY, 'x-drawbridge-space': world.spaceId, 'x-fill': 'x'.repeat(100_000) }
    request(`${server.endpoint}/v1/call`, { method: 'POST', headers }, (answer) => resolve(answer.resume().statusCode))
      .on('error', () => resolve(undefined))
      .end(call.bytes)
  })
  assert.ok(lines === undefined || lines === 431 || lines === 400, String(lines))
  const nested = await post(
    world,
    `{"spaceId":"${world.spaceId}","target":"f:who","data":${'{"a":'.repeat(5000)}1${'}'.repeat(5001)}`,
  )
  assert.equal(nested.errCode, 80501)
  resultOf(await client.send(call))
})

test('who stops in the middle of a message holds nobody up', async (t) => {
  const world = await openHostileWorld(t)
  const { client, server } = world
  const call = client.seal({ target: 'f:who', key: await world.key() })
  const sockets = Array.from({ length: 20 }, () => {
    const socket = connect(server.port, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write(
      `POST /v1/call HTTP/1.1\r\nhost: x\r\ncontent-type: ${BINARY}\r\nx-drawbridge-space: ${world.spaceId}\r\n` +
        `content-length: ${call.bytes.length}\r\n\r\n`,
    )
    socket.write(call.bytes.subarray(0, 100))
    return socket
  })
  t.after(() => sockets.forEach((socket) => socket.destroy()))
  resultOf(await client.send(call))
  sockets.forEach((socket) => socket.destroy())
  assert.equal(server.verdicts.filter(({ outcome }) => outcome === 'admitted').length, 1)
})
