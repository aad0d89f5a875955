/** How an answer leaves on the wire when it does not leave as an ordinary HTTP response. */
export type WireFault = 'reset-before-headers' | 'reset-after-headers' | 'tls-alert'

/** What the platform answers: a body that is still data, so that an injected failure can change it. */
export interface Reply {
  readonly status: number
  readonly contentType: string
  /** An object leaves as JSON, text and bytes as they are. */
  readonly body: Readonly<Record<string, unknown>> | string | Buffer
  readonly headers: Readonly<Record<string, string>>
  /** Milliseconds of the simulator's clock before anything is sent. */
  readonly waitMs?: number
  readonly wire?: WireFault
}

/** The errcode in a reply's body, if its body is data and carries one. */
export function errcodeOf(reply: Reply): number | undefined {
  if (typeof reply.body === 'string' || Buffer.isBuffer(reply.body)) return undefined
  const { errcode } = reply.body
  return typeof errcode === 'number' ? errcode : undefined
}

/** The bytes of a reply's body. */
export function bodyBytes({ body }: Reply): Buffer {
  if (Buffer.isBuffer(body)) return body
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body), 'utf8')
}
