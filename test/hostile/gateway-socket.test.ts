import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { openSocket, opened } from '../flows/socket-client.ts'
import type { SealedSocket } from '../flows/socket-client.ts'
import { openSocketWorld, startSocketBackend } from '../flows/socket-world.ts'
import { openListener, openSocketMan } from './socket-man.ts'
import type { SocketMan } from './socket-man.ts'

const MARKER = 'the plaintext marker of this test'

async function openMan(t: TestContext) {
  const backend = await startSocketBackend(t)
  const { world } = await openSocketWorld(t, backend.origin)
  const man = await openSocketMan(t, world.server.endpoint)
  const dialing = { endpoint: man.endpoint }
  return { backend, world, man, open: async () => opened(await openSocket(world, { dialing })) }
}

/** What he does with the client's messages; 0 is the opening, `a` 1, `b` 2, `c` 3. */
const tricks: readonly (readonly [what: string, trick: (man: SocketMan) => void, heard: readonly string[]])[] = [
  [
    'drops one',
    ({ meddle }) => {
      meddle((way, index, one) => (way === 'up' && index === 2 ? [] : [one]))
    },
    ['a'],
  ],
  [
    'repeats one',
    ({ meddle }) => {
      meddle((way, index, one) => (way === 'up' && index === 2 ? [one, one] : [one]))
    },
    ['a', 'b'],
  ],
  [
    'holds one back behind the next',
    ({ meddle, heard }) => {
      meddle((way, index, one) => {
        if (way === 'down' || index < 2 || index > 3) return [one]
        return index === 2 ? [] : [one, heard.up[2] ?? one]
      })
    },
    ['a'],
  ],
  [
    'turns a bit',
    ({ meddle }) => {
      meddle((way, index, one) => (way === 'up' && index === 2 ? [flipped(one, 3)] : [one]))
    },
    ['a'],
  ],
  [
    'turns a bit of the tag',
    ({ meddle }) => {
      meddle((way, index, one) => (way === 'up' && index === 2 ? [flipped(one, one.length - 1)] : [one]))
    },
    ['a'],
  ],
  [
    'calls text bytes',
    ({ meddle }) => {
      meddle((way, index, one) => (way === 'up' && index === 2 ? [flipped(one, 0)] : [one]))
    },
    ['a'],
  ],
  [
    'cuts one short',
    ({ meddle }) => {
      meddle((way, index, one) => (way === 'up' && index === 2 ? [one.subarray(0, -1)] : [one]))
    },
    ['a'],
  ],
  [
    'says something of his own',
    ({ meddle }) => {
      meddle((way, index, one) => (way === 'up' && index === 2 ? [Buffer.alloc(40, 1), one] : [one]))
    },
    ['a'],
  ],
  [
    'sends the server’s own words back',
    ({ meddle, heard }) => {
      meddle((way, index, one) => (way === 'up' && index === 2 ? [heard.down.at(-1) ?? one] : [one]))
    },
    ['a'],
  ],
  [
    'sends the opening once more',
    ({ meddle, heard }) => {
      meddle((way, index, one) => (way === 'up' && index === 2 ? [heard.up[0] ?? one] : [one]))
    },
    ['a'],
  ],
]

for (const [what, trick, heard] of tricks)
  test(`one in the middle who ${what} ends the socket, and the backend hears nothing of it`, async (t) => {
    const { backend, man, open } = await openMan(t)
    trick(man)
    const socket = await open()
    socket.say('a')
    assert.equal(await socket.hear(), 'a')
    socket.say('b')
    socket.say('c')
    assert.equal((await endOf(socket)).sealed, undefined)
    assert.deepEqual(await backend.sockets[0]?.closed, [1006, ''])
    assert.deepEqual(backend.sockets[0]?.heard, heard)
  })

test('one in the middle can end a socket, but nobody takes that for a close', async (t) => {
  const { backend, man, open } = await openMan(t)
  const socket = await open()
  socket.say('a')
  assert.equal(await socket.hear(), 'a')
  // The client's close never comes.
  man.meddle((way, _index, one) => (way === 'up' ? [] : [one]))
  socket.close({ code: 1000, reason: 'all said' })
  socket.raw.socket.close(1000, 'all said')
  assert.deepEqual(await backend.sockets[0]?.closed, [1006, ''])
})

