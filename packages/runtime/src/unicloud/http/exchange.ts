import { Buffer } from 'node:buffer'

/** A request, ready to be sent. */
export interface HttpRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  readonly timeoutMs: number
  readonly followRedirect: boolean
}

/** What came back. */
export interface HttpReply {
  readonly status: number
  /** Names in lower case; `set-cookie` is a list. */
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly body: Buffer
  readonly url: string
}

/** Why a request failed: `code` as Node has it (ECONNREFUSED), or the name. */
export class HttpFailure extends Error {
  override readonly name: string
  readonly code: string
  constructor(name: string, message: string, code = name, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.name = name
    this.code = code
  }
}

/** Taken before any of a project's code runs, which may put another in its place. */
const { fetch } = globalThis

/** Sends a request and reads the whole reply. Rejects with {@link HttpFailure}. */
export async function exchange(request: HttpRequest): Promise<HttpReply> {
  const { method, url, headers, body, timeoutMs, followRedirect } = request
  const signal = AbortSignal.timeout(timeoutMs)
  try {
    const response = await fetch(url, {
      method,
      headers,
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
      redirect: followRedirect ? 'follow' : 'manual',
      signal,
    })
    const cookies = response.headers.getSetCookie()
    return {
      status: response.status,
      headers: { ...Object.fromEntries(response.headers), ...(cookies.length > 0 ? { 'set-cookie': cookies } : {}) },
      body: Buffer.from(await response.arrayBuffer()),
      url: response.url || url,
    }
  } catch (cause) {
    if (signal.aborted)
      throw failure('ResponseTimeoutError', `Response timeout for ${timeoutMs}ms, ${method} ${withoutQuery(url)}`, {
        cause,
      })
    const reason = (cause as { readonly cause?: { readonly code?: unknown; readonly message?: string } }).cause
    const code = typeof reason?.code === 'string' ? reason.code : undefined
    const why = reason?.message ?? (cause instanceof Error ? cause.message : String(cause))
    throw failure('RequestError', `${why}, ${method} ${withoutQuery(url)}`, { cause, code })
  }
}

/** The error of a request that failed. */
export function failure(
  name: string,
  message: string,
  { cause, code }: { readonly cause?: unknown; readonly code?: string | undefined } = {},
): HttpFailure {
  return new HttpFailure(name, message, code, { cause })
}

/** Queries hold tokens, and messages go into logs. */
function withoutQuery(url: string): string {
  return url.split('?', 1)[0] ?? ''
}
