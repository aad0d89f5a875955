import type { Readable } from 'node:stream'

/** What a route answers; the door turns it into bytes. */
export interface Answer {
  /** 101: the connection was taken over, and there is nothing to send. */
  readonly status: number
  /** The body's text or bytes, bytes in several parts, or a stream of them; undefined: no body. */
  readonly body?: string | Uint8Array | readonly Uint8Array[] | Readable | undefined
  /** JSON in UTF-8 when left out. */
  readonly contentType?: string
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
}

/** 200 with a value as JSON. */
export function json(value: unknown): Answer {
  return { status: 200, body: JSON.stringify(value) }
}

/** 204. */
export const nothing: Answer = { status: 204 }