test('frames of one socket are good for no other, not even of the same user', async (t) => {
  const { backend, man, open } = await openMan(t)
  const first = await open()
  first.say('a')
  assert.equal(await first.hear(), 'a')
  const [, frame] = man.heard.up
  assert.ok(frame)
  const second = await open()
  man.say('up', frame)
  assert.equal((await endOf(second)).sealed, undefined)
  assert.deepEqual(backend.sockets[1]?.heard, [])
})

test('what one in the middle changes on the way down is never taken for the server’s', async (t) => {
  for (const change of [
    (one: Buffer) => [flipped(one, 4)],
    (one: Buffer) => [flipped(one, 0)],
    (one: Buffer) => [one, one],
    (_one: Buffer) => [Buffer.alloc(30)],
  ]) {
    const { man, open } = await openMan(t)
    const socket = await open()
    man.meddle((way, _index, one) => (way === 'down' ? change(one) : [one]))
    socket.say(MARKER)
    await assert.rejects(async () => {
      for (let heard = 0; heard < 2; heard++) assert.equal(await socket.hear(), MARKER)
    }, /not the server’s/)
  }
})

test('a listener finds no word, no header, no close reason and no two equal blocks', async (t) => {
  const backend = await startSocketBackend(t)
  const { world } = await openSocketWorld(t, backend.origin)
  const listener = await openListener(t, world.server.endpoint)
  const call = { data: { query: 'secret-query=1', header: { authorization: MARKER }, protocols: ['secret-protocol'] } }
  const socket = opened(await openSocket(world, { ...call, dialing: { endpoint: listener.endpoint } }))
  // Equal all over, and equal to what comes back.
  for (let at = 0; at < 20; at++) {
    socket.say(MARKER.repeat(20))
    assert.equal(await socket.hear(), MARKER.repeat(20))
  }
  socket.close({ code: 4000, reason: 'secret-reason' })
  await backend.sockets[0]?.closed
  // What a client sends is masked at random by WebSocket itself: unmasked, as the server sees it.
  const frames = [...unmasked(Buffer.concat(listener.bytes.up)), ...unmasked(Buffer.concat(listener.bytes.down))]
  const all = Buffer.concat(frames).toString('latin1')
  for (const word of ['marker', 'secret']) assert.ok(!all.includes(word), word)
  const sealed = frames.slice(1).filter(({ length }) => length > 600)
  const blocks = sealed.flatMap((frame) =>
    Array.from({ length: Math.floor((frame.length - 17) / 16) }, (_, at) =>
      frame.subarray(1 + at * 16, 17 + at * 16).toString('hex'),
    ),
  )
  assert.ok(blocks.length > 40 * 40)
  assert.equal(new Set(blocks).size, blocks.length)
})

async function endOf(socket: SealedSocket): Promise<{ readonly sealed?: object }> {
  for (;;) {
    const heard = await socket.hear()
    if (typeof heard === 'object' && 'code' in heard) return heard
  }
}

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}

/** The payloads of the messages behind the handshake (RFC 6455 §5.2). */
function unmasked(stream: Buffer): readonly Buffer[] {
  const payloads: Buffer[] = []
  for (let at = stream.indexOf('\r\n\r\n') + 4; at + 2 <= stream.length;) {
    const second = stream[at + 1] ?? 0
    const short = second & 0x7f
    const extra = short === 126 ? 2 : short === 127 ? 8 : 0
    const length = extra === 0 ? short : stream.readUIntBE(at + 2 + (extra === 8 ? 2 : 0), extra === 8 ? 6 : 2)
    const maskAt = at + 2 + extra
    const start = maskAt + (second & 0x80 ? 4 : 0)
    const payload = Buffer.from(stream.subarray(start, start + length))
    if (second & 0x80)
      for (const [index, byte] of payload.entries()) payload[index] = byte ^ (stream[maskAt + (index & 3)] ?? 0)
    payloads.push(payload)
    at = start + length
  }
  return payloads
}
