import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { filled, sampleFields, sampleReply, sampleSchedule } from '../../testing/sample-call.ts'
import { noblePrimitives } from '../noble/noble-primitives.ts'
import { nodePrimitives } from '../node/node-primitives.ts'
import { withSm4 } from '../sm4/with-sm4.ts'
import { openRequest, receiveRequest } from './open-request.ts'
import type { OpenedRequest } from './open-request.ts'
import { openResponse } from './open-response.ts'
import { sealRequest } from './seal-request.ts'
import type { RequestFields, SealedRequest } from './seal-request.ts'
import { sealResponse } from './seal-response.ts'
import { secretTypes } from './secret-type.ts'
import { toBinary, toJson } from './envelope.ts'
import type { Envelope } from './envelope.ts'

const hosts = [
  ['JavaScript', withSm4(noblePrimitives)],
  ['Node', withSm4(nodePrimitives)],
] as const

function opened(schedule: ReturnType<typeof sampleSchedule>, wire: unknown): OpenedRequest | undefined {
  const received = receiveRequest(wire)
  return received && openRequest(schedule, received)
}

function mustSeal(schedule: ReturnType<typeof sampleSchedule>, fields: RequestFields, body: Uint8Array): SealedRequest {
  const sealed = sealRequest(schedule, fields, body)
  assert.ok(sealed)
  return sealed
}

const fieldsOf = fc.record({
  secretType: fc.constantFrom(...secretTypes),
  ts: fc.maxSafeNat(),
  rid: fc.uint8Array({ minLength: 16, maxLength: 16 }),
  seq: fc.maxSafeNat(),
  device: fc.string({ maxLength: 60 }),
  target: fc.string({ unit: 'grapheme', maxLength: 100 }),
  extensions: fc.constantFrom(
    [],
    [
      { type: 2, value: filled(8, 1) },
      { type: 200, value: filled(0, 1) },
    ],
  ),
})

for (const suite of [1, 2, 3] as const)
  test(`what one host seals in suite ${suite} the other opens, in both forms and both directions`, () => {
    const body = fc.string({ unit: 'grapheme', maxLength: 200 }).map((text) => new TextEncoder().encode(text))
    fc.assert(
      fc.property(fieldsOf, body, body, fc.boolean(), (fields, asked, answered, swap) => {
        const [client, server] = (swap ? [hosts[0], hosts[1]] : [hosts[1], hosts[0]]).map(([, host]) => host)
        assert.ok(client && server)
        const [sealing, opening] = [sampleSchedule(client, suite), sampleSchedule(server, suite)]
        const sent = mustSeal(sealing, fields, asked)
        for (const wire of [toBinary(sent), JSON.parse(JSON.stringify(toJson(sent)))]) {
          const request = opened(opening, wire)
          assert.ok(request)
          assert.deepEqual(Uint8Array.from(request.body), asked)
          const { secretType, ts, seq, device, target } = request.header
          assert.deepEqual({ secretType, ts, seq, device, target }, pick(fields))
          assert.equal(request.header.extensions.length, fields.extensions.length)
          const sealed = sealResponse(opening, request, sampleReply, answered)
          assert.ok(sealed)
          for (const reply of [toBinary(sealed), toJson(sealed)])
            assert.deepEqual(Uint8Array.from(openResponse(sealing, sent, reply)?.body ?? [256]), answered)
        }
      }),
      { numRuns: 40 },
    )
  })

function pick({ secretType, ts, seq, device, target }: RequestFields): Partial<RequestFields> {
  return { secretType, ts, ...(seq !== undefined && { seq }), device, target }
}

for (const [host, primitives] of hosts)
  for (const suite of [1, 2, 3] as const)
    for (const secretType of ['none', 'both'] as const) {
      const name = `any change of any byte is refused: ${host}, suite ${suite}, ${secretType}`
      test(name, () => {
        const schedule = sampleSchedule(primitives, suite)
        const sent = mustSeal(schedule, { ...sampleFields, secretType }, filled(40, 65))
        const wire = toBinary(sent)
        const reply = toBinary(sealResponse(schedule, sent, sampleReply, filled(40, 66)) as Envelope)
        assert.ok(opened(schedule, wire))
        assert.ok(openResponse(schedule, sent, reply))
        for (const bit of [1, 0x10, 0x80])
          for (const [bytes, open] of [
            [wire, (changed: Uint8Array) => opened(schedule, changed)],
            [reply, (changed: Uint8Array) => openResponse(schedule, sent, changed)],
          ] as const)
            for (let at = 0; at < bytes.length; at++) {
              const changed = bytes.slice()
              changed[at] = (changed[at] ?? 0) ^ bit
              assert.equal(open(changed), undefined, `byte ${at}, bit ${bit}`)
              assert.equal(open(bytes.subarray(0, at)), undefined, `cut at ${at}`)
            }
        assert.equal(opened(schedule, Uint8Array.of(...wire, 0)), undefined, 'a byte more')
      })
    }

