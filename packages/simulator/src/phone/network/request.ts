import { callWithoutPromise } from '../api-call.ts'
import type { Callbacks, Ok } from '../api-call.ts'
import { WxError } from '../wx-error.ts'
import { checkDomain } from './check-domain.ts'
import { createEvents } from './events.ts'
import { exchange } from './exchange.ts'
import { foldHeaders, requestHeaders } from './headers.ts'
import type { ResponseHeaders } from './headers.ts'
import { runTask } from './network.ts'
import type { Network } from './network.ts'
import { refererOf } from './referer.ts'
import { writeRequestData } from './request-data.ts'

/** What wx.request gives, for every HTTP status. */
export interface RequestResult extends Ok, ResponseHeaders {
  readonly data: unknown
  readonly statusCode: number
  readonly profile: Readonly<Record<string, number>>
  readonly exception: { readonly retryCount: number; readonly reasons: readonly unknown[] }
}

/** What wx.request takes. */
export interface RequestOptions extends Callbacks<RequestResult> {
  readonly url: string
  readonly data?: unknown
  readonly header?: Readonly<Record<string, unknown>>
  /** Milliseconds; 60000 when not told. */
  readonly timeout?: number
  readonly method?: string
  /** `json` (when not told) parses the body; what cannot be parsed stays text. */
  readonly dataType?: string
  readonly responseType?: 'text' | 'arraybuffer'
  readonly redirect?: 'follow' | 'manual'
  readonly enableChunked?: boolean
}

/** A header event: what has come of the response so far. */
export interface HeadersReceived extends ResponseHeaders {
  readonly statusCode: number
}

/** What wx.request returns; never a Promise. */
export interface RequestTask {
  abort(): void
  onHeadersReceived(listener: (event: HeadersReceived) => void): void
  offHeadersReceived(listener?: (event: HeadersReceived) => void): void
  onChunkReceived(listener: (event: { readonly data: ArrayBuffer }) => void): void
  offChunkReceived(listener?: (event: { readonly data: ArrayBuffer }) => void): void
}

const METHODS = ['OPTIONS', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'TRACE', 'CONNECT']

/** wx.request. */
export function wxRequest(network: Network, options: RequestOptions): RequestTask {
  const { place } = network
  const headersReceived = createEvents<HeadersReceived>()
  const chunkReceived = createEvents<{ readonly data: ArrayBuffer }>()
  const headerCase = place.platform.switches.get('responseHeaderCase', place.app())

  const task = runTask(network, { api: 'request', kind: 'request', timeoutMs: options.timeout }, async (signal) => {
    const method = methodOf(options)
    const url = checkDomain('request', options.url, {
      kind: 'request',
      domains: place.app().domains,
      skip: place.platform.switches.get('skipDomainCheck', place.app()),
    })
    const headers = requestHeaders(options.header ?? {}, refererOf(place), { 'content-type': 'application/json' })
    const written = writeRequestData({ url, method, headers, data: options.data })
    const answer = await exchange(network, {
      api: 'request',
      url: written.url,
      method,
      headers,
      body: written.body,
      followRedirects: options.redirect !== 'manual',
      signal,
      onHeaders: (statusCode, raw) => headersReceived.emit({ statusCode, ...foldHeaders(raw, headerCase) }),
      onChunk: (chunk) => {
        if (options.enableChunked === true) chunkReceived.emit({ data: Uint8Array.from(chunk).buffer })
      },
    })
    return {
      data: options.enableChunked === true ? '' : readData(answer.body, options),
      statusCode: answer.statusCode,
      ...foldHeaders(answer.rawHeaders, headerCase),
      profile: {},
      exception: { retryCount: 0, reasons: [] },
    }
  })
  callWithoutPromise('request', options, () => task.done)
  return {
    abort: () => task.abort(),
    onHeadersReceived: headersReceived.on,
    offHeadersReceived: headersReceived.off,
    onChunkReceived: chunkReceived.on,
    offChunkReceived: chunkReceived.off,
  }
}

function methodOf({ method = 'GET' }: RequestOptions): string {
  const upper = method.toUpperCase()
  if (METHODS.includes(upper)) return upper
  throw new WxError('request', `invalid request method ${upper}`, 600005)
}

function readData(body: Buffer, { responseType, dataType = 'json' }: RequestOptions): unknown {
  if (responseType === 'arraybuffer') return Uint8Array.from(body).buffer
  const text = body.toString('utf8')
  if (dataType !== 'json') return text
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}
