import { request } from 'undici'
import type { Dispatcher } from 'undici'
import { WxError } from '../wx-error.ts'
import type { Network } from './network.ts'

/** One HTTP exchange, redirects included. */
export interface ExchangeInput {
  readonly api: string
  readonly url: URL
  readonly method: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Buffer | undefined
  readonly followRedirects: boolean
  readonly signal: AbortSignal
  readonly onHeaders?: (statusCode: number, rawHeaders: readonly string[]) => void
  readonly onChunk?: (chunk: Buffer, received: number, expected: number) => void
}

/** What came back. */
export interface ExchangeResult {
  readonly statusCode: number
  /** Names and values by turns, as sent. */
  readonly rawHeaders: readonly string[]
  readonly body: Buffer
}

const REDIRECTS_MAX = 20

/** Sends a request and reads the whole answer. Throws errno 600008 beyond twenty redirects. */
export async function exchange(network: Network, input: ExchangeInput): Promise<ExchangeResult> {
  let next: Pick<ExchangeInput, 'url' | 'method' | 'body' | 'headers'> = input
  for (let hops = 0; hops <= REDIRECTS_MAX; hops += 1) {
    const { statusCode, rawHeaders, stream } = await send(network, next, input.signal)
    const target = input.followRedirects ? redirectTarget(statusCode, rawHeaders, next.url) : undefined
    if (target === undefined) {
      input.onHeaders?.(statusCode, rawHeaders)
      return { statusCode, rawHeaders, body: await readAll(stream, rawHeaders, input) }
    }
    await stream.dump()
    next = redirected(next, target, statusCode)
  }
  throw new WxError(input.api, 'exceed max redirect count', 600008)
}

type Sent = Pick<ExchangeInput, 'url' | 'method' | 'body' | 'headers'>

async function send(
  network: Network,
  { url, method, body, headers }: Sent,
  signal: AbortSignal,
): Promise<{ statusCode: number; rawHeaders: readonly string[]; stream: Dispatcher.ResponseData['body'] }> {
  const target = network.connectTo(url)
  const answer = await request(target, {
    method: method,
    headers: { ...headers, host: url.host },
    body: body ?? null,
    dispatcher: network.dispatcher,
    responseHeaders: 'raw',
    // The phone's own timeout decides.
    headersTimeout: 0,
    bodyTimeout: 0,
    signal,
  })
  return { statusCode: answer.statusCode, rawHeaders: answer.headers as unknown as string[], stream: answer.body }
}

async function readAll(
  stream: Dispatcher.ResponseData['body'],
  rawHeaders: readonly string[],
  input: ExchangeInput,
): Promise<Buffer> {
  const chunks: Buffer[] = []
  const expected = Number(headerOf(rawHeaders, 'content-length') ?? 0)
  let received = 0
  for await (const part of stream) {
    const chunk = Buffer.from(part as Uint8Array)
    chunks.push(chunk)
    received += chunk.length
    input.onChunk?.(chunk, received, expected)
  }
  return Buffer.concat(chunks)
}

function redirectTarget(statusCode: number, rawHeaders: readonly string[], from: URL): URL | undefined {
  if (![301, 302, 303, 307, 308].includes(statusCode)) return undefined
  const location = headerOf(rawHeaders, 'location')
  return location !== undefined && URL.canParse(location, from.href) ? new URL(location, from) : undefined
}

function redirected(sent: Sent, url: URL, statusCode: number): Sent {
  if (statusCode === 307 || statusCode === 308 || sent.method === 'GET' || sent.method === 'HEAD')
    return { ...sent, url }
  const { 'content-type': _, ...headers } = sent.headers
  return { url, method: 'GET', headers, body: undefined }
}

function headerOf(rawHeaders: readonly string[], name: string): string | undefined {
  for (let n = 0; n + 1 < rawHeaders.length; n += 2) if (rawHeaders[n]?.toLowerCase() === name) return rawHeaders[n + 1]
  return undefined
}
