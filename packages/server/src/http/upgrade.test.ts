import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import Fastify from 'fastify'
import { createUpgradeTaker, upgradeOf } from './upgrade.ts'

/** As before Node 24.9, which hands over every request for another protocol. */
async function openServer(t: TestContext) {
  const server = Fastify()
  server.get('/socket', (incoming, reply) => {
    const upgrade = upgradeOf(incoming.raw)
    if (upgrade && incoming.raw.url?.endsWith('taken')) {
      reply.hijack()
      upgrade.release()
      upgrade.socket.end('HTTP/1.1 101 Yes\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\nhello')
    } else void reply.code(403).send('not you')
  })
  createUpgradeTaker(['/socket']).attach(server, (socket: Socket) => {
    socket.end('HTTP/1.1 400 No\r\nconnection: close\r\n\r\n')
  })
  await server.listen({ host: '127.0.0.1', port: 0 })
  t.after(() => server.close())
  return (server.server.address() as AddressInfo).port
}

function ask(port: number, path: string, protocol: string) {
  const sent = request({ host: '127.0.0.1', port, path, headers: { connection: 'upgrade', upgrade: protocol } })
  sent.end()
  return sent
}

for (const [what, path, protocol, status] of [
  ['that its route refuses', '/socket', 'websocket', 403],
  ['to another protocol', '/socket', 'h2c', 400],
  ['of another path', '/else', 'websocket', 400],
] as const)
  test(`an upgrade ${what} is answered, and its connection ends`, async (t) => {
    const port = await openServer(t)
    const sent = ask(port, path, protocol)
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    assert.equal(response.statusCode, status)
    assert.equal(response.headers.connection, 'close')
    const { socket } = response
    response.resume()
    if (!socket.closed) await once(socket, 'close')
  })

test('a connection that its route takes is the route’s alone', async (t) => {
  const port = await openServer(t)
  const [, socket, head] = (await once(ask(port, '/socket?taken', 'WebSocket'), 'upgrade')) as [unknown, Socket, Buffer]
  const pieces = [head]
  for await (const piece of socket) pieces.push(piece as Buffer)
  assert.equal(Buffer.concat(pieces).toString(), 'hello')
})
