import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { secretTypes } from '@drawbridge/protocol'
import { refusalOf, resultOf } from '../flows/secure-call-world.ts'
import type { SecureWorld } from '../flows/secure-call-world.ts'
import { joined, jsonOf, openHostileWorld, partsOf, withTarget } from './secure-network-world.ts'
import type { Parts } from './secure-network-world.ts'

const runs = { target: 'f:runs', data: { note: 'the same words '.repeat(8) } } as const
const DIRECTION_AT = 4
const MODE_AT = 6

/** How often the function has run for anybody. */
async function ran({ client, key }: SecureWorld): Promise<number> {
  const { runs } = resultOf(await client.call({ target: 'f:runs', data: { look: 1 }, key: await key() })) as {
    readonly runs: number
  }
  return runs
}

function withByte(header: Buffer, at: number, byte: number): Buffer {
  const changed = Buffer.from(header)
  changed[at] = byte
  return changed
}

function blocksOf({ body }: Parts): readonly string[] {
  return body.toString('hex').match(/.{32}/g) ?? []
}

test('usn1 1: messages that begin alike have no block alike, and padded ones not even their lengths', async (t) => {
  const { client, key, spaceId } = await openHostileWorld(t)
  const phoneKey = await key()
  const headers = { 'content-type': 'application/vnd.usn1', 'x-drawbridge-space': spaceId }
  const blocks: string[] = []
  for (const suite of [1, 2] as const)
    for (let n = 0; n < 6; n++) {
      const { bytes } = client.seal({ target: 'f:who', data: runs.data, key: phoneKey, suite })
      const reply = await client.post(bytes, headers)
      blocks.push(...blocksOf(partsOf(bytes)), ...blocksOf(partsOf(Buffer.from(await reply.arrayBuffer()))))
    }
  assert.ok(blocks.length > 200)
  assert.equal(new Set(blocks).size, blocks.length)
  const lengths = ['a', 'bb', 'ccc', 'dddd'].map((note) => {
    const call = { target: 'f:runs', data: { note }, key: phoneKey, padded: true }
    return client.seal(call).bytes.length
  })
  assert.equal(new Set(lengths).size, 1)
})

test('usn1 2: a captured call is refused when it comes again, in whatever form', async (t) => {
  const world = await openHostileWorld(t)
  const { client, spaceId } = world
  for (const secretType of secretTypes) {
    const call = client.seal({ ...runs, key: await world.key(), secretType })
    const before = await ran(world)
    resultOf(await client.send(call))
    const isClear = secretType === 'none' || secretType === 'response'
    const again = { ...call, contentType: 'application/json' }
    for (let n = 0; n < 3; n++) {
      assert.equal(refusalOf(await client.send(call)), 'sealed 70004')
      // The same message in its other form, and with a length that is put in another way.
      assert.equal(refusalOf(await client.send(again, jsonOf(partsOf(call.bytes), isClear))), 'sealed 70004')
    }
    const elsewhere = await client.post(call.bytes, {
      'content-type': `${call.contentType}; charset=binary`,
      'x-drawbridge-space': spaceId,
      'user-agent': 'another',
      'x-forwarded-for': '203.0.113.99',
    })
    assert.equal(elsewhere.status, 200)
    assert.equal(await ran(world), before + 1, secretType)
  }
})

test('usn1 3: a call made for one target is none for another function, method, route or space', async (t) => {
  const world = await openHostileWorld(t)
  const { client, key, server } = world
  const phoneKey = await key()
  const targets = [
    'f:guarded',
    'f:notes',
    'o:notes/wipe',
    'o:notes/_secret',
    'h:GET /admin',
    'db:',
    'f:runt',
    'o:runs/x',
  ]
  for (const secretType of secretTypes)
    for (const from of ['f:runs', 'o:notes/add']) {
      const data = from === 'f:runs' ? { note: 1 } : { params: ['milk'] }
      const call = client.seal({ target: from, data, key: phoneKey, secretType })
      const parts = partsOf(call.bytes)
      for (const target of targets) {
        const moved = joined({ ...parts, header: withTarget(parts.header, from, target) })
        assert.equal(refusalOf(await client.send(call, moved)), 'plain 70004', `${from} → ${target}`)
      }
    }
  assert.ok(server.verdicts.every(({ outcome }) => outcome === 'refused'))
  const call = client.seal({ ...runs, key: phoneKey })
  const headers = { 'content-type': call.contentType, 'x-drawbridge-space': 'other-space' }
  await client.post(call.bytes, headers)
  assert.equal(server.verdicts.at(-1)?.reason, 'it was sealed for another space')
  assert.equal(await ran(world), 0)
})

