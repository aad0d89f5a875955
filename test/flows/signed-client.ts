import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'

/** What an app has to know of a space. */
export interface SpaceOfClient {
  readonly provider: string
  readonly endpoint: string
  readonly spaceId: string
  readonly clientSecret: string
}

/** The reply's envelope. */
export interface ClientReply {
  readonly success?: boolean
  readonly data?: unknown
  readonly error?: { readonly code: string; readonly message: string }
  readonly header?: Readonly<Record<string, string>>
}

/** A client of a space that signs by hand, as the stock one does: token first, then calls. */
export interface SignedClient {
  /** The function's result. */
  call(name: string, data?: object): Promise<unknown>
  /** A cloud object's method. */
  method(object: string, method: string, ...params: readonly unknown[]): Promise<unknown>
  /** The whole reply, good or bad. */
  reply(name: string, data?: object): Promise<ClientReply>
  /** Sent along from now on. */
  uniIdToken: string | undefined
}

/** @param clientInfo what the app says of itself. `now`: the clock of the app's phone, ms. */
export function createSignedClient(
  space: SpaceOfClient,
  clientInfo: object,
  now: () => number = Date.now,
): SignedClient {
  let accessToken: Promise<string> | undefined

  async function send(method: string, params: object, token?: string): Promise<ClientReply> {
    const { spaceId, clientSecret, endpoint } = space
    const body = { method, params: JSON.stringify(params), spaceId, timestamp: now(), ...(token && { token }) }
    const text = Object.entries(body)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, value]) => `${name}=${value}`)
      .join('&')
    const response = await fetch(`${endpoint}/client`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-serverless-sign': createHmac('md5', clientSecret).update(text).digest('hex'),
        ...(token && { 'x-basement-token': token }),
      },
      body: JSON.stringify(body),
    })
    return (await response.json()) as ClientReply
  }

  async function authorize(): Promise<string> {
    const { data } = await send('serverless.auth.user.anonymousAuthorize', {})
    return (data as { readonly accessToken: string }).accessToken
  }

  const client: SignedClient = {
    uniIdToken: undefined,
    async reply(name, data = {}) {
      accessToken ??= authorize()
      const { uniIdToken } = client
      const functionArgs = { ...data, clientInfo, ...(uniIdToken !== undefined && { uniIdToken }) }
      return send('serverless.function.runtime.invoke', { functionTarget: name, functionArgs }, await accessToken)
    },
    async call(name, data) {
      const reply = await client.reply(name, data)
      assert.equal(reply.success, true, JSON.stringify(reply))
      return reply.data
    },
    method: (object, method, ...params) => client.call(object, { method, params }),
  }
  return client
}
