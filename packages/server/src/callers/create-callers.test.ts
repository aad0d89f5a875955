import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { ServerConfig } from '../config/server-config.ts'
import type { CallerRequest } from './caller.ts'
import { createCallers } from './create-callers.ts'
import { s2sSign } from '@drawbridge/runtime/s2s'
import { s2sBinding } from './s2s/s2s-binding.ts'
import { createRequestSigner } from './signature/create-request-signer.ts'
import { createBearerTokens } from './tokens/bearer-tokens.ts'
import type { TokenRecord, TokenStore } from './tokens/token-store.ts'

const NOW = 1_700_000_000_000
const key = Buffer.alloc(32, 1).toString('base64')
const everything: ServerConfig['callers'] = {
  allowList: ['10.0.0.1', '127.0.0.1'],
  s2s: { type: 'connectCode', connectCode: 'code-1' },
  signing: [{ keyId: 'backend', algorithm: 'hmac-sha256', key, scopes: [{ app: 'wx1', kind: '*', verb: 'read' }] }],
}

/** A store that holds what it is given and counts what it is asked. */
function rememberingStore(): TokenStore & { asked: number } {
  const records = new Map<string, TokenRecord>()
  return {
    asked: 0,
    insert: async (record, secretHash) => void records.set(secretHash, record),
    async byHash(secretHash) {
      this.asked++
      return records.get(secretHash)
    },
    list: async () => [...records.values()],
    revoke: async () => false,
    touch: async () => undefined,
  }
}

function door(config = everything, failedAttemptsPerMinute = 5) {
  let bytes = 0
  const store = rememberingStore()
  const tokens = createBearerTokens({ store, now: () => NOW, random: (length) => Buffer.alloc(length, ++bytes) })
  const callers = createCallers({ config, tokens, now: () => NOW, failedAttemptsPerMinute })
  const identify = async (change: Partial<CallerRequest>) => callers.identify(request(change))
  return { store, tokens, identify }
}

function request(change: Partial<CallerRequest>): CallerRequest {
  return {
    method: 'GET',
    target: '/v1/x',
    headers: {},
    body: undefined,
    address: '203.0.113.9',
    origin: () => ({ scheme: 'http', authority: 'bridge.example' }),
    ...change,
  }
}

async function tokenOf({ tokens }: ReturnType<typeof door>): Promise<string> {
  const scopes = [{ app: '*', kind: '*', verb: 'admin' }] as const
  return (await tokens.create({ name: 'a', scopes, expiresAt: NOW + 1000, createdBy: 'cli' })).token
}

test('each credential makes the caller that it stands for', async () => {
  const opened = door()
  const token = await tokenOf(opened)
  const sign = createRequestSigner({ keyId: 'backend', algorithm: 'hmac-sha256', key, now: () => NOW })
  const callers = await Promise.all([
    opened.identify({ headers: { authorization: `bearer ${token}` } }),
    opened.identify({ headers: sign({ method: 'GET', url: 'http://bridge.example/v1/x' }) }),
    opened.identify({ headers: { 'unicloud-s2s-authorization': 'CONNECTCODE code-1' } }),
    opened.identify({ address: '10.0.0.1' }),
  ])
  assert.deepEqual(
    callers.map(({ id, scheme, covers }) => [id.replace(/:[0-9a-f]{12}$/, ':…'), scheme, covers]),
    [
      ['token:…', 'bearer', 'request'],
      ['key:backend', 'signature', 'request'],
      ['s2s', 's2s', 'request'],
      ['address:10.0.0.1', 'address', 'request'],
    ],
  )
  assert.deepEqual(callers[1].scopes, everything.signing[0]?.scopes)
})

test('a bad credential is refused even from an allowed address', async () => {
  const { identify } = door(everything, 1000)
  const bad = [
    { authorization: 'Bearer dbt_wrong' },
    { authorization: `Bearer dbt_${'A'.repeat(43)}` },
    { authorization: 'Basic YTpi' },
    { authorization: '' },
    { 'unicloud-s2s-authorization': 'CONNECTCODE code-2' },
    { 'unicloud-s2s-signature': 'hmac-sha256 00', 'unicloud-s2s-timestamp': String(NOW) },
    { signature: 's=:AA==:' },
    { 'signature-input': 's=()' },
  ]
  for (const headers of bad) {
    await assert.rejects(identify({ address: '10.0.0.1', headers }), { status: 401 }, JSON.stringify(headers))
  }
})

test('credentials of two schemes are refused, though each is good', async () => {
  const opened = door()
  const headers = {
    authorization: `Bearer ${await tokenOf(opened)}`,
    'unicloud-s2s-authorization': 'CONNECTCODE code-1',
  }
  await assert.rejects(opened.identify({ headers }), { code: 'CALLER_UNKNOWN' })
})