test('usn1 4: the mode is what was sealed: it cannot be rewritten, and nor can what the policy asks', async (t) => {
  const world = await openHostileWorld(t, { rules: { guarded: [{ secretType: 'both' }] } })
  const { client, key, server } = world
  const phoneKey = await key()
  for (const secretType of secretTypes) {
    const call = client.seal({ ...runs, key: phoneKey, secretType })
    const parts = partsOf(call.bytes)
    for (let mode = 0; mode < 8; mode++) {
      if (secretTypes[mode] === secretType) continue
      const changed = { ...parts, header: withByte(parts.header, MODE_AT, mode) }
      const forms = [
        [call.contentType, joined(changed)],
        ['application/json', jsonOf(changed, true)],
        ['application/json', jsonOf(changed, false)],
      ] as const
      for (const [contentType, bytes] of forms)
        assert.equal(
          refusalOf(await client.send({ ...call, contentType }, bytes)),
          'plain 70004',
          `${secretType} → ${mode}`,
        )
    }
    const guarded = await client.call({ target: 'f:guarded', key: phoneKey, secretType })
    if (secretType === 'both') resultOf(guarded)
    else assert.equal(refusalOf(guarded), 'sealed 70004')
  }
  assert.equal(server.verdicts.filter(({ outcome }) => outcome === 'admitted').length, 1)
})

test('usn1 7: a reply that is sent back is no request, whatever its direction is made to say', async (t) => {
  const { client, key, spaceId, server } = await openHostileWorld(t)
  for (const secretType of secretTypes) {
    const call = client.seal({ target: 'f:who', data: { a: 1 }, key: await key(), secretType })
    const headers = { 'content-type': call.contentType, 'x-drawbridge-space': spaceId }
    const reply = Buffer.from(await (await client.post(call.bytes, headers)).arrayBuffer())
    const [own, theirs] = [partsOf(call.bytes), partsOf(reply)]
    const reflected = [
      reply,
      joined({ ...theirs, header: withByte(theirs.header, DIRECTION_AT, 1) }),
      joined({ ...own, header: withByte(own.header, DIRECTION_AT, 2) }),
      // The reply's body in the request's own header.
      joined({ ...own, body: theirs.body, tag: theirs.tag }),
    ]
    for (const bytes of reflected) assert.equal(refusalOf(await client.send(call, bytes)), 'plain 70004')
  }
  assert.equal(server.verdicts.filter(({ outcome }) => outcome === 'admitted').length, secretTypes.length)
})

test('usn1 8: an amount whose digits are flipped is refused, encrypted or clear', async (t) => {
  const { client, key, server } = await openHostileWorld(t)
  for (const secretType of secretTypes) {
    const call = client.seal({ target: 'f:guarded', data: { amount: '0001.00' }, key: await key(), secretType })
    const parts = partsOf(call.bytes)
    for (let at = 0; at < parts.body.length; at++) {
      // What turns the first 0 into 9 where it stands clear, and would in a stream cipher without a tag.
      const body = withByte(parts.body, at, (parts.body[at] ?? 0) ^ 0x09)
      assert.equal(refusalOf(await client.send(call, joined({ ...parts, body }))), 'plain 70004', `${secretType} ${at}`)
    }
  }
  assert.ok(server.verdicts.every(({ outcome }) => outcome === 'refused'))
})

