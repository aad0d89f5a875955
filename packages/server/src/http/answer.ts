/** What a route answers; the door turns it into bytes. */
export interface Answer {
  readonly status: number
  /** The body's text; undefined: no body. */
  readonly body?: string | undefined
  /** JSON in UTF-8 when left out. */
  readonly contentType?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** 200 with a value as JSON. */
export function json(value: unknown): Answer {
  return { status: 200, body: JSON.stringify(value) }
}

/** 204. */
export const nothing: Answer = { status: 204 }
