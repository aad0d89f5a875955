import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { WebSocket, WebSocketServer } from 'ws'

/** Both ends of an open WebSocket; gone when the test is. */
export async function createSocketPair(
  t: TestContext,
): Promise<{ readonly client: WebSocket; readonly server: WebSocket }> {
  const listener = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(listener, 'listening')
  const client = new WebSocket(`ws://127.0.0.1:${(listener.address() as AddressInfo).port}`)
  const [[server]] = (await Promise.all([once(listener, 'connection'), once(client, 'open')])) as [[WebSocket], unknown]
  for (const socket of [client, server]) socket.on('error', () => undefined)
  t.after(() => {
    client.terminate()
    server.terminate()
    listener.close()
  })
  return { client, server }
}