test('a stranger without a credential is told which address is not listed, or only that he is unknown', async () => {
  await assert.rejects(door().identify({}), { code: 'ADDRESS_REFUSED', detail: { address: '203.0.113.9' } })
  await assert.rejects(door({ allowList: [], signing: [] }).identify({}), { code: 'CALLER_UNKNOWN', detail: {} })
})

test('0.0.0.0 on the list admits nobody else, and the refusal says why', async () => {
  await assert.rejects(door({ allowList: ['0.0.0.0'], signing: [] }).identify({}), (error: DrawbridgeError) => {
    assert.equal(error.code, 'ADDRESS_REFUSED')
    assert.match(String(error.detail['reason']), /0\.0\.0\.0\/0/)
    return true
  })
})

test('a page in a browser on an allowed machine is not that machine', async () => {
  const { identify } = door(everything, 1000)
  const local = { address: '127.0.0.1', origin: () => ({ scheme: 'http', authority: 'localhost:7400' }) }
  assert.equal((await identify(local)).id, 'address:127.0.0.1')
  assert.equal((await identify({ ...local, headers: { 'sec-fetch-site': 'none' } })).id, 'address:127.0.0.1')
  const pages = [
    { ...local, headers: { origin: 'https://evil.example' } },
    { ...local, headers: { origin: 'null' } },
    { ...local, headers: { 'sec-fetch-site': 'cross-site' } },
    { ...local, headers: { 'sec-fetch-site': 'same-origin' } },
    // A name whose owner lets it point to this machine for a moment.
    { ...local, origin: () => ({ scheme: 'http', authority: 'evil.example:7400' }) },
    { address: '10.0.0.1', headers: { origin: 'https://evil.example' } },
  ]
  for (const page of pages) await assert.rejects(identify(page), { code: 'ADDRESS_REFUSED' })
})

test('a plain uni-cloud-s2s signature covers fields; the binding header makes it cover the request', async () => {
  const s2s = {
    type: 'sign',
    signKey: 'k',
    hashMethod: 'hmac-sha256',
    timeDiffToleranceSeconds: 60,
    md5AsSha256: false,
  } as const
  const { identify } = door({ ...everything, s2s })
  const data = { openid: 'o1' }
  const body = Buffer.from(JSON.stringify({ ...data, value: { session_key: 'x' } }))
  const signed = Object.fromEntries(
    Object.entries(s2sSign(s2s, data, NOW)).map(([name, value]) => [name.toLowerCase(), value]),
  )
  const headers = { 'content-type': 'application/json', ...signed }
  const sent = { method: 'POST', target: '/uni-open-bridge/setSessionKey', body }
  assert.equal((await identify({ ...sent, headers })).covers, 'fields')

  const bound = { ...headers, 'drawbridge-s2s-binding': s2sBinding('k', { timestamp: String(NOW), ...sent }) }
  assert.equal((await identify({ ...sent, headers: bound })).covers, 'request')
  const changes = [
    { body: Buffer.from(JSON.stringify({ ...data, value: { session_key: 'y' } })) },
    { target: '/uni-open-bridge/removeSessionKey' },
  ]
  for (const change of changes) {
    await assert.rejects(identify({ ...sent, ...change, headers: bound }), { code: 'SIGNATURE_INVALID' })
  }
})

test('an address that failed too often is not looked up any more, and those who are known come in all the same', async () => {
  const opened = door()
  const headers = { authorization: `Bearer ${await tokenOf(opened)}` }
  await opened.identify({ headers })
  const guess = (i: number) =>
    opened.identify({ headers: { authorization: `Bearer dbt_${String(i).padStart(43, '0')}` } })
  for (let i = 0; i < 5; i++) await assert.rejects(guess(i), { code: 'CALLER_UNKNOWN' })
  const { asked } = opened.store
  await assert.rejects(guess(6), { code: 'RATE_LIMITED' })
  assert.equal(opened.store.asked, asked)
  assert.equal((await opened.identify({ headers })).scheme, 'bearer')

  const connectCode = { 'unicloud-s2s-authorization': 'CONNECTCODE code-1' }
  await assert.rejects(opened.identify({ headers: connectCode }), { code: 'RATE_LIMITED' })
  assert.equal((await opened.identify({ headers: connectCode, address: '203.0.113.10' })).id, 's2s')
})

test('a store that is down is not a stranger’s failed attempt', async () => {
  const opened = door(everything, 1)
  opened.store.byHash = async () => {
    throw new DrawbridgeError('STORE_UNAVAILABLE')
  }
  const headers = { authorization: `Bearer dbt_${'A'.repeat(43)}` }
  for (let i = 0; i < 3; i++) await assert.rejects(opened.identify({ headers }), { code: 'STORE_UNAVAILABLE' })
})
