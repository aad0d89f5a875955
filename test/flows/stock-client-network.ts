import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'

/** One request and its answer, as they went over the wire. */
export interface StockExchange {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  /** The body as sent; the method of the wire is its `method`. */
  readonly body: string
  /** Undefined: there was no answer. */
  readonly status?: number
  readonly reply?: string
}

interface RequestOptions {
  readonly url: string
  readonly method?: string
  readonly data?: unknown
  readonly header?: Readonly<Record<string, string>>
  readonly timeout?: number
  success?(value: object): void
  fail?(error: object): void
  complete?(value: object): void
}

interface UploadOptions extends RequestOptions {
  readonly filePath: string
  readonly name: string
  readonly formData?: Readonly<Record<string, string>>
}

/** `uni.request` and `uni.uploadFile` over the real network. */
export interface StockNetwork {
  readonly exchanges: readonly StockExchange[]
  /** The methods of the wire that were called, in order. */
  methods(): readonly string[]
  request(options: RequestOptions): { abort(): void }
  uploadFile(options: UploadOptions): { abort(): void; onProgressUpdate(): void }
}

const TIMEOUT_MS = 60_000

/** @param origin a page's origin: the same rules as a browser's hold then, preflight included. */
export function createStockNetwork({
  origin,
  reach = (url) => url,
}: {
  readonly origin?: string
  readonly reach?: (url: string) => string
}): StockNetwork {
  const exchanges: StockExchange[] = []

  const send = async (
    url: string,
    init: Omit<RequestInit, 'headers'> & { readonly headers: Record<string, string> },
  ) => {
    if (origin === undefined) return fetch(url, init)
    await askLeave(url, origin, Object.keys(init.headers))
    const response = await fetch(url, { ...init, headers: { ...init.headers, origin } })
    if (!isReadable(response, origin)) throw new Error('the page may not read the answer')
    return response
  }

  const exchange = (options: RequestOptions, write: () => Promise<{ body: string; init: RequestInit }>) => {
    const { url, method = 'GET', header = {}, timeout = TIMEOUT_MS } = options
    const stop = new AbortController()
    const timer = setTimeout(() => {
      stop.abort(new Error('timeout'))
    }, timeout)
    const run = async (): Promise<object> => {
      const { body, init } = await write()
      const entry = { url, method, headers: header, body }
      try {
        const response = await send(reach(url), { ...init, method, headers: { ...header }, signal: stop.signal })
        const reply = await response.text()
        exchanges.push({ ...entry, status: response.status, reply })
        const visible = [...response.headers].filter(([name]) => isVisible(name, response, origin))
        return {
          statusCode: response.status,
          data: parsed(reply),
          header: Object.fromEntries(visible),
          errMsg: 'request:ok',
        }
      } catch (error) {
        exchanges.push(entry)
        throw error
      }
    }
    run()
      .finally(() => {
        clearTimeout(timer)
      })
      .then(
        (value) => {
          options.success?.(value)
          options.complete?.(value)
        },
        () => {
          const error = { errMsg: stop.signal.aborted ? 'request:fail timeout' : 'request:fail' }
          options.fail?.(error)
          options.complete?.(error)
        },
      )
    return {
      abort: () => {
        stop.abort()
      },
    }
  }

  return {
    exchanges,
    methods: () =>
      exchanges.map(
        ({ body }) =>
          String((parsed(body) as { method?: unknown } | undefined)?.method)
            .split('.')
            .at(-1) ?? '',
      ),
    request: (options) =>
      exchange(options, () => {
        const body = typeof options.data === 'string' ? options.data : JSON.stringify(options.data ?? {})
        return Promise.resolve({ body, init: options.method === 'GET' ? {} : { body } })
      }),
    uploadFile: (options) => ({
      ...exchange({ ...options, method: 'POST' }, async () => {
        const form = new FormData()
        for (const [name, value] of Object.entries(options.formData ?? {})) form.append(name, value)
        form.append(options.name, new Blob([await readFile(options.filePath)]), basename(options.filePath))
        return { body: '', init: { body: form } }
      }),
      onProgressUpdate: () => undefined,
    }),
  }
}

/** A browser's preflight. Every call of the client needs one, for its headers are not the simple ones. */
async function askLeave(url: string, origin: string, names: readonly string[]): Promise<void> {
  const asked = names.map((name) => name.toLowerCase())
  const leave = await fetch(url, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': asked.sort().join(','),
    },
  })
  await leave.body?.cancel()
  const listed = (name: string): readonly string[] =>
    (leave.headers.get(name) ?? '').split(',').map((word) => word.trim().toLowerCase())
  const allowed = listed('access-control-allow-headers')
  const isAllowed =
    leave.ok &&
    isReadable(leave, origin) &&
    listed('access-control-allow-methods').includes('post') &&
    asked.every((name) => allowed.includes(name))
  if (!isAllowed) throw new Error('the preflight was refused')
}

function isReadable({ headers }: Response, origin: string): boolean {
  const allowed = headers.get('access-control-allow-origin')
  return allowed === '*' || allowed === origin
}

function isVisible(name: string, { headers }: Response, origin: string | undefined): boolean {
  if (origin === undefined || name === 'content-type') return true
  return (headers.get('access-control-expose-headers') ?? '').split(/, */).includes(name)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
