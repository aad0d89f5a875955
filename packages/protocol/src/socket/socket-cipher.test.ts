import assert from 'node:assert/strict'
import { test } from 'node:test'
import { filled, sampleSchedule } from '../../testing/sample-call.ts'
import { concatBytes } from '../bytes/concat-bytes.ts'
import { hexEncode } from '../bytes/hex.ts'
import { utf8Encode } from '../bytes/utf8.ts'
import type { Primitives } from '../envelope/primitives.ts'
import type { SuiteNumber } from '../envelope/suite-table.ts'
import { noblePrimitives } from '../noble/noble-primitives.ts'
import { nodePrimitives } from '../node/node-primitives.ts'
import { withSm4 } from '../sm4/with-sm4.ts'
import { closeBody } from './close-body.ts'
import { createSocketCipher } from './socket-cipher.ts'
import type { FrameKind, SocketCipher } from './socket-cipher.ts'

const opening = { rid: filled(16, 3), rnonce: filled(16, 5) }
const messages: readonly (readonly [FrameKind, Uint8Array])[] = [
  ['text', utf8Encode('hi')],
  ['binary', filled(3, 1)],
  ['close', closeBody(1000, 'bye')],
]

/** Suites 1 and 2 were computed by another program from the definition alone. */
const vectors: readonly (readonly [SuiteNumber, 'client' | 'server', string])[] = [
  [
    1,
    'client',
    '00b58aa9162547532a194cbb3d6039616fcbc4 0175bf7c33f6f48788b1987246cee869f80dcb77 028a1d02f12b895a4b591121011b064155a426b547c2',
  ],
  [
    1,
    'server',
    '007db4c4c4140093a6757992f0eed48f0451d6 0103a93170571e68aa1d360a8e94593b857ff31b 02dbe5545eb1767c122535e698b1b5e810ff16e5ee5c',
  ],
  [
    2,
    'client',
    '00812ed237460e87263716cb2ee0a3285b97bd 01b80ab8db63067c6a85c2008bca426e99324698 0277395cd85fdc251a155f68a9e213061849a3fd6cf7',
  ],
  [
    2,
    'server',
    '00f8937ed021c27e06da287aa578f0a865228c 0108d38dcbaf17b071014ef4775267d3f8df2599 025ea1d8f65c86f2f68c7b9eb11e23f4bb90d34568cf',
  ],
  [
    3,
    'client',
    '002949d83335c59323d6f72f7febd8c708fd17 01505fb0ddeab0ef9483fb969200657494d3871b 02722ced6fd46e76d539272541ca80bf33edcae13ee1',
  ],
  [
    3,
    'server',
    '000e1bf84207b030ff0516d495b540c2b39aac 0192dbc455c690935526167d5f137bf497f3657d 02dabc55d85e5e0adb1078d80a9917e9cdb91ff6c564',
  ],
]

for (const [name, primitives] of [
  ['in JavaScript', noblePrimitives],
  ["with Node's cryptography", nodePrimitives],
] as const)
  test(`the frames of a socket come out byte for byte ${name}`, () => {
    for (const [suite, side, expected] of vectors) {
      const cipher = createSocketCipher(sampleSchedule(withSm4(primitives), suite), side, opening)
      const frames = messages.map(([kind, body]) => hexEncode(cipher.seal(kind, body) ?? filled(0, 0)))
      assert.equal(frames.join(' '), expected, `suite ${suite}, ${side}`)
    }
  })

for (const suite of [1, 2, 3] as const)
  test(`what one side of a socket seals the other opens, both ways: suite ${suite}`, () => {
    const { client, server } = pair(suite, nodePrimitives, noblePrimitives)
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const)
      for (let index = 0; index < 300; index++) {
        const [kind, body] = [index % 3 ? 'text' : 'binary', filled(index, index)] as const
        const opened = to.open(seal(from, kind, body))
        assert.equal(opened?.kind, kind)
        assert.equal(hexEncode(opened.body), hexEncode(body))
      }
  })

test('each direction and each opening has a key of its own', () => {
  const schedule = sampleSchedule(nodePrimitives, 1)
  const { c2s, s2c } = schedule.socketKeys(opening.rid, opening.rnonce)
  const others = [
    schedule.socketKeys(filled(16, 4), opening.rnonce),
    schedule.socketKeys(opening.rid, filled(16, 4)),
    { c2s: schedule.requestKey(opening.rid, 0), s2c: schedule.responseKey(opening.rid, opening.rnonce) },
  ]
  const keys = [c2s, s2c, ...others.flatMap((other) => [other.c2s, other.s2c])].map(hexEncode)
  assert.equal(new Set(keys).size, keys.length)
})

test('equal messages are never equal frames', () => {
  const { client, server } = pair()
  const body = filled(32, 0)
  const frames = [client, server].flatMap((side) =>
    Array.from({ length: 50 }, () => hexEncode(seal(side, 'text', body))),
  )
  assert.equal(new Set(frames).size, frames.length)
})

