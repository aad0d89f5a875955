import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import type { BridgeEvent } from '../bridge.ts'
import type { App } from '../credential.ts'
import { createUpstream } from './upstream.ts'
import type { Upstream } from './upstream.ts'

const app: App = {
  platform: 'weixin-mp',
  appid: 'wx0123456789abcdef',
  secret: 'marker-secret-0123456789',
  dcloudAppid: '__UNI__A',
  tokenEndpoint: 'stable',
}
const call = { app, host: 'weixin', method: 'GET', path: '/x', query: { access_token: 'marker-token-0123' } } as const

async function against(
  answer: (response: ServerResponse) => void,
  work: (upstream: Upstream, events: readonly BridgeEvent[]) => Promise<void>,
): Promise<void> {
  const server = createServer((_, response) => answer(response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const events: BridgeEvent[] = []
  const upstream = createUpstream({
    hosts: { weixin: url, qq: url },
    timeoutMs: 300,
    now: () => Date.now(),
    onEvent: (event) => events.push(event),
  })
  try {
    await work(upstream, events)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

const body =
  (text: string, status = 200) =>
  (response: ServerResponse) =>
    void response.writeHead(status, { 'content-type': 'text/plain' }).end(text)

test('content decides, not the content type, and a byte order mark is no harm', () =>
  against(body('\uFEFF{"access_token":"T","expires_in":7200}'), async (upstream, events) => {
    assert.deepEqual(await upstream.call(call), { access_token: 'T', expires_in: 7200 })
    assert.partialDeepStrictEqual(
      events.find(({ type }) => type === 'upstream'),
      { errcode: 0, status: 200, path: '/x' },
    )
  }))

test('an errcode is an error although the status is 200', () =>
  against(body('{"errcode":40164,"errmsg":"invalid ip 1.2.3.4, not in whitelist rid: a-b-c"}'), async (upstream) => {
    await assert.rejects(upstream.call(call), {
      code: 'UPSTREAM_FAILED',
      detail: { path: '/x', errcode: 40164, errmsg: 'invalid ip 1.2.3.4, not in whitelist rid: a-b-c' },
    })
  }))

test('errcode 0 is success, and another status than 200 is an error that names it', async () => {
  await against(body('{"errcode":0,"ticket":"T"}'), async (upstream) => {
    assert.deepEqual(await upstream.call(call), { errcode: 0, ticket: 'T' })
  })
  await against(body('<html>', 502), async (upstream) => {
    await assert.rejects(upstream.call(call), { code: 'UPSTREAM_FAILED', detail: { path: '/x', status: 502 } })
  })
})

test('nonsense with HTTP 200 is refused', async () => {
  for (const text of ['', '<html></html>', '{"access_token":"T', '[]', '"x"', 'null', '{"errcode":"x"}']) {
    await against(body(text), async (upstream) => {
      await assert.rejects(upstream.call(call), (error: { code?: string }) =>
        ['UPSTREAM_ANSWER_INVALID', 'UPSTREAM_FAILED'].includes(error.code ?? ''),
      )
    })
  }
})

test('silence ends at the time limit, and the error holds neither secret nor token', () =>
  against(
    () => undefined,
    async (upstream) => {
      const error = await upstream.call(call).catch((cause: unknown) => cause)
      assert.equal((error as { code?: string }).code, 'UPSTREAM_UNREACHABLE')
      assert.doesNotMatch(JSON.stringify(error) + String((error as Error).stack), /marker/)
    },
  ))

test('a secret that the platform echoes is taken out of the message', () =>
  against(body(`{"errcode":40125,"errmsg":"bad ${app.secret} or marker-token-0123"}`), async (upstream) => {
    await assert.rejects(upstream.call(call), { detail: { path: '/x', errcode: 40125, errmsg: 'bad … or …' } })
  }))

test('part of a secret, or one that was not sent, is taken out of the message too; a request id stays', () =>
  against(
    body(`{"errcode":40001,"errmsg":"hint: [${'k'.repeat(30)}] rid: 65a1b2c3-1a2b3c4d-5e6f7a8b"}`),
    async (upstream) => {
      await assert.rejects(upstream.call(call), {
        detail: { path: '/x', errcode: 40001, errmsg: 'hint: […] rid: 65a1b2c3-1a2b3c4d-5e6f7a8b' },
      })
    },
  ))

/** Two hosts by the ports that they listen on; each answers with its name. */
async function openHost(name: string): Promise<{ readonly url: string; readonly paths: string[]; close(): void }> {
  const paths: string[] = []
  const server = createServer(({ url = '' }, response) => {
    paths.push(url.split('?')[0] ?? '')
    response.writeHead(200, { connection: 'close' }).end(JSON.stringify({ host: name }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    paths,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

test('while the first host cannot be reached the backup takes the calls, and the first one is tried again later', async () => {
  const [first, backup] = [await openHost('first'), await openHost('backup')]
  first.close()
  let at = 0
  const upstream = createUpstream({
    hosts: { weixin: first.url, weixinBackup: backup.url, qq: first.url },
    timeoutMs: 2000,
    now: () => at,
    onEvent: () => undefined,
  })
  assert.deepEqual(await upstream.call(call), { host: 'backup' })
  const again = await listenAt(first.url)
  at += 29_999
  assert.deepEqual(await upstream.call(call), { host: 'backup' })
  at += 1
  assert.deepEqual(await upstream.call(call), { host: 'first' })
  assert.deepEqual(backup.paths, ['/x', '/x'])
  again.close()
  assert.deepEqual(await upstream.call(call), { host: 'backup' })
  backup.close()
  const back = await listenAt(first.url)
  assert.deepEqual(await upstream.call(call), { host: 'first' }, 'nor does a backup that is gone')
  back.close()
})

async function listenAt(url: string): Promise<{ close(): void }> {
  const server = createServer((_, response) => response.writeHead(200, { connection: 'close' }).end('{"host":"first"}'))
  await new Promise<void>((resolve) => server.listen(Number(new URL(url).port), '127.0.0.1', resolve))
  return {
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

test('what the first host may have received never goes to the backup: no answer, half an answer, an error', async () => {
  const backup = await openHost('backup')
  const answers: readonly (readonly [what: string, answer: (response: ServerResponse) => void])[] = [
    ['no answer', () => undefined],
    ['a connection that is cut', (response) => void response.destroy()],
    ['half an answer', (response) => void response.writeHead(200, { 'content-length': '50' }).write('{')],
    ['HTTP 502', (response) => void response.writeHead(502).end()],
    ['an errcode', body('{"errcode":-1,"errmsg":"system error"}')],
  ]
  for (const [what, answer] of answers) {
    const server = createServer((_, response) => answer(response))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const weixin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const hosts = { weixin, weixinBackup: backup.url, qq: weixin }
    const upstream = createUpstream({ hosts, timeoutMs: 300, now: () => Date.now(), onEvent: () => undefined })
    await assert.rejects(upstream.call(call), { name: 'DrawbridgeError' }, what)
    server.closeAllConnections()
    server.close()
  }
  assert.deepEqual(backup.paths, [])
  backup.close()
})

test('QQ has no backup, and where both hosts are gone the call fails as ever', async () => {
  const [gone, backup] = [await openHost('gone'), await openHost('backup')]
  gone.close()
  const deps = { timeoutMs: 2000, now: () => 0, onEvent: () => undefined }
  const one = createUpstream({ hosts: { weixin: gone.url, weixinBackup: backup.url, qq: gone.url }, ...deps })
  await assert.rejects(one.call({ ...call, host: 'qq' }), { code: 'UPSTREAM_UNREACHABLE' })
  const none = createUpstream({ hosts: { weixin: gone.url, weixinBackup: gone.url, qq: gone.url }, ...deps })
  await assert.rejects(none.call(call), {
    code: 'UPSTREAM_UNREACHABLE',
    detail: { path: '/x', reason: 'ECONNREFUSED' },
  })
  assert.deepEqual(backup.paths, [])
  backup.close()
})
