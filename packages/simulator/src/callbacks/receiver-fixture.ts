import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request that the server of a test received. */
export interface Received {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}

/** What the server of a test answers: a text, or a status with headers. */
export type ReceiverAnswer =
  | string
  | {
      readonly status?: number
      readonly headers?: Readonly<Record<string, string | string[]>>
      readonly body?: string | Buffer
    }

/** A small HTTP server for tests: what an app's own backend would be. */
export interface Receiver {
  readonly url: string
  readonly received: Received[]
  close(): Promise<void>
}

/** Starts a server on a free loopback port that answers what `answer` says; undefined: nothing, for ever. */
export async function receiver(answer: (request: Received) => ReceiverAnswer | undefined): Promise<Receiver> {
  const received: Received[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      const seen = { method, url, headers, body: Buffer.concat(chunks) }
      received.push(seen)
      const said = answer(seen)
      if (said === undefined) return
      const { status = 200, headers: extra = {}, body = '' } = typeof said === 'string' ? { body: said } : said
      response.writeHead(status, extra).end(body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
