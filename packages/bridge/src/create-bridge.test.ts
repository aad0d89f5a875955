import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createSimulator } from '@drawbridge/simulator'
import type { Simulator } from '@drawbridge/simulator'
import type { Bridge, BridgeEvent } from './bridge.ts'
import { connectBridge } from './connect-bridge.ts'
import type { ConnectedBridge } from './connect-bridge.ts'
import type { App, Credential } from './credential.ts'

const T0 = Date.UTC(2026, 0, 5, 4)
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const secret = '0123456789abcdef0123456789abcdef'
const mp: App = {
  platform: 'weixin-mp',
  appid: 'wx1111111111111111',
  secret,
  dcloudAppid: 'A',
  tokenEndpoint: 'stable',
}
const h5: App = {
  platform: 'weixin-h5',
  appid: 'wx2222222222222222',
  secret,
  dcloudAppid: 'A',
  tokenEndpoint: 'stable',
}
const qq: App = { platform: 'qq-mp', appid: '1112223334', secret, dcloudAppid: 'A', tokenEndpoint: 'legacy' }
const token = { kind: 'access_token', app: mp } as const

interface Scene {
  readonly simulator: Simulator
  readonly bridge: Bridge
  readonly connected: ConnectedBridge
  readonly events: readonly BridgeEvent[]
  /** Calls that the platform saw on a path. */
  calls(path: string): number
  advance(ms: number): void
  text(credential: Credential | null, field?: string): string
}