test('a response in another mode than its request is refused, though the server sealed it', () => {
  const schedule = sampleSchedule(nodePrimitives, 1)
  const sent = mustSeal(schedule, sampleFields, filled(4, 65))
  const header = { ...sent.header, secretType: 'request' } as const
  const clear = sealResponse(schedule, { ...sent, header }, sampleReply, filled(4, 65))
  assert.ok(clear)
  assert.equal(openResponse(schedule, sent, toBinary(clear)), undefined)
})

test('a response of the same id but another tag is refused', () => {
  const schedule = sampleSchedule(nodePrimitives, 1)
  const one = mustSeal(schedule, sampleFields, filled(4, 65))
  const other = mustSeal(schedule, sampleFields, filled(4, 66))
  const reply = sealResponse(schedule, one, sampleReply, filled(4, 65))
  assert.ok(reply)
  assert.ok(openResponse(schedule, one, toBinary(reply)))
  assert.equal(openResponse(schedule, other, toBinary(reply)), undefined)
})

test('padding makes near lengths equal, and goes again', () => {
  const schedule = sampleSchedule(nodePrimitives, 2)
  const lengths = new Set<number>()
  for (let length = 900; length < 920; length++) {
    const body = filled(length, 0)
    const sent = mustSeal(schedule, { ...sampleFields, padded: true }, body)
    lengths.add(sent.sealed.length)
    assert.deepEqual(Uint8Array.from(opened(schedule, toBinary(sent))?.body ?? []), body)
    const reply = sealResponse(schedule, sent, { ...sampleReply, padded: true }, body)
    assert.ok(reply)
    assert.equal(reply.sealed.length, sent.sealed.length)
    assert.equal(openResponse(schedule, sent, toBinary(reply))?.body.length, length)
  }
  assert.equal(lengths.size, 1)
  assert.equal(sealRequest(schedule, { ...sampleFields, secretType: 'none', padded: true }, filled(4, 0)), undefined)
})

test('what is too large for its place is not sealed, and not read', () => {
  const schedule = sampleSchedule(nodePrimitives, 1)
  assert.equal(sealRequest(schedule, { ...sampleFields, target: 'f'.repeat(2048) }, filled(1, 0)), undefined)
  assert.equal(sealRequest(schedule, { ...sampleFields, device: 'd'.repeat(256) }, filled(1, 0)), undefined)
  assert.equal(sealRequest(schedule, sampleFields, new Uint8Array(1025), 1024), undefined)
  const sent = mustSeal(schedule, sampleFields, new Uint8Array(1025))
  for (const wire of [toBinary(sent), toJson(sent)]) {
    assert.equal(receiveRequest(wire, { bodyMaxBytes: 1024 }), undefined)
    assert.ok(receiveRequest(wire, { bodyMaxBytes: 1025 }))
  }
  const clear = mustSeal(schedule, { ...sampleFields, secretType: 'none' }, filled(0, 0))
  const long = { ...toJson(clear), p: '字'.repeat(400) }
  assert.equal(receiveRequest(long, { bodyMaxBytes: 1024 }), undefined)
})

test('a hedged request id differs with each of its parts', () => {
  const schedule = sampleSchedule(noblePrimitives, 2)
  const ids = [
    schedule.requestId(filled(16, 1), 1, 1000, 'device'),
    schedule.requestId(filled(16, 2), 1, 1000, 'device'),
    schedule.requestId(filled(16, 1), 2, 1000, 'device'),
    schedule.requestId(filled(16, 1), 1, 1001, 'device'),
    schedule.requestId(filled(16, 1), 1, 1000, 'other'),
  ].map((id) => Buffer.from(id).toString('hex'))
  assert.equal(new Set(ids).size, ids.length)
  assert.ok(ids.every((id) => id.length === 32))
})

test('primitives without a suite have no key schedule for it', () => {
  assert.throws(() => sampleSchedule(nodePrimitives, 3), /not supported/)
})
