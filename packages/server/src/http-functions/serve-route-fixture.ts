import assert from 'node:assert/strict'
import { request } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'
import Fastify from 'fastify'
import { errorAnswer } from '../http/error-answer.ts'
import { frameworkArrival } from '../http/framework-arrival.ts'
import type { ClientRoute } from '../http/route.ts'
import { sendAnswer } from '../http/send-answer.ts'
import { createLog } from '../log/create-log.ts'

/** What came back. */
export interface Got {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly bytes: Buffer
}

/** A request; GET when nothing is said. */
export interface Asked {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

/** One route, on a port of its own; every visit is `the-request` from 203.0.113.7. */
export interface ServedRoute {
  /** The path goes out as it stands, with nothing normalised on the way. */
  ask(path: string, asked?: Asked): Promise<Got>
  close(): Promise<void>
}

/** Serves a client's route as the server does, less everything else of it. */
export async function serveRoute(route: ClientRoute | undefined): Promise<ServedRoute> {
  assert.ok(route)
  const server = Fastify({ bodyLimit: route.bodyMaxBytes })
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  const log = createLog({ level: 'error', destination: { write: () => undefined } })
  server.route({
    method: [...route.methods],
    url: route.path,
    handler: async (asked, reply) => {
      const arrival = frameworkArrival(asked, reply)
      const visit = { requestId: 'the-request', outsideRequestId: undefined, at: 1, address: '203.0.113.7' }
      const answer = await Promise.resolve(route.serve(arrival, visit, asked.params as Record<string, string>)).catch(
        (error: unknown) => errorAnswer(error, { face: route.face, visit, log }),
      )
      try {
        sendAnswer(arrival.response, answer, 'the-request')
      } catch {
        arrival.response.destroy()
      }
    },
  })
  await server.listen({ port: 0, host: '127.0.0.1' })
  const address = server.server.address()
  assert.ok(typeof address === 'object' && address)
  const { port } = address
  return {
    async ask(path, { method = 'GET', headers = {}, body } = {}) {
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        const sent = request({ port, host: '127.0.0.1', path, method, headers, agent: false }, resolve)
        sent.on('error', reject)
        sent.end(body)
      })
      const bytes = await buffer(response)
      return { status: response.statusCode ?? 0, headers: response.headers, body: bytes.toString(), bytes }
    },
    close: () => server.close(),
  }
}
