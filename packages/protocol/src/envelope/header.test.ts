import assert from 'node:assert/strict'
import { test } from 'node:test'
import { filled, sampleFields, sampleReply, sampleSchedule } from '../../testing/sample-call.ts'
import { nodePrimitives } from '../node/node-primitives.ts'
import { parseRequestHeader, parseResponseHeader } from './header.ts'
import { openResponse } from './open-response.ts'
import { receiveRequest } from './open-request.ts'
import { sealRequest } from './seal-request.ts'
import { sealResponse } from './seal-response.ts'
import { toBinary, toJson } from './envelope.ts'

const schedule = sampleSchedule(nodePrimitives, 1)
const sent = sealRequest(schedule, sampleFields, filled(4, 65))
const reply = sent && sealResponse(schedule, sent, sampleReply, filled(4, 65))
assert.ok(sent && reply)
const bare = sent.headerBytes

/** The header with other extension bytes. */
function withExtensions(header: Uint8Array, ...extensions: readonly number[]): Uint8Array {
  return Uint8Array.of(...header.subarray(0, -2), extensions.length >> 8, extensions.length & 255, ...extensions)
}

/** The header with one byte set. */
function withByte(header: Uint8Array, at: number, value: number): Uint8Array {
  const changed = header.slice()
  changed[at] = value
  return changed
}

const wrong: readonly (readonly [why: string, header: Uint8Array])[] = [
  ['bytes after the extensions', Uint8Array.of(...bare, 0)],
  ['nothing', new Uint8Array(0)],
  ['an older magic', withByte(bare, 3, 0x30)],
  ['a newer magic', withByte(bare, 3, 0x32)],
  ['a response where a request belongs', reply.headerBytes],
  ['no direction', withByte(bare, 4, 0)],
  ['both directions', withByte(bare, 4, 3)],
  ['no suite', withByte(bare, 5, 0)],
  ['an unknown suite', withByte(bare, 5, 4)],
  ['an unknown mode', withByte(bare, 6, 4)],
  ['an unknown flag', withByte(bare, 7, 4)],
  ['padding with chunks', withByte(bare, 7, 3)],
  ['padding of what is clear', withByte(withByte(bare, 6, 2), 7, 2)],
  ['no kind of key', withByte(bare, 8, 0)],
  ["a session with a version's id", withByte(bare, 8, 2)],
  ['an unknown kind of key', withByte(bare, 8, 3)],
  ['a time beyond 2^53', withByte(bare, 14, 0x20)],
  ['a name that is no UTF-8', withByte(bare, 47, 0xff)],
  ['an extension that has to be understood and is not', withExtensions(bare, 4, 0, 0)],
  ['extension 0', withExtensions(bare, 0, 0, 0)],
  ['an extension twice', withExtensions(bare, 2, 0, 0, 2, 0, 0)],
  ['extensions out of order', withExtensions(bare, 200, 0, 0, 2, 0, 0)],
  ['a cut extension', withExtensions(bare, 200, 0, 2, 1)],
  ['a cut extension head', withExtensions(bare, 200, 0)],
]

for (const [why, header] of wrong)
  test(`a header is refused for ${why}`, () => {
    assert.equal(parseRequestHeader(header), undefined)
    const wire = toBinary({ ...sent, headerBytes: header })
    assert.equal(receiveRequest(wire), undefined)
  })

test('the header of the sample is read, so that the refusals above have their own reason', () => {
  assert.equal(parseRequestHeader(bare)?.target, 'f:collection')
  assert.equal(String.fromCharCode(...bare.subarray(47, 55)), '__UNI__A')
  assert.equal(parseResponseHeader(reply.headerBytes)?.status, 0)
})

test('extensions that are known or may be ignored are given', () => {
  const header = parseRequestHeader(withExtensions(bare, 1, 0, 1, 9, 2, 0, 0, 3, 0, 0, 128, 0, 0, 255, 0, 2, 7, 8))
  assert.deepEqual(
    header?.extensions.map(({ type }) => type),
    [1, 2, 3, 128, 255],
  )
  assert.equal(parseResponseHeader(withExtensions(reply.headerBytes, 200, 0, 0))?.extensions.length, 1)
  assert.equal(parseResponseHeader(withExtensions(reply.headerBytes, 1, 0, 0)), undefined)
})

const json = toJson(sent)
const clear = sealRequest(schedule, { ...sampleFields, secretType: 'none' }, filled(4, 65))
assert.ok(json && clear)
const clearJson = toJson(clear)

const notEnvelopes: readonly (readonly [why: string, wire: unknown])[] = [
  ['a plain result', { errCode: 0, data: {} }],
  ['nothing', undefined],
  ['null', null],
  ['a text', JSON.stringify(json)],
  ['a list', [json]],
  ['another version', { ...json, usn: 2 }],
  ['a field that nobody knows', { ...json, errCode: 0 }],
  ['clear text beside a sealed body', { ...json, p: '' }],
  ['no clear text where the body is clear', { usn: 1, h: clearJson?.h, c: clearJson?.c }],
  ['clear text that is no text', { ...clearJson, p: 1 }],
  ['a lone surrogate', { ...clearJson, p: '\ud800' }],
  ['more than a tag beside clear text', { ...clearJson, c: json.c }],
  ['padded base64', { ...json, h: `${json.h}==` }],
  ['no header', { ...json, h: '' }],
  ['no tag', { ...json, c: '' }],
  ['a chunked body', { ...json, h: Buffer.from(withByte(bare, 7, 1)).toString('base64url') }],
  ['one byte', Uint8Array.of(0)],
  ['a header longer than the message', Uint8Array.of(255, 255, 1)],
]

for (const [why, wire] of notEnvelopes)
  test(`${why} is no envelope, neither as a request nor as a response`, () => {
    assert.equal(receiveRequest(wire), undefined)
    assert.equal(openResponse(schedule, sent, wire), undefined)
  })

test('the envelopes that those were made from are read', () => {
  assert.equal(receiveRequest(json)?.form, 'json')
  assert.equal(receiveRequest(clearJson)?.form, 'json')
  assert.equal(receiveRequest(toBinary(sent))?.form, 'binary')
})
