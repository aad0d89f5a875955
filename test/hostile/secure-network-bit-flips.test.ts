import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SecureCall } from '../flows/secure-call-client.ts'
import { resultOf } from '../flows/secure-call-world.ts'
import { openHostileWorld, placesOf } from './secure-network-world.ts'

/** At once under way, so that thousands of messages cost seconds. */
const AT_ONCE = 16

/** What may be said of a message with a flip in a field: of which key and app it is stands in clear, and is looked up first. */
const told: Readonly<Record<string, readonly number[]>> = {
  keyId: [70004, 70009],
  appId: [60201],
  // The WeChat appid, the colon, the openid.
  subject: [60202, 70006, 70007],
}
/** No message at all, or one that does not open: the answer is one. */
const rejected = [70004]

function flipped(bytes: Buffer, bit: number): Buffer {
  const changed = Buffer.from(bytes)
  changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return changed
}

/** The field in which a byte of the header stands. */
function fieldAt(call: SecureCall, at: number): string {
  const fields = Object.entries(placesOf(call)).sort(([, a], [, b]) => a - b)
  return fields.findLast(([, from]) => from <= at)?.[0] ?? ''
}

async function inTurns<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += AT_ONCE) await Promise.all(items.slice(at, at + AT_ONCE).map(work))
}

for (const secretType of ['none', 'both'] as const)
  test(`no message with secretType ${secretType} and one bit flipped is taken, wherever the bit is`, async (t) => {
    // The clock stands: the minute in which WeChat may be asked twice lasts as long as the test.
    const at = Date.now()
    const { client, key, server, simulator } = await openHostileWorld(t, {}, { now: () => at })
    const phoneKey = await key()
    resultOf(await client.call({ target: 'f:runs', key: phoneKey }))
    const asked = simulator.control.calls.count()
    const call = client.seal({ target: 'f:runs', data: { a: 1 }, key: phoneKey, secretType })
    const headerEnd = 2 + call.bytes.readUInt16BE(0)
    const seen = new Set<string>()
    const bits = Array.from({ length: call.bytes.length * 8 }, (_, bit) => bit)
    await inTurns(bits, async (bit) => {
      const reply = await client.send(call, flipped(call.bytes, bit))
      assert.ok(!reply.sealed && 'error' in reply, `bit ${bit} was taken`)
      const place = bit >> 3
      const isHeader = place >= 2 && place < headerEnd
      const field = isHeader ? fieldAt(call, place - 2) : 'around the header'
      // With its highest bit set no text of ours is UTF-8.
      const isText = field === 'appId' || field === 'subject'
      const codes = (isText && (bit & 7) === 7 ? undefined : told[field]) ?? rejected
      assert.ok(codes.includes(Number(reply.error.errCode)), `${field}, bit ${bit}: ${reply.error.errCode}`)
      seen.add(field)
    })
    for (const field of ['keyId', 'ts', 'rid', 'seq', 'appId', 'subject', 'device', 'target', 'extensions'])
      assert.ok(seen.has(field), field)
    const admitted = server.verdicts.filter(({ outcome }) => outcome === 'admitted')
    assert.equal(admitted.length, 1, 'the good one before')
    // One bit makes of this version its next one or none that can be: the questions that a minute allows.
    assert.ok(simulator.control.calls.count() - asked <= 2)
    resultOf(await client.send(call))
  })

test('no character of the JSON form can be another one', async (t) => {
  const { client, key, server } = await openHostileWorld(t)
  const phoneKey = await key()
  for (const secretType of ['request', 'response'] as const) {
    const call = client.seal({ target: 'f:runs', data: { a: 1 }, key: phoneKey, secretType, form: 'json' })
    const places = Array.from({ length: call.bytes.length }, (_, at) => at)
    await inTurns(places, async (at) => {
      // The lowest bit: a letter becomes its neighbour, a quote or a brace none of its like.
      const reply = await client.send(call, flipped(call.bytes, at * 8))
      assert.ok(!reply.sealed && 'error' in reply, `character ${at} was taken: ${call.bytes.toString()}`)
    })
  }
  assert.ok(server.verdicts.every(({ outcome }) => outcome === 'refused'))
})

test('no message that was cut, stretched or shifted is taken', async (t) => {
  const { client, key, server } = await openHostileWorld(t)
  const call = client.seal({ target: 'f:runs', data: { a: 1 }, key: await key() })
  const { bytes } = call
  const changed = [
    ...Array.from({ length: bytes.length }, (_, length) => bytes.subarray(0, length)),
    ...Array.from({ length: 40 }, (_, from) => bytes.subarray(from + 1)),
    ...[0, 1, 0x80, 0xff].map((byte) => Buffer.concat([bytes, Buffer.of(byte)])),
    Buffer.concat([bytes, bytes]),
    Buffer.alloc(bytes.length),
    Buffer.alloc(bytes.length, 0xff),
  ]
  await inTurns(changed, async (wrong) => {
    const reply = await client.send(call, wrong)
    assert.ok(!reply.sealed && 'error' in reply)
    assert.equal(reply.error.errCode, 70004)
  })
  assert.ok(server.verdicts.every(({ outcome }) => outcome === 'refused'))
  resultOf(await client.send(call))
})