/** Each tells what comes instead of the frames `a`, `b`, `c` that the client sealed. */
const attacks: readonly (readonly [what: string, arrives: (abc: readonly Uint8Array[]) => readonly Uint8Array[]])[] = [
  ['that comes twice', ([a, b, c]) => list(a, a, b, c)],
  ['that comes before its turn', ([a, b, c]) => list(b, a, c)],
  ['in front of which one was dropped', ([, b, c]) => list(b, c)],
  ['of the other direction', ([a, b]) => list(seal(pair().server, 'text', filled(20, 1)), a, b)],
  ['of another socket', ([a, b]) => list(seal(pairOf(filled(16, 9)).client, 'text', filled(20, 1)), a, b)],
  ['said to be bytes instead of text', ([a, b]) => list(turned(a, 0, 1), b)],
  ['said to be a close', ([a, b]) => list(turned(a, 0, 2), b)],
  ['of a kind that does not exist', ([a, b]) => list(turned(a, 0, 255), a, b)],
  ['that is empty', ([a, b]) => list(new Uint8Array(0), a, b)],
  ['that is cut to its tag', ([a, b]) => list(a?.slice(0, 16), a, b)],
  ['that is one byte short', ([a, b]) => list(a?.slice(0, -1), a, b)],
  ['that is one byte long', ([a, b]) => list(a && concatBytes(a, filled(1, 0)), a, b)],
]

for (const [what, arrives] of attacks)
  test(`a frame ${what} is refused, and all that follow`, () => {
    const { client, server } = pair()
    const frames = arrives(Array.from({ length: 3 }, (_, at) => seal(client, 'text', filled(20, at))))
    const refusedFrom = frames.findIndex((frame) => server.open(frame) === undefined)
    assert.ok(refusedFrom === (what === 'that comes twice' ? 1 : 0), `refused at ${refusedFrom}`)
    for (const frame of frames) assert.equal(server.open(frame), undefined)
    assert.equal(server.seal('text', filled(1, 1)), undefined)
  })

test('a frame with any one bit turned is refused', () => {
  const frame = seal(pair().client, 'text', filled(20, 1))
  for (let bit = 0; bit < frame.length * 8; bit++) {
    const { server } = pair()
    assert.equal(server.open(turned(frame, bit >> 3, (frame[bit >> 3] ?? 0) ^ (1 << (bit & 7)))), undefined, `${bit}`)
  }
  assert.ok(pair().server.open(frame))
})

test('nothing is sealed or opened behind a close, on either side', () => {
  const { client, server } = pair()
  const late = seal(server, 'text', filled(3, 3))
  const close = seal(client, 'close', closeBody(1000, ''))
  assert.equal(client.seal('text', filled(1, 1)), undefined)
  assert.equal(client.open(late), undefined)
  assert.equal(server.open(close)?.kind, 'close')
  assert.equal(server.seal('close', closeBody(1000, '')), undefined)
  assert.equal(server.open(close), undefined)
})

test('a text that was sealed at the place of a close is not taken for one', () => {
  const schedule = sampleSchedule(nodePrimitives, 1)
  const text = seal(createSocketCipher(schedule, 'client', opening), 'text', closeBody(1000, ''))
  assert.equal(createSocketCipher(schedule, 'server', opening).open(turned(text, 0, 2)), undefined)
})

test('a socket ends before the numbers of its frames do', () => {
  const schedule = sampleSchedule(nodePrimitives, 1)
  const client = createSocketCipher(schedule, 'client', opening, 3)
  const server = createSocketCipher(schedule, 'server', opening, 2)
  const frames = [1, 2, 3].map((at) => seal(client, 'binary', filled(at, 1)))
  assert.equal(client.seal('binary', filled(4, 1)), undefined)
  assert.deepEqual(
    frames.map((frame) => server.open(frame)?.body.length),
    [1, 2, undefined],
  )
})

function pair(suite: SuiteNumber = 1, ofClient: Primitives = nodePrimitives, ofServer: Primitives = nodePrimitives) {
  return {
    client: createSocketCipher(sampleSchedule(withSm4(ofClient), suite), 'client', opening),
    server: createSocketCipher(sampleSchedule(withSm4(ofServer), suite), 'server', opening),
  }
}

function pairOf(rnonce: Uint8Array): { client: SocketCipher } {
  return { client: createSocketCipher(sampleSchedule(nodePrimitives, 1), 'client', { ...opening, rnonce }) }
}

function seal(cipher: SocketCipher, kind: FrameKind, body: Uint8Array): Uint8Array {
  return cipher.seal(kind, body) ?? assert.fail('not sealed')
}

function turned(frame: Uint8Array | undefined, at: number, value: number): Uint8Array {
  assert.ok(frame)
  return frame.with(at, value)
}

function list(...frames: readonly (Uint8Array | undefined)[]): readonly Uint8Array[] {
  return frames.map((frame) => frame ?? assert.fail('no such frame'))
}