/** One bridge on SQLite before a simulated platform, both on one clock that stands still until it is moved. */
async function scene(work: (scene: Scene) => Promise<void>, apps: readonly App[] = [mp, h5, qq]): Promise<void> {
  const simulator = createSimulator({
    seed: 1,
    clock: { at: T0, running: false },
    apps: [
      { appid: mp.appid, type: 'mp', secret },
      { appid: h5.appid, type: 'oa', secret },
      { appid: qq.appid, type: 'qq-mp', secret },
    ],
  })
  const { url } = await simulator.listen()
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-bridge-'))
  const events: BridgeEvent[] = []
  const connected = await connectBridge({
    apps,
    sqlitePath: join(folder, 'drawbridge.db'),
    masterKey: randomBytes(32),
    hosts: { weixin: url, qq: url },
    upstreamTimeoutMs: 400,
    now: () => simulator.control.clock.now(),
    onEvent: (event) => events.push(event),
  })
  try {
    await work({
      simulator,
      bridge: connected.bridge,
      connected,
      events,
      calls: (path) => simulator.control.calls.count({ path }),
      advance: (ms) => simulator.control.clock.advance(ms),
      text: (credential, field = 'access_token') =>
        String((credential?.value as Record<string, unknown> | undefined)?.[field]),
    })
  } finally {
    await connected.close()
    await simulator.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

const STABLE = '/cgi-bin/stable_token'

/** What is refreshed behind a reader's back is there a moment later. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let round = 0; round < 200; round += 1) {
    if (await condition()) return
    await sleep(10)
  }
  assert.fail('it never came true')
}

test('a token near its end is served at once and replaced behind the reader’s back', () =>
  scene(async ({ bridge, calls, advance, text }) => {
    const first = text(await bridge.get(token))
    advance(2 * HOUR - 270_001)
    assert.equal(text(await bridge.get(token)), first)
    assert.equal(calls(STABLE), 1, 'too early to ask')
    advance(210_001)
    assert.equal(text(await bridge.get(token)), first, 'nobody waits while a good token is there')
    await until(async () => text(await bridge.get(token)) !== first)
    assert.equal(calls(STABLE), 2)
  }))

test('a pushed token is served to its end and not refreshed ahead of it', () =>
  scene(async ({ bridge, calls, advance, text }) => {
    await bridge.set(token, { access_token: 'PUSHED' }, 3600)
    advance(HOUR - 1)
    assert.equal(text(await bridge.get(token)), 'PUSHED')
    assert.equal(calls(STABLE), 0)
    advance(1)
    assert.notEqual(text(await bridge.get(token)), 'PUSHED')
    assert.equal(calls(STABLE), 1)
  }))

test('while the platform fails the old token is served to its end, and calls back off', () =>
  scene(async ({ simulator, bridge, calls, advance, text, events }) => {
    const first = text(await bridge.get(token))
    simulator.control.failures.inject({ kind: 'daily-quota', path: STABLE })
    advance(2 * HOUR - MINUTE)
    for (let second = 0; second < 59; second += 1) {
      assert.equal(text(await bridge.get(token)), first)
      advance(1000)
      await sleep(2)
    }
    await until(() => events.some((event) => event.type === 'refresh' && event.outcome === 'failed'))
    assert.equal(calls(STABLE), 2, 'one more call in a minute of failure')
    advance(1000)
    await assert.rejects(bridge.get(token), { code: 'UPSTREAM_FAILED' })
  }))

test('a reader without a token hears the remembered error, and the platform is not asked again', () =>
  scene(async ({ simulator, bridge, calls, advance, text }) => {
    simulator.control.failures.inject({ kind: 'ip-not-whitelisted', path: STABLE, count: 1 })
    for (let i = 0; i < 100; i += 1) {
      await assert.rejects(bridge.get(token), (error: { code?: string; detail?: { errcode?: number } }) => {
        assert.equal(error.code, 'UPSTREAM_FAILED')
        assert.equal(error.detail?.errcode, 40164)
        return true
      })
    }
    assert.equal(calls(STABLE), 1)
    advance(15_000)
    assert.match(text(await bridge.get(token)), /./)
    assert.equal(calls(STABLE), 2)
  }))

test('a removed token does not come back from a refresh that was under way', () =>
  scene(async ({ simulator, bridge, connected, advance }) => {
    simulator.control.failures.inject({ kind: 'stall', path: STABLE, count: 1, ms: 1000 })
    const cold = bridge.get(token)
    await sleep(50)
    await bridge.remove(token)
    advance(1000)
    await cold
    const stored = await connected.store.readShared('uni-id:weixin-mp:wx1111111111111111:access-token')
    assert.equal(stored?.value, null)
  }))

test('a report of a dead token forces a new one, once, and only if it is still the current one', () =>
  scene(async ({ simulator, bridge, calls, text }) => {
    const dead = text(await bridge.get(token))
    simulator.control.tokens.revoke({ appid: mp.appid, keepServing: true })
    const reports = await Promise.all(Array.from({ length: 100 }, () => bridge.reportInvalid(token, dead)))
    assert.deepEqual(new Set(reports.map(({ outcome }) => outcome)), new Set(['refreshed']))
    assert.equal(calls(STABLE), 2)
    const next = text(await bridge.get(token))
    assert.ok(simulator.control.tokens.isLive(next))
    assert.equal((await bridge.reportInvalid(token, dead)).outcome, 'superseded')
    assert.equal((await bridge.reportInvalid(token, next)).outcome, 'unchanged', 'not twice within thirty seconds')
    assert.equal(calls(STABLE), 2)
  }))

test('a report that looked before another one’s refresh, and asked after it, learns of the new token', () =>
  scene(async ({ simulator, bridge, connected, calls, text }) => {
    const dead = text(await bridge.get(token))
    const { store } = connected
    const before = await store.readShared('uni-id:weixin-mp:wx1111111111111111:access-token')
    simulator.control.tokens.revoke({ appid: mp.appid, keepServing: true })
    assert.equal((await bridge.reportInvalid(token, dead)).outcome, 'refreshed')
    const { readShared } = store
    Object.assign(store, {
      readShared: () => {
        Object.assign(store, { readShared })
        return Promise.resolve(before)
      },
    })
    assert.equal((await bridge.reportInvalid(token, dead)).outcome, 'superseded')
    assert.equal(calls(STABLE), 2)
  }))

test('an operator’s plain refresh does not end the token in use', () =>
  scene(async ({ simulator, bridge, text }) => {
    const first = text(await bridge.get(token))
    assert.equal((await bridge.refresh(token)).outcome, 'unchanged')
    assert.equal(text(await bridge.get(token)), first)
    assert.ok(simulator.control.tokens.isLive(first))
    assert.deepEqual((await bridge.lastRefresh(token))?.forcedAt, [])
  }))

test('an operator’s forced refreshes keep to the platform’s limits', () =>
  scene(async ({ bridge, advance, calls }) => {
    await bridge.get(token)
    for (let i = 0; i < 20; i += 1) {
      advance(31_000)
      assert.equal((await bridge.refresh(token, { force: true })).outcome, 'refreshed')
      await until(async () => (await bridge.list({ limit: 10 }))[0]?.lastRefresh?.forcedAt.length === i + 1)
    }
    advance(31_000)
    await assert.rejects(bridge.refresh(token, { force: true }), { code: 'REFRESH_LIMITED' })
    assert.equal(calls(STABLE), 21)
  }))

test('a ticket needs one token call and one ticket call, and a dead token is replaced on the way', () =>
  scene(async ({ simulator, bridge, calls, text, advance }) => {
    const ticket = { kind: 'ticket', app: h5 } as const
    const both = await Promise.all([bridge.get(ticket), bridge.get(ticket)])
    assert.equal(text(both[0], 'ticket'), text(both[1], 'ticket'))
    assert.equal(calls('/cgi-bin/ticket/getticket'), 1)
    assert.equal(calls(STABLE), 1)
    simulator.control.tokens.revoke({ appid: h5.appid, keepServing: true })
    simulator.control.tickets.revoke(h5.appid)
    await bridge.remove(ticket)
    advance(1000)
    assert.match(text(await bridge.get(ticket), 'ticket'), /./)
    assert.equal(calls(STABLE), 2)
  }))

test('encrypt keys: all versions of one answer, one refetch at a time, nothing for a version that cannot exist', () =>
  scene(async ({ simulator, bridge, calls }) => {
    const path = '/wxa/business/getuserencryptkey'
    const { control } = simulator
    const ref = { appid: mp.appid }
    const { openid } = control.member(ref)
    const session = control.sessions.rotate(ref)
    const versions = [1, 2, 3].map(() => control.userKeys.push(ref).version)
    const key = (version: number) => ({ kind: 'encrypt_key', app: mp, openid, version }) as const

    await assert.rejects(bridge.get(key(1)), { code: 'SESSION_KEY_MISSING' })
    assert.equal(calls(STABLE) + calls(path), 0, 'no session: nothing is asked')

    await bridge.set({ kind: 'session_key', app: mp, openid }, { session_key: session }, 3600)
    await Promise.all(Array.from({ length: 50 }, () => bridge.get(key(versions[2] ?? 0))))
    for (const version of versions) assert.ok(await bridge.get(key(version)))
    assert.equal(calls(path), 1)

    for (const version of [0, -1, 1.5, Number.NaN, 1e9, (versions[2] ?? 0) + 101]) {
      await assert.rejects(bridge.get(key(version)))
    }
    assert.equal(calls(path), 1)
    for (let i = 0; i < 20; i += 1)
      await assert.rejects(bridge.get(key((versions[2] ?? 0) + 1)), { code: 'KEY_VERSION_INVALID' })
    assert.equal(calls(path), 2, 'a version that might exist costs at most two calls a minute')
  }))

test('a wrong session key is not asked with again, and a new one is tried at once', () =>
  scene(async ({ simulator, bridge, calls }) => {
    const path = '/wxa/business/getuserencryptkey'
    const ref = { appid: mp.appid }
    const { openid } = simulator.control.member(ref)
    const right = simulator.control.sessions.rotate(ref)
    const { version } = simulator.control.userKeys.push(ref)
    const session = { kind: 'session_key', app: mp, openid } as const
    const key = { kind: 'encrypt_key', app: mp, openid, version } as const
    await bridge.set(session, { session_key: 'c3RhbGVzdGFsZXN0YWxlcw==' })
    for (let i = 0; i < 10; i += 1) await assert.rejects(bridge.get(key), { code: 'UPSTREAM_FAILED' })
    assert.equal(calls(path), 1)
    await bridge.set(session, { session_key: right })
    assert.ok(await bridge.get(key))
    assert.equal(calls(path), 2)
  }))

test('QQ hands out its token, but an appid that QQ cannot have given is not asked for', async () => {
  await scene(async ({ bridge, calls, text }) => {
    assert.match(text(await bridge.get({ kind: 'access_token', app: qq })), /./)
    assert.equal(calls('/api/getToken'), 1)
    const odd = { ...qq, appid: 'not-decimal' }
    await assert.rejects(bridge.get({ kind: 'access_token', app: odd }), { code: 'CREDENTIAL_NOT_FETCHABLE' })
    assert.equal(calls('/api/getToken'), 1)
  })
})

test('a user’s OAuth token is renewed by its refresh_token, and served as it is when that fails', () =>
  scene(async ({ simulator, bridge, calls, text, advance }) => {
    const { openid } = simulator.control.member({ appid: h5.appid })
    const key = { kind: 'user_access_token', app: h5, openid } as const
    const endsAt = T0 + 10 * MINUTE
    await bridge.set(key, { access_token: 'U', refresh_token: 'unknown', access_token_expired: endsAt }, 2_592_000)
    assert.equal(text(await bridge.get(key)), 'U')
    assert.equal(calls('/sns/oauth2/refresh_token'), 0)
    advance(11 * MINUTE)
    assert.equal(text(await bridge.get(key)), 'U')
    assert.equal(calls('/sns/oauth2/refresh_token'), 1)
  }))

test('with the database gone a caller’s own fallback is tried, and what only callers bring is refused by name', () =>
  scene(async ({ bridge, connected }) => {
    await connected.database.close()
    const key = { kind: 'session_key', app: mp, openid: 'o1' } as const
    const own = await bridge.get(key, { fallback: async () => ({ value: { session_key: 'F' }, durationSeconds: 60 }) })
    assert.deepEqual(own?.value, { session_key: 'F' })
    await assert.rejects(bridge.get({ ...key, openid: 'o2' }), { code: 'STORE_UNAVAILABLE' })
    await assert.rejects(bridge.set({ ...key, openid: 'o2' }, { session_key: 'S' }), { code: 'STORE_UNAVAILABLE' })
  }))
