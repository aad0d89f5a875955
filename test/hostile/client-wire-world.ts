import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { startClientServer } from '@drawbridge/server/testing'
import type { ClientServerOptions } from '@drawbridge/server/testing'

type Space = ClientServerOptions['spaces'][number]
/** A body of the wire, right or wrong. */
export type Body = Readonly<Record<string, unknown>>

export const AUTHORIZE = 'serverless.auth.user.anonymousAuthorize'
export const INVOKE = 'serverless.function.runtime.invoke'
export const SECRET = 'hostile-secret'

/** Counts how often the function ran; an object, so that methods can be tried. */
const OBJECT = `let runs = 0
module.exports = {
  async run() { return ++runs },
  async count() { return runs },
  async who() { return this.getClientInfo() },
  async _hidden() { return 'hidden' },
}`

/** As the client signs, by the words of its documentation and not by our code. */
export function sign(body: Body, secret = SECRET): string {
  const text = Object.keys(body)
    .filter((key) => Boolean(body[key]))
    .sort()
    .map((key) => `${key}=${String(body[key])}`)
    .join('&')
  return createHmac('md5', secret).update(text).digest('hex')
}

/** An answer, read and found to be an object with the request id in body and headers. */
export interface Reply {
  readonly status: number
  readonly code: string | undefined
  readonly data: unknown
  readonly requestId: string | null
  readonly text: string
}

/** A server with two spaces and one object, `counter`, to which anything can be sent. */
export async function openClientWire(t: TestContext, change: Partial<ClientServerOptions> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-hostile-'))
  mkdirSync(join(folder, 'counter'), { recursive: true })
  writeFileSync(join(folder, 'counter/index.obj.js'), OBJECT)
  const space: Space = {
    spaceId: 'one',
    clientSecret: SECRET,
    origins: ['https://shop.example.com'],
    provider: 'aliyun',
    functionsFolder: folder,
    workers: { max: 1, memoryMb: 256, timeoutSeconds: 30, queueMax: 100 },
    environment: {},
  }
  let passedMs = 0
  const now = (): number => Date.now() + passedMs
  const two = { ...space, spaceId: 'two', clientSecret: 'other-secret' }
  const server = await startClientServer({ spaces: [space, two], now, ...change })
  t.after(async () => {
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const post = async (
    body: string | Uint8Array,
    headers: Readonly<Record<string, string>> = {},
    method = 'POST',
  ): Promise<Reply> => {
    const response = await fetch(`${server.endpoint}/client`, { method, body, headers })
    const text = await response.text()
    const json = JSON.parse(text) as {
      readonly success?: boolean
      readonly data?: unknown
      readonly error?: { readonly code?: string }
      readonly header?: Readonly<Record<string, string>>
    }
    // Whatever is asked, the answer is an object, and its request id stands in body and headers.
    assert.equal(typeof json, 'object')
    assert.equal(json.success, json.error === undefined)
    assert.equal(json.header?.['x-serverless-request-id'], response.headers.get('request-id') ?? undefined)
    return {
      status: response.status,
      code: json.error?.code,
      data: json.data,
      requestId: response.headers.get('request-id'),
      text,
    }
  }
  const send = (body: Body, headers: Readonly<Record<string, string>> = {}) =>
    post(JSON.stringify(body), { 'x-serverless-sign': sign(body), ...headers })
  const bare = (more: Body = {}): Body => ({
    method: INVOKE,
    params: objectCall('run'),
    spaceId: 'one',
    timestamp: now(),
    ...more,
  })
  const authorize = async (spaceId = 'one', secret = SECRET): Promise<string> => {
    const body = { method: AUTHORIZE, params: '{}', spaceId, timestamp: now() }
    const { data } = await post(JSON.stringify(body), { 'x-serverless-sign': sign(body, secret) })
    return (data as { accessToken: string }).accessToken
  }
  const runs = async (): Promise<unknown> =>
    (await send(bare({ params: objectCall('count'), token: await authorize() }))).data
  return { server, now, post, send, bare, authorize, runs, advance: (ms: number) => (passedMs += ms) }
}

/** `params` of a call of the object. */
export function objectCall(method: unknown, params: unknown = []): string {
  return JSON.stringify({ functionTarget: 'counter', functionArgs: { method, params } })
}
