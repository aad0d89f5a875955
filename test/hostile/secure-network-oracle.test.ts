import assert from 'node:assert/strict'
import crypto, { randomBytes } from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { openHostileWorld, joined, partsOf, placesOf } from './secure-network-world.ts'
import type { SecureWorld } from '../flows/secure-call-world.ts'
import type { SecureCall } from '../flows/secure-call-client.ts'

/** Everything that an answer is made of, less what names the request and the moment. */
async function answerTo(response: Response): Promise<string> {
  const headers = [...response.headers].filter(([name]) => !['date', 'x-request-id', 'content-length'].includes(name))
  return JSON.stringify([response.status, headers, await response.text()])
}

/** Counts what the server does for a request: ciphers opened, hashes made, looks at stores, questions to WeChat. */
function countWork(t: TestContext, { server, simulator }: SecureWorld): () => Record<string, number> {
  const opened = t.mock.method(crypto, 'createDecipheriv')
  const hashed = t.mock.method(crypto, 'hash')
  syncBuiltinESMExports()
  t.after(() => {
    opened.mock.restore()
    hashed.mock.restore()
    syncBuiltinESMExports()
  })
  const looked = [t.mock.method(server.bridge, 'get'), t.mock.method(server.bridge, 'peek')]
  const counts = (): Record<string, number> => ({
    opened: opened.mock.callCount(),
    hashed: hashed.mock.callCount(),
    looked: looked.reduce((sum, { mock }) => sum + mock.callCount(), 0),
    asked: simulator.control.calls.count(),
    verdicts: server.verdicts.length,
  })
  let before = counts()
  return () => {
    const [was, is] = [before, counts()]
    before = is
    return Object.fromEntries(Object.entries(is).map(([name, count]) => [name, count - (was[name] ?? 0)]))
  }
}

/** Messages that are wrong in one way each, all alike in length. */
function wrongs(call: SecureCall): Readonly<Record<string, Buffer>> {
  const parts = partsOf(call.bytes)
  const places = placesOf(call)
  const turned = (bytes: Buffer, at = 0): Buffer => {
    const changed = Buffer.from(bytes)
    changed[at] = (changed[at] ?? 0) ^ 1
    return changed
  }
  const inHeader = (name: string, byte = 0): Buffer =>
    joined({ ...parts, header: turned(parts.header, (places[name] ?? 0) + byte) })
  return {
    'the time': inHeader('ts', 7),
    'the request id': inHeader('rid'),
    'the counter': inHeader('seq', 7),
    'the device': inHeader('device'),
    'the target': inHeader('target'),
    'the first byte of the body': joined({ ...parts, body: turned(parts.body) }),
    'the last byte of the body': joined({ ...parts, body: turned(parts.body, parts.body.length - 1) }),
    'the first byte of the tag': joined({ ...parts, tag: turned(parts.tag) }),
    'the last byte of the tag': joined({ ...parts, tag: turned(parts.tag, 15) }),
    'a tag at random': joined({ ...parts, tag: randomBytes(16) }),
    'all of it': joined({ ...parts, body: randomBytes(parts.body.length), tag: randomBytes(16) }),
  }
}

test('every way to be wrong is the same answer, made with the same work', async (t) => {
  // The clock stands, so that no key is looked at anew in the midst of it.
  const at = Date.now()
  const world = await openHostileWorld(t, {}, { now: () => at })
  const { client, spaceId } = world
  const key = await world.key()
  const headers = { 'content-type': 'application/vnd.usn1', 'x-drawbridge-space': spaceId }
  for (const suite of [1, 2] as const) await client.call({ target: 'f:who', key, suite })
  const work = countWork(t, world)
  for (const secretType of ['none', 'request', 'response', 'both'] as const)
    for (const suite of [1, 2] as const) {
      const call = client.seal({ target: 'f:who', data: { a: 1 }, key, secretType, suite })
      const otherKey = { ...key, encryptKey: randomBytes(16).toString('base64') }
      const other = client.seal({ target: 'f:who', data: { a: 1 }, key: otherKey, secretType, suite })
      const answers = new Map<string, string[]>()
      for (const [what, bytes] of Object.entries({ ...wrongs(call), 'another key': other.bytes })) {
        work()
        const answer = await answerTo(await client.post(bytes, headers))
        const told = `${answer} ${JSON.stringify(work())}`
        answers.set(told, [...(answers.get(told) ?? []), what])
      }
      assert.equal(answers.size, 1, JSON.stringify([...answers], undefined, 1))
      const [told = ''] = answers.keys()
      assert.match(told, /^\[403,.*\\"errCode\\":70004.*"opened":1,.*"looked":0,"asked":0,"verdicts":1\}$/)
    }
})

test('a body whose encryption is right and whose inside is wrong is told under seal, to who has the key alone', async (t) => {
  const { client, key, spaceId } = await openHostileWorld(t)
  const phoneKey = await key()
  const insides = [{ spaceId: undefined }, { spaceId: 'nowhere' }, { data: [] }, { clientInfo: { deviceId: 'x' } }]
  const headers = { 'content-type': 'application/vnd.usn1', 'x-drawbridge-space': spaceId }
  for (const inside of insides) {
    const call = client.seal({ target: 'f:who', key: phoneKey, inside })
    const response = await client.post(call.bytes, headers)
    assert.deepEqual([response.status, response.headers.get('content-type')], [200, 'application/vnd.usn1'])
    const bytes = Buffer.from(await response.arrayBuffer())
    // No code, no sentence and no name is to be read by others.
    assert.doesNotMatch(bytes.toString('latin1'), /7000|8050|errCode|errMsg|nowhere|uni-secure/)
  }
})

test('of a user who is made up one thing is told, whoever he is and whatever he wants', async (t) => {
  const world = await openHostileWorld(t)
  const { client, wxAppid } = world
  const key = await world.key()
  await client.call({ target: 'f:who', key })
  const work = countWork(t, world)
  const answers = new Set<string>()
  for (const openid of ['made-up-1', 'made-up-2', 'o'.repeat(100), 'ö'.repeat(20)]) {
    for (const target of ['f:who', 'f:nobody', 'o:notes/_secret']) {
      work()
      const reply = await client.call({ target, key, subject: `${wxAppid}:${openid}` })
      assert.ok(!reply.sealed && 'error' in reply)
      const { opened: _records, hashed: _ids, ...cost } = work()
      answers.add(JSON.stringify([reply.status, reply.error, cost]))
    }
  }
  const error = { errCode: 70007, errSubject: 'uni-secure-network' }
  assert.equal(answers.size, 1, [...answers].join('\n'))
  const [[status, told, cost]] = [...answers].map((text) => JSON.parse(text) as [number, object, object]) as [
    [number, object, object],
  ]
  assert.deepEqual([status, { ...told, ...error }, cost], [503, told, { looked: 1, asked: 0, verdicts: 1 }])
})