test('usn1 9: pieces of two messages make no third one', async (t) => {
  const { client, key, server } = await openHostileWorld(t)
  const phoneKey = await key()
  for (const secretType of secretTypes)
    for (const suite of [1, 2] as const) {
      const sealed = (role: string) => {
        const data = { role, memo: 'y'.repeat(80) }
        return client.seal({ target: 'f:guarded', data, key: phoneKey, secretType, suite })
      }
      const [guest, admin] = [sealed('guest'), sealed('admin')]
      const [a, b] = [partsOf(guest.bytes), partsOf(admin.bytes)]
      const spliced: Parts[] = [
        { ...a, body: b.body },
        { ...a, tag: b.tag },
        { ...a, body: b.body, tag: b.tag },
        { ...b, header: a.header },
        { ...a, body: Buffer.concat([a.body, b.body]) },
        { ...a, body: Buffer.concat([a.body, a.tag, b.body]), tag: b.tag },
        { ...a, body: a.body.subarray(16) },
        { ...a, body: Buffer.alloc(0) },
      ]
      for (let cut = 16; cut < a.body.length; cut += 16)
        spliced.push({ ...a, body: Buffer.concat([a.body.subarray(0, cut), b.body.subarray(cut)]) })
      // Where bodies are clear and end alike, a splice near the end is the one message as it was.
      const made = spliced.map(joined).filter((bytes) => !bytes.equals(guest.bytes))
      for (const bytes of made) assert.equal(refusalOf(await client.send(guest, bytes)), 'plain 70004')
    }
  assert.ok(server.verdicts.every(({ outcome }) => outcome === 'refused'))
})

test('usn1 10: a victim’s openid without the victim’s key is worth nothing, in response mode too', async (t) => {
  const world = await openHostileWorld(t)
  const { client, key, phone, wxAppid, simulator, server } = world
  const own = await key()
  const bob = simulator.phone({ appid: wxAppid, user: 'bob' })
  await world.logIn(bob.openid)
  const bobs = simulator.control.userKeys.latest({ appid: wxAppid, openid: bob.openid })
  const victim = `${wxAppid}:${phone.openid}`
  for (const secretType of secretTypes) {
    // The victim was seen a moment ago: his key is at hand in the server.
    resultOf(await client.call({ target: 'f:who', key: own, secretType }))
    const before = server.verdicts.length
    const made = [bobs, { ...bobs, version: own.version }, { ...own, encryptKey: randomBytes(16).toString('base64') }]
    for (const attackers of made)
      assert.match(
        refusalOf(await client.call({ target: 'f:guarded', key: attackers, subject: victim, secretType })),
        /^plain (70004|70009)$/,
      )
    // His own message, with the victim's name put in the place of his.
    const call = client.seal({ target: 'f:guarded', key: bobs, subject: `${wxAppid}:${bob.openid}`, secretType })
    const named = call.bytes.toString('latin1').replace(bob.openid, phone.openid)
    assert.equal(bob.openid.length, phone.openid.length)
    assert.match(refusalOf(await client.send(call, Buffer.from(named, 'latin1'))), /^plain (70004|70009)$/)
    assert.ok(server.verdicts.slice(before).every(({ evidence }) => evidence['proven'] === false))
  }
})

test('usn1 11: whatever is wrong inside the encryption is one answer, and padding is no oracle', async (t) => {
  const { client, key } = await openHostileWorld(t)
  const phoneKey = await key()
  const answers = new Set<string>()
  for (const padded of [false, true])
    for (const suite of [1, 2] as const) {
      const call = client.seal({ ...runs, key: phoneKey, suite, padded })
      const parts = partsOf(call.bytes)
      const last = parts.body.length - 1
      const wrong: readonly Parts[] = [
        ...Array.from({ length: 16 }, (_, n) => ({
          ...parts,
          body: withByte(parts.body, last - n, (parts.body[last - n] ?? 0) ^ (n + 1)),
        })),
        ...Array.from({ length: 16 }, (_, n) => ({ ...parts, body: parts.body.subarray(0, last - n) })),
        { ...parts, tag: randomBytes(16) },
        { ...parts, tag: Buffer.alloc(16) },
        { ...parts, body: randomBytes(parts.body.length) },
        { ...parts, body: Buffer.alloc(parts.body.length) },
      ]
      for (const each of wrong) {
        const reply = await client.send(call, joined(each))
        assert.ok(!reply.sealed)
        answers.add(`${reply.status} ${JSON.stringify(reply.error)}`)
      }
    }
  assert.equal(answers.size, 1, [...answers].join('\n'))
})
