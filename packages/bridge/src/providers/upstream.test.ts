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
