import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { App } from '@drawbridge/bridge'
import { startServer } from '@drawbridge/server'
import type { RunningServer, Scope, ServerConfig } from '@drawbridge/server'
import { createSimulator } from '@drawbridge/simulator'
import type { Simulator } from '@drawbridge/simulator'

/** A mini program of the simulator, and a second one beside it. */
export const miniProgram: App = {
  platform: 'weixin-mp',
  appid: 'wx1111111111111111',
  secret: '1'.repeat(32),
  dcloudAppid: '__UNI__HTTP001',
  tokenEndpoint: 'stable',
}
export const otherProgram: App = {
  ...miniProgram,
  appid: 'wx3333333333333333',
  secret: '3'.repeat(32),
  dcloudAppid: '__UNI__HTTP002',
}

/** An answer, read. */
export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body as JSON; undefined when it is none. */
  readonly json: unknown
}

/** The real server on a free port, on real stores, with the simulated platform behind it. */
export interface HttpWorld {
  readonly server: RunningServer
  readonly simulator: Simulator
  readonly endpoint: string
  /** Where the stores' files are. */
  readonly folder: string
  now(): number
  advance(ms: number): void
  /** A bearer token with these scopes; `*:*:*` when none are given. */
  token(...scopes: readonly Scope[]): Promise<string>
  /** One request; a body that is no string is sent as JSON. */
  call(method: string, path: string, options?: CallOptions): Promise<Reply>
}

/** What a call carries. */
export interface CallOptions {
  readonly token?: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** Opens the world; it is gone when the test is. */
export async function openHttpWorld(t: TestContext, change: Partial<ServerConfig> = {}): Promise<HttpWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-http-'))
  const at = Date.now()
  let passedMs = 0
  const now = (): number => at + passedMs
  const simulator = createSimulator({
    seed: 'http',
    clock: { at, running: false },
    apps: [miniProgram, otherProgram].map(({ appid, secret }) => ({ appid, secret, type: 'mp' })),
    users: [{ id: 'alice' }],
  })
  const { url } = await simulator.listen()
  const server = await startServer(
    {
      production: false,
      host: '127.0.0.1',
      port: 0,
      tlsProxy: false,
      trustedProxies: [],
      apps: [miniProgram, otherProgram],
      schedule: [],
      spaces: [],
      store: { sqlitePath: join(folder, 'drawbridge.db') },
      masterKey: randomBytes(32),
      callers: { allowList: [], signing: [] },
      rateLimitPerMinute: 0,
      bodyMaxBytes: 1_000_000,
      audit: { keepDays: 30, maxRows: 10_000 },
      upstream: { weixin: url, qq: url, graphQq: url, timeoutMs: 2_000 },
      logLevel: 'error',
      ...change,
    },
    { log: 'none' },
    { now, sleep: (ms, signal) => wait(ms, undefined, { ref: false, ...(signal && { signal }) }) },
  )
  t.after(async () => {
    await server.close()
    await simulator.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const { endpoint } = server

  return {
    server,
    simulator,
    endpoint,
    folder,
    now,
    advance(ms) {
      passedMs += ms
      simulator.control.clock.advance(ms)
    },
    async token(...scopes) {
      const all = [{ app: '*', kind: '*', verb: '*' }] as const
      const made = await server.replica.tokens.create({
        name: 'test',
        scopes: scopes.length === 0 ? all : scopes,
        expiresAt: now() + 86_400_000,
        createdBy: 'test',
      })
      return made.token
    },
    call: (method, path, options) => call(`${endpoint}${path}`, method, options),
  }
}

async function call(url: string, method: string, { token, body, headers }: CallOptions = {}): Promise<Reply> {
  const response = await fetch(url, {
    method,
    headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers },
    ...(body !== undefined && {
      body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
    }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: parsed(text) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
