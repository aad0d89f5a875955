import type { Host, HostAnswer } from '../host.ts'
import { connectWeb } from './connect-web.ts'
import type { WebSocketClass } from './connect-web.ts'
import { createWebFiles } from './create-web-files.ts'
import type { WebFileParts } from './create-web-files.ts'
import { startTimer } from './start-timer.ts'

/** What browsers and Node have alike. */
export interface WebParts extends WebFileParts {
  readonly fetch: (url: string, init: object) => Promise<WebAnswer>
  readonly crypto: { getRandomValues(bytes: Uint8Array<ArrayBuffer>): unknown }
  readonly WebSocket: WebSocketClass
  /** Ends after so many ms. */
  readonly timeoutSignal: (ms: number) => object
}

interface WebAnswer {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  arrayBuffer(): Promise<ArrayBuffer>
}

/** As long as uni-app waits. */
const TIMEOUT_MS = 60_000

/** Requests by fetch, randomness by WebCrypto, files as blobs, and WebSockets. */
export function webParts(parts: WebParts): Pick<Host, 'request' | 'random' | 'startTimer' | 'files' | 'connect'> {
  const { fetch, crypto, WebSocket, timeoutSignal } = parts

  const ask = async (url: string, init: object, timeoutMs = TIMEOUT_MS): Promise<HostAnswer> => {
    // No cookies: who calls is what the call proves.
    const answer = await fetch(url, { ...init, credentials: 'omit', signal: timeoutSignal(timeoutMs) })
    return {
      status: answer.status,
      header: { 'x-request-id': answer.headers.get('x-request-id') ?? '' },
      body: new Uint8Array(await answer.arrayBuffer()),
    }
  }

  return {
    startTimer,
    files: createWebFiles(parts, ask),
    connect: connectWeb(WebSocket),
    request: ({ method = 'POST', url, header, body, timeoutMs }) =>
      ask(url, { method, headers: header, body }, timeoutMs),
    random: (length) => {
      const bytes = new Uint8Array(length)
      crypto.getRandomValues(bytes)
      return Promise.resolve(bytes)
    },
  }
}
