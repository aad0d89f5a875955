import type { Host, HostAnswer, HostRequest } from '../host.ts'

/** What browsers and Node have alike. */
export interface WebParts {
  readonly fetch: (url: string, init: object) => Promise<WebAnswer>
  readonly crypto: { getRandomValues(bytes: Uint8Array<ArrayBuffer>): unknown }
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

/** Requests by fetch and randomness by WebCrypto. */
export function webParts({ fetch, crypto, timeoutSignal }: WebParts): Pick<Host, 'request' | 'random'> {
  return {
    async request({ url, header, body, timeoutMs = TIMEOUT_MS }: HostRequest): Promise<HostAnswer> {
      // No cookies: who calls is what the call proves.
      const init = { method: 'POST', headers: header, body, credentials: 'omit', signal: timeoutSignal(timeoutMs) }
      const answer = await fetch(url, init)
      return {
        status: answer.status,
        header: { 'x-request-id': answer.headers.get('x-request-id') ?? '' },
        body: new Uint8Array(await answer.arrayBuffer()),
      }
    },
    random: (length) => {
      const bytes = new Uint8Array(length)
      crypto.getRandomValues(bytes)
      return Promise.resolve(bytes)
    },
  }
}
