import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { TestContext } from 'node:test'

/** Somebody between a client and a server who reads and changes what he likes. */
export interface Meddler {
  readonly url: string
  /** The address that he says the request is from. */
  pose(address: string): void
  /** Leads a client to him instead. */
  reach(url: string): string
  /** Changes the replies from now on; `sent`: the request's body. */
  meddle(change: (reply: string, sent: string) => string): void
}

/** He stands in front of `endpoint`; he is gone when the test is. */
export async function openMeddler(t: TestContext, endpoint: string): Promise<Meddler> {
  let change = (reply: string, _sent: string): string => reply
  let posed: string | undefined
  const server = createServer((request, response) => {
    const pass = async (): Promise<void> => {
      const sent = (await buffer(request)).toString()
      const headers = Object.fromEntries(
        Object.entries(request.headersDistinct).map(([name, values = []]) => [name, values.join(', ')]),
      )
      for (const name of ['host', 'connection', 'content-length', 'transfer-encoding'])
        Reflect.deleteProperty(headers, name)
      if (posed !== undefined) headers['x-forwarded-for'] = posed
      const answer = await fetch(endpoint + (request.url ?? ''), { method: 'POST', headers, body: sent })
      response.writeHead(answer.status, { 'content-type': 'application/json' })
      response.end(change(await answer.text(), sent))
    }
    pass().catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const own = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url: own,
    pose(address) {
      posed = address
    },
    reach: (url) => url.replace(endpoint, own),
    meddle(next) {
      change = next
    },
  }
}
