import type { TestContext } from 'node:test'
import { sessionSignature } from './crypto/session-signature.ts'
import { createSimulator } from './simulator.ts'
import type { Simulator, SimulatorOptions } from './simulator.ts'

/** An answer of the simulated platform, read. */
export interface Answered {
  readonly status: number
  readonly contentType: string
  readonly text: string
  readonly headers: Headers
  /** The parsed body; an empty object when it is no JSON. */
  readonly body: Readonly<Record<string, unknown>>
}

/** How a test calls the simulated platform. */
export interface Caller {
  readonly simulator: Simulator
  readonly url: string
  get(path: string, query?: Readonly<Record<string, string>>): Promise<Answered>
  post(path: string, query: Readonly<Record<string, string>>, body?: unknown): Promise<Answered>
  /** A normal stable token of the app. */
  token(appid?: string): Promise<string>
  /** Logs a user in and exchanges the code. */
  login(appid?: string, user?: string): Promise<{ readonly openid: string; readonly session_key: string }>
  /** The query of a session-signed call. */
  signed(
    token: string,
    session: { readonly openid: string; readonly session_key: string },
    body?: string,
  ): Record<string, string>
}

/** The default apps, by type. */
export const APPIDS = {
  mp: 'wx1111111111111111',
  oa: 'wx2222222222222222',
  web: 'wx3333333333333333',
  mobile: 'wx4444444444444444',
  qqMp: '1111111111',
  qqApp: '100000001',
} as const

/** The moment at which tests begin: 2026-01-01 00:00 UTC, eight in the morning in China. */
export const START = Date.UTC(2026, 0, 1)

/** A simulator with a stopped clock, listening; closed when the test ends. */
export async function simulatorUnderTest(test: TestContext, options: SimulatorOptions = {}): Promise<Caller> {
  const simulator = createSimulator({ seed: 'test', clock: { at: START, running: false }, ...options })
  const { url } = await simulator.listen()
  test.after(() => simulator.close())

  const call = async (path: string, query: Readonly<Record<string, string>>, init: RequestInit): Promise<Answered> => {
    const search = new URLSearchParams(query).toString()
    const answer = await fetch(`${url}${path}${search === '' ? '' : `?${search}`}`, init)
    const text = await answer.text()
    const contentType = answer.headers.get('content-type') ?? ''
    return { status: answer.status, contentType, text, headers: answer.headers, body: parsed(text) }
  }
  const get: Caller['get'] = (path, query = {}) => call(path, query, {})
  const post: Caller['post'] = (path, query, body) =>
    call(path, query, {
      method: 'POST',
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
  const secretOf = (appid: string): string => simulator.control.apps.get(appid).secret

  return {
    simulator,
    url,
    get,
    post,
    async token(appid = APPIDS.mp) {
      const secret = secretOf(appid)
      const { body } = await post('/cgi-bin/stable_token', {}, { grant_type: 'client_credential', appid, secret })
      return String(body['access_token'])
    },
    async login(appid = APPIDS.mp, user = 'alice') {
      const js_code = simulator.control.codes.login({ appid, user })
      const query = { appid, secret: secretOf(appid), js_code, grant_type: 'authorization_code' }
      const { body } = await get('/sns/jscode2session', query)
      return { openid: String(body['openid']), session_key: String(body['session_key']) }
    },
    signed: (access_token, { openid, session_key }, body = '') => ({
      access_token,
      openid,
      signature: sessionSignature(session_key, body),
      sig_method: 'hmac_sha256',
    }),
  }
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>
  } catch {
    return {}
  }
}
