import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { ownRedisTest } from '@drawbridge/bridge/testing'
import type { OwnRedis } from '@drawbridge/bridge/testing'
import { createRequestSigner } from '@drawbridge/server'
import { createSimulator } from '@drawbridge/simulator'
import { startDrawbridge } from './drawbridge-process.ts'
import { createSecureClient } from './secure-call-client.ts'
import type { PhoneKey, SecureCall, SecureClient, SecureReply } from './secure-call-client.ts'

const APPID = 'wx1111111111111111'
const APP_ID = '__UNI__FLEET'
const SPACE = { spaceId: 'fleet-space', clientSecret: 'fleet-client-secret', origins: [] }
const KEY = 'a-signing-key-of-thirty-two-byte'
const signer = { keyId: 'billing', algorithm: 'hmac-sha256', key: Buffer.from(KEY).toString('base64') } as const

/** Two server processes over one data folder and one Redis, and a phone that knows both. */
interface Fleet {
  readonly endpoints: readonly string[]
  readonly clients: readonly [SecureClient, SecureClient]
  readonly key: PhoneKey
}

async function openFleet(t: TestContext, redis: OwnRedis): Promise<Fleet> {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-replays-'))
  mkdirSync(join(folder, 'functions', 'pay'), { recursive: true })
  writeFileSync(join(folder, 'functions', 'pay', 'index.js'), `exports.main = async () => 'paid'`)
  const simulator = createSimulator({ seed: 'replays' })
  const { url } = await simulator.listen()
  const config = {
    apps: [{ platform: 'weixin-mp', appid: APPID, secret: '1'.repeat(32), dcloudAppid: APP_ID }],
    spaces: [{ ...SPACE, functions: 'functions' }],
    secureNetwork: { mode: 'enforce' },
    callers: { allowList: ['127.0.0.1'], signing: [{ ...signer, scopes: ['*:*:*'] }] },
    upstream: { weixin: url },
    store: { redisUrl: redis.url },
  }
  writeFileSync(join(folder, 'drawbridge.config.json'), JSON.stringify(config))
  const servers = [await startDrawbridge({ cwd: folder }), await startDrawbridge({ cwd: folder })] as const
  t.after(async () => {
    await Promise.all(servers.map((server) => server.stop()))
    await simulator.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const phone = simulator.phone({ appid: APPID })
  const { openid } = phone
  const session = simulator.control.sessions.rotate({ appid: APPID, openid })
  const pushed = await fetch(`${servers[0].endpoint}/v1/apps/weixin-mp/${APPID}/users/${openid}/session-key`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ value: { session_key: session } }),
  })
  assert.equal(pushed.status, 204)
  const clientOf = ({ endpoint }: { readonly endpoint: string }): SecureClient =>
    createSecureClient({
      endpoint,
      spaceId: SPACE.spaceId,
      appId: APP_ID,
      wxAppid: APPID,
      openid,
      deviceId: 'device-1',
    })
  return {
    endpoints: servers.map(({ endpoint }) => endpoint),
    clients: [clientOf(servers[0]), clientOf(servers[1])],
    key: await new Promise((resolve, reject) => {
      phone.wx.getUserCryptoManager().getLatestUserKey({ success: resolve, fail: reject })
    }),
  }
}

/** `paid`, or the number of the error and whether it came under seal. */
function outcomeOf(reply: SecureReply): string {
  if ('error' in reply) return `${reply.sealed ? 'sealed' : 'plain'} ${reply.error.errCode}`
  return String(reply.result)
}

/** The same bytes to both at once. */
async function sendToBoth({ clients }: Fleet, call: SecureCall): Promise<readonly string[]> {
  return (await Promise.all(clients.map(async (client) => outcomeOf(await client.send(call))))).toSorted()
}

/** Comes back when each serves calls again: soon after Redis is there. */
async function untilServed({ clients, key }: Fleet): Promise<void> {
  for (const client of clients)
    while (outcomeOf(await client.call({ target: 'f:pay', key })) !== 'paid') await wait(100)
}

ownRedisTest(
  'replicas that share a Redis take a captured call once among them, whatever becomes of Redis',
  async (redis, t) => {
    const fleet = await openFleet(t, redis)
    const [client, other] = fleet.clients
    const call = (): SecureCall => client.seal({ target: 'f:pay', key: fleet.key })
    await untilServed(fleet)
    for (let n = 0; n < 20; n += 1) assert.deepEqual(await sendToBoth(fleet, call()), ['paid', 'sealed 70004'])

    const captured = call()
    assert.equal(outcomeOf(await client.send(captured)), 'paid')
    await redis.snapshot()
    const missed = call()
    assert.equal(outcomeOf(await client.send(missed)), 'paid')
    await redis.kill()
    assert.deepEqual(await sendToBoth(fleet, call()), ['sealed 50000', 'sealed 50000'])
    await redis.start()
    await untilServed(fleet)
    for (const one of [captured, missed])
      assert.deepEqual(await sendToBoth(fleet, one), ['sealed 70001', 'sealed 70001'])

    const flushed = call()
    assert.equal(outcomeOf(await client.send(flushed)), 'paid')
    await redis.flush()
    const reply = await other.send(flushed)
    assert.equal(outcomeOf(reply), 'sealed 70001')
    // A client that goes by the time it is told is served.
    assert.ok('error' in reply)
    const { serverTime: ts = 0 } = reply.error
    assert.equal(outcomeOf(await client.call({ target: 'f:pay', key: fleet.key, ts })), 'paid')
  },
)

ownRedisTest('replicas that share a Redis take a caller’s signed request once among them', async (redis, t) => {
  const { endpoints } = await openFleet(t, redis)
  const url = `${endpoints[0]}/v1/apps/weixin-mp/${APPID}/access-token`
  const sign = createRequestSigner(signer)
  const send = async (headers: Readonly<Record<string, string>>): Promise<readonly number[]> =>
    (await Promise.all(endpoints.map((endpoint) => get(endpoint, new URL(url), headers)))).toSorted()
  // What was signed before Redis was there nobody can tell of.
  while ((await send(sign({ method: 'GET', url }))).includes(503)) await wait(200)
  for (let n = 0; n < 10; n += 1) assert.deepEqual(await send(sign({ method: 'GET', url })), [200, 401])
  await redis.kill()
  assert.deepEqual(await send(sign({ method: 'GET', url })), [503, 503])
  await redis.start()
  while ((await send(sign({ method: 'GET', url }))).includes(503)) await wait(200)
  assert.deepEqual(await send(sign({ method: 'GET', url })), [200, 401])
})

/** Asks a server for what was meant for another one. */
function get(endpoint: string, { host, pathname }: URL, headers: Readonly<Record<string, string>>): Promise<number> {
  return new Promise((resolve, reject) => {
    request(new URL(pathname, endpoint), { headers: { ...headers, host } }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0))
    })
      .once('error', reject)
      .end()
  })
}
