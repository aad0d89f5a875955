import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { TestWebSocket } from '@drawbridge/server/testing'
import { answerOf, dial, isOpen, openSocket, opened, refused } from './socket-client.ts'
import type { RawSocket } from './socket-client.ts'
import { openSocketWorld, startSocketBackend } from './socket-world.ts'

type World = Awaited<ReturnType<typeof openSocketWorld>>['world']

async function silent({ server, spaceId }: World): Promise<RawSocket> {
  const raw = dial({ endpoint: server.endpoint, spaceId })
  assert.ok(await isOpen(raw), 'not let in')
  return raw
}

/** What HTTP says to one more. */
async function turnedAway({ server, spaceId }: World): Promise<IncomingMessage> {
  const socket = new TestWebSocket(`${server.endpoint}/v1/socket?space=${spaceId}`, ['usn1'])
  socket.on('error', () => undefined)
  const [request, response] = (await once(socket, 'unexpected-response')) as [{ destroy(): void }, IncomingMessage]
  request.destroy()
  return response
}

/** Until a place is free; the server hears of an end a little later than who ended it. */
async function whenLetIn(t: TestContext, world: World): Promise<RawSocket> {
  while (!t.signal.aborted) {
    const raw = dial({ endpoint: world.server.endpoint, spaceId: world.spaceId })
    if (await isOpen(raw)) return raw
    await wait(50)
  }
  return assert.fail('no place is given back')
}

test('those who say nothing take up their own places, and not those of open sockets', async (t) => {
  const backend = await startSocketBackend(t)
  const limits = { openingsPerAddressMax: 3, perAddressMax: 5 }
  const { world } = await openSocketWorld(t, backend.origin, { limits })
  const quiet = [await silent(world), await silent(world)]
  for (let one = 0; one < 4; one++) opened(await openSocket(world))
  quiet.push(await silent(world))
  const { statusCode, headers } = await turnedAway(world)
  assert.deepEqual([statusCode, headers['retry-after']], [503, '10'])
  for (const { socket } of quiet) socket.terminate()
  await whenLetIn(t, world)
  opened(await openSocket(world))
  const full = await turnedAway(world)
  assert.deepEqual([full.statusCode, full.headers['retry-after']], [503, '60'])
  assert.equal(backend.sockets.length, 5)
})

test('who is judged when the last place is gone is refused under seal, and no backend hears of it', async (t) => {
  const backend = await startSocketBackend(t)
  const { world } = await openSocketWorld(t, backend.origin, { limits: { perAddressMax: 1 } })
  const late = await silent(world)
  opened(await openSocket(world))
  const sealed = world.client.seal({ target: 'h:GET /orders/live', key: await world.key() })
  late.socket.send(sealed.bytes)
  assert.equal(refused(await answerOf(late, sealed)), 'sealed 81211, 1008')
  assert.equal(backend.sockets.length, 1)
})
