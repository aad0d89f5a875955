import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { createSimulator } from '@drawbridge/simulator'
import { miniProgram } from './http-world.ts'
import type { StartMessage, StartedMessage } from './start-http-server.ts'

/** Secrets that are unlike anything else, so that a find is a leak. */
const marker = (name: string): string => `${name}MARKER${randomBytes(12).toString('hex')}`
const secrets = {
  appSecret: marker('appsecret'),
  token: marker('token'),
  sessionKey: Buffer.from(marker('session')).toString('base64'),
  encryptKey: marker('encrypt'),
  connectCode: marker('connect'),
  signKey: Buffer.from(marker('signing')).toString('base64'),
}

/** The whole server in a process of its own, logging everything it ever logs. */
async function startedServer(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-secrets-'))
  const simulator = createSimulator({
    seed: 'secrets',
    apps: [{ appid: miniProgram.appid, secret: secrets.appSecret, type: 'mp' }],
  })
  const { url } = await simulator.listen()
  const masterKey = randomBytes(32).toString('base64')
  const message: StartMessage = {
    masterKey,
    config: {
      production: false,
      host: '127.0.0.1',
      port: 0,
      tlsProxy: false,
      trustedProxies: [],
      apps: [{ ...miniProgram, secret: secrets.appSecret }],
      schedule: [],
      spaces: [],
      store: { sqlitePath: join(folder, 'drawbridge.db') },
      callers: {
        allowList: [],
        s2s: { type: 'connectCode', connectCode: secrets.connectCode },
        signing: [{ keyId: 'k', algorithm: 'hmac-sha256', key: secrets.signKey, scopes: [] }],
      },
      rateLimitPerMinute: 0,
      bodyMaxBytes: 100_000,
      audit: { keepDays: 30, maxRows: 10_000 },
      upstream: { weixin: url, qq: url, graphQq: url, timeoutMs: 500 },
      logLevel: 'debug',
    },
  }
  const script = fileURLToPath(new URL('start-http-server.ts', import.meta.url))
  const child = fork(script, [], { execArgv: [], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  const { stdout, stderr } = child
  assert.ok(stdout && stderr)
  let output = ''
  for (const stream of [stdout, stderr]) stream.setEncoding('utf8').on('data', (text) => (output += String(text)))
  const ended = Promise.all([once(child, 'exit'), once(stdout, 'end'), once(stderr, 'end')])
  t.after(async () => {
    if (child.connected) child.disconnect()
    await ended
    await simulator.close()
    rmSync(folder, { recursive: true, force: true })
  })
  child.send(message)
  const [started] = (await once(child, 'message')) as [StartedMessage]
  return {
    ...started,
    simulator,
    folder,
    masterKey,
    async stop(): Promise<string> {
      child.disconnect()
      await ended
      return output
    },
  }
}

test('no secret is found in any log line, error, metric, audit row or byte of a file', async (t) => {
  const { endpoint, token, simulator, folder, masterKey, stop } = await startedServer(t)
  const bearer = { authorization: `Bearer ${token}` }
  const app = `/v1/apps/weixin-mp/${miniProgram.appid}`
  const said: string[] = []
  /** Everything that is answered to anybody but a reader who was given what he asked for. */
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = bearer,
  ): Promise<Response> => {
    const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body)
    const response = await fetch(endpoint + path, { method, headers, ...(text !== undefined && { body: text }) })
    const isRead = response.ok && method === 'GET' && path.startsWith(app)
    said.push(JSON.stringify([...response.headers]))
    if (!isRead) said.push(await response.clone().text())
    return response
  }

  // The good ways, for each kind of secret.
  const fetched = (await (await call('GET', `${app}/access-token`)).json()) as { value: { access_token: string } }
  await call('PUT', `${app}/users/o1/session-key`, { value: { session_key: secrets.sessionKey } })
  await call('PUT', `${app}/users/o1/encrypt-keys/1`, {
    value: { encrypt_key: secrets.encryptKey, iv: secrets.encryptKey },
  })
  await call('PUT', `${app}/users/o1/access-token`, {
    value: { access_token: secrets.token, refresh_token: secrets.token },
  })
  await call('GET', `${app}/users/o1/session-key`)
  await call('POST', `${app}/access-token/report-invalid`, { value: secrets.token })
  await call('GET', '/healthz', undefined, { 'Unicloud-S2s-Authorization': `CONNECTCODE ${secrets.connectCode}` })

  // The bad ones: broken bodies with secrets in them, refused values, wrong credentials, a failing platform.
  await call('PUT', `${app}/users/o1/session-key`, `{"value":{"session_key":"${secrets.sessionKey}"}`)
  await call('PUT', `${app}/users/o1/session-key`, {
    value: { session_key: 'x' },
    [secrets.sessionKey]: 1,
    expiresIn: 'x',
  })
  await call('PUT', `${app}/users/o1/session-key`, { value: [secrets.sessionKey] })
  await call('POST', '/uni-open-bridge/setSessionKey', `{"value":"${secrets.sessionKey}"`)
  await call('POST', '/uni-open-bridge/setSessionKey', {
    platform: 'weixin-mp',
    value: { session_key: secrets.sessionKey },
  })
  await call('POST', '/uni-open-bridge/getEncryptKey', { platform: 'weixin-mp', openid: 'o1', version: 77 })
  await call('GET', `${app}/access-token`, undefined, { authorization: `Bearer ${token}x` })
  await call('GET', `${app}/access-token`, undefined, { authorization: `Basic ${secrets.token}` })
  await call('GET', `${app}/access-token`, undefined, {
    'Unicloud-S2s-Authorization': `CONNECTCODE ${secrets.connectCode}x`,
  })
  for (const path of ['/cgi-bin/stable_token', '/wxa/business/getuserencryptkey']) {
    simulator.control.failures.inject({ path, kind: 'daily-quota' })
  }
  await call('POST', `${app}/access-token/refresh`, { force: true })
  await call('POST', `${app}/tickets/jsapi/refresh`)
  await call('POST', `${app}/users/o1/encrypt-keys/2/refresh`)
  for (const path of ['/metrics', '/readyz', '/v1/audit?limit=500', '/v1/credentials', '/v1/tokens', '/openapi.json'])
    await call('GET', path)

  const log = await stop()
  assert.match(log, /"event":"refresh failed"/)
  assert.match(log, /"event":"request refused"/)
  const files = readdirSync(folder).map((name): [string, Buffer] => [name, readFileSync(join(folder, name))])
  assert.ok(files.length > 0)
  const all = { ...secrets, fetched: fetched.value.access_token, bearer: token, masterKey }
  for (const [name, secret] of Object.entries(all)) {
    // One unknown field is named by its sender; a name is all that is repeated of a request.
    const answers = said.filter((text) => !text.includes('unknown field'))
    assert.equal(
      answers.some((text) => text.includes(secret)),
      false,
      `${name} in an answer`,
    )
    assert.equal(log.includes(secret), false, `${name} in the log`)
    for (const [file, bytes] of files) {
      assert.equal(bytes.includes(secret), false, `${name} in ${file}`)
      assert.equal(bytes.includes(Buffer.from(secret, 'base64')), false, `${name}, decoded, in ${file}`)
    }
  }
})
