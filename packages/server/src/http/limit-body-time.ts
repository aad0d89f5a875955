import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'

/** A body that is read whole has to be there within this time, ms. */
const BODY_WITHIN_MS = 30_000
const LOOK_EVERY_MS = 1000

/**
 * Cuts off who sends a body byte by byte. Routes that read a stream keep their own time; a request without a body costs
 * nothing here, and one with a body no timer of its own.
 * @param tick a stopwatch in ms
 * @param onLate answers and ends the connection
 */
export function limitBodyTime(
  server: FastifyInstance,
  {
    tick,
    sleep,
    onLate,
  }: {
    readonly tick: () => number
    readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
    readonly onLate: (request: IncomingMessage) => void
  },
): void {
  /** Requests whose body is on its way, and since when. */
  const arriving = new Map<IncomingMessage, number>()
  const closed = new AbortController()
  let isLooking = false

  server.addHook('preParsing', (request, _reply, payload, done) => {
    const { raw, routeOptions } = request
    const { headers } = raw
    const hasBody = headers['transfer-encoding'] !== undefined || headers['content-length'] !== undefined
    if (hasBody && !('takesStream' in routeOptions.config)) {
      arriving.set(raw, tick())
      if (!isLooking) void look()
    }
    done(null, payload)
  })
  server.addHook('preValidation', (request, _reply, done) => {
    arriving.delete(request.raw)
    done()
  })
  server.addHook('onClose', (_server, done) => {
    closed.abort()
    done()
  })

  async function look(): Promise<void> {
    isLooking = true
    while (arriving.size > 0 && !closed.signal.aborted) {
      await sleep(LOOK_EVERY_MS, closed.signal).catch(() => undefined)
      for (const [request, since] of arriving) {
        const isOver = request.complete || request.destroyed
        if (!isOver && tick() - since < BODY_WITHIN_MS) continue
        arriving.delete(request)
        if (!isOver) onLate(request)
      }
    }
    isLooking = false
  }
}
