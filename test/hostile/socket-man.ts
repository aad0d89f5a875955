import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { createServer as createTcpServer } from 'node:net'
import type { TestContext } from 'node:test'
import { TestWebSocket, TestWebSocketServer } from '@drawbridge/server/testing'

/** Which way a message goes. */
export type Way = 'up' | 'down'

/** Somebody between a client and a server who does with their messages what he likes. */
export interface SocketMan {
  readonly endpoint: string
  /** What he lets go on in place of a message; `index` counts the messages of that way, the opening and its answer included. */
  meddle(change: (way: Way, index: number, message: Buffer) => readonly Buffer[]): void
  /** Says something of his own, to the server (`up`) or to the client. */
  say(way: Way, message: Buffer): void
  /** Every message that passed him, as it came. */
  readonly heard: Readonly<Record<Way, Buffer[]>>
}

/** He stands in front of `endpoint`; he is gone when the test is. */
export async function openSocketMan(t: TestContext, endpoint: string): Promise<SocketMan> {
  let change = (_way: Way, _index: number, message: Buffer): readonly Buffer[] => [message]
  const heard: Record<Way, Buffer[]> = { up: [], down: [] }
  const ends: Partial<Record<Way, TestWebSocket>> = {}
  const http = createServer()
  const server = new TestWebSocketServer({ noServer: true, handleProtocols: () => 'usn1' })
  const lead = (way: Way, from: TestWebSocket, to: TestWebSocket): void => {
    ends[way] = to
    from.on('error', () => undefined)
    from.on('message', (data) => {
      if (!(data instanceof Buffer)) return
      heard[way].push(data)
      for (const message of change(way, heard[way].length - 1, data)) to.send(message)
    })
    from.on('close', (code) => {
      if (code === 1006) to.terminate()
      else to.close(code === 1005 ? undefined : code)
    })
  }
  http.on('upgrade', (request, connection, head) => {
    const onward = new TestWebSocket(`${endpoint}${request.url ?? ''}`, ['usn1'])
    onward.once('open', () => {
      server.handleUpgrade(request, connection, head, (client) => {
        lead('up', client, onward)
        lead('down', onward, client)
      })
    })
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  t.after(() => {
    for (const end of Object.values(ends)) end.terminate()
    http.closeAllConnections()
    http.close()
  })
  return {
    endpoint: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    meddle(next) {
      change = next
    },
    say(way, message) {
      ends[way]?.send(message)
    },
    heard,
  }
}

/** Somebody who only listens: every byte of every connection. */
export async function openListener(
  t: TestContext,
  endpoint: string,
): Promise<{ readonly endpoint: string; readonly bytes: Readonly<Record<Way, Buffer[]>> }> {
  const bytes: Record<Way, Buffer[]> = { up: [], down: [] }
  const open = new Set<Socket>()
  const server = createTcpServer((client) => {
    const onward = connect(Number(new URL(endpoint).port), '127.0.0.1')
    for (const [way, from, to] of [
      ['up', client, onward],
      ['down', onward, client],
    ] as const) {
      open.add(from)
      from.on('error', () => undefined)
      from.on('data', (piece: Buffer) => bytes[way].push(piece))
      from.pipe(to)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    for (const socket of open) socket.destroy()
    server.close()
  })
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bytes }
}
