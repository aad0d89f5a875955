import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A scripted answer for the next call to a path. */
interface Script {
  readonly path: string
  readonly status?: number
  readonly body: unknown
}

/** What a call looked like. */
interface Seen {
  readonly method: string
  readonly query: Readonly<Record<string, string>>
  readonly body: unknown
}

/** Whom a code is for. */
interface Account {
  readonly openid: string
  readonly unionid?: string
  readonly session_key: string
}

/** The WeChat that the cases of open-bridge-cases.json were recorded against (`about.stub`), on a clock of the test's. */
export interface OpenBridgeStub {
  readonly url: string
  push(script: Script): void
  session(openid: string, sessionKey: string): void
  keys(openid: string, list: readonly unknown[]): void
  /** A code of wx.login, good once; its exchange makes the session key the user's. */
  code(code: string, account: Account): void
  /** Calls since the start, by path. */
  calls(): Readonly<Record<string, number>>
  last(path: string): Seen | undefined
  close(): Promise<void>
}

/** Starts it on a free port of the loopback. */
export async function startOpenBridgeStub(now: () => number): Promise<OpenBridgeStub> {
  const scripts: Script[] = []
  const counts = new Map<string, number>()
  const lastSeen = new Map<string, Seen>()
  const tokens = new Map<string, number>()
  const stable = new Map<string, { token: string; endsAt: number; count: number }>()
  const minted = new Map<string, { token: string; count: number }>()
  const sessions = new Map<string, string>()
  const keyLists = new Map<string, readonly unknown[]>()
  const codes = new Map<string, Account>()
  const usedCodes = new Set<string>()
  let tickets = 0

  const lifeMs = 7_200_000
  const isLive = (token: string | undefined): boolean => token !== undefined && (tokens.get(token) ?? 0) > now()

  const answers: Readonly<Record<string, (seen: Seen) => unknown>> = {
    '/cgi-bin/stable_token': ({ body }) => {
      const { appid } = body as { appid: string }
      const before = stable.get(appid)
      if (before === undefined || before.endsAt - now() <= 300_000) {
        const count = (before?.count ?? 0) + 1
        const token = `STABLE_${appid}_${count}`
        stable.set(appid, { token, count, endsAt: now() + lifeMs })
        tokens.set(token, now() + lifeMs)
      }
      const current = stable.get(appid)
      return { access_token: current?.token, expires_in: Math.floor(((current?.endsAt ?? 0) - now()) / 1000) }
    },
    '/cgi-bin/token': ({ query }) => {
      const appid = query['appid'] ?? ''
      const before = minted.get(appid)
      if (before !== undefined) tokens.set(before.token, Math.min(tokens.get(before.token) ?? 0, now() + 300_000))
      const count = (before?.count ?? 0) + 1
      const token = `TOKEN_${appid}_${count}`
      minted.set(appid, { token, count })
      tokens.set(token, now() + lifeMs)
      return { access_token: token, expires_in: 7200 }
    },
    '/cgi-bin/ticket/getticket': ({ query }) => {
      if (!isLive(query['access_token'])) return { errcode: 40001, errmsg: 'invalid credential' }
      tickets += 1
      return { errcode: 0, errmsg: 'ok', ticket: `TICKET_${tickets}`, expires_in: 7200 }
    },
    '/wxa/business/getuserencryptkey': ({ query }) => {
      if (!isLive(query['access_token'])) return { errcode: 40001, errmsg: 'invalid credential' }
      const session = sessions.get(query['openid'] ?? '')
      if (session === undefined) return { errcode: 87007, errmsg: 'session_key is not existd or expired' }
      const signature = createHmac('sha256', session).update('').digest('hex')
      if (query['signature'] !== signature) return { errcode: 87009, errmsg: 'invalid signature' }
      return { errcode: 0, errmsg: 'ok', key_info_list: keyLists.get(query['openid'] ?? '') ?? [] }
    },
    '/sns/jscode2session': ({ query }) => {
      const code = query['js_code'] ?? ''
      const account = codes.get(code)
      if (account === undefined) return { errcode: 40029, errmsg: 'invalid code' }
      if (usedCodes.has(code)) return { errcode: 40163, errmsg: 'code been used' }
      usedCodes.add(code)
      sessions.set(account.openid, account.session_key)
      return account
    },
  }

  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://stub')
      const text = Buffer.concat(chunks).toString()
      const seen = {
        method: request.method ?? '',
        query: Object.fromEntries(url.searchParams),
        body: text === '' ? null : (JSON.parse(text) as unknown),
      }
      counts.set(url.pathname, (counts.get(url.pathname) ?? 0) + 1)
      lastSeen.set(url.pathname, seen)
      const scripted = scripts.findIndex(({ path }) => path === url.pathname)
      const [script] = scripted === -1 ? [] : scripts.splice(scripted, 1)
      const answer = script?.body ?? answers[url.pathname]?.(seen)
      response.writeHead(script?.status ?? (answer === undefined ? 404 : 200), { 'content-type': 'application/json' })
      response.end(JSON.stringify(answer ?? {}))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    push: (script) => void scripts.push(script),
    session: (openid, sessionKey) => void sessions.set(openid, sessionKey),
    keys: (openid, list) => void keyLists.set(openid, list),
    code: (code, account) => void codes.set(code, account),
    calls: () => Object.fromEntries(counts),
    last: (path) => lastSeen.get(path),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
