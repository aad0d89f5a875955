import type { Server } from 'node:http'

/** Longer than any buffered request may take; who has not sent his by then has gone to sleep. */
const CLOSE_WITHIN_MS = 35_000
const LOOK_EVERY_MS = 50

/**
 * Ends the connections of a server that stops: those that fall idle one by one, all that are left when the time is up.
 * A connection whose answer was under way when the server stopped listening would else stay open, with nothing to come.
 */
export async function endConnections(
  server: Server,
  sleep: (ms: number, signal: AbortSignal) => Promise<void>,
  closed: AbortSignal,
): Promise<void> {
  for (let waited = 0; waited < CLOSE_WITHIN_MS; waited += LOOK_EVERY_MS) {
    server.closeIdleConnections()
    await sleep(LOOK_EVERY_MS, closed).catch(() => undefined)
    if (closed.aborted) return
  }
  server.closeAllConnections()
}
