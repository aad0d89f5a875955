import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { BridgeEvent } from '@drawbridge/bridge'
import type { ServerConfig } from '../config/server-config.ts'
import { createLog } from './create-log.ts'
import { logBridgeEvent } from './log-bridge-event.ts'

function lines(level: ServerConfig['logLevel'] = 'debug') {
  const written: string[] = []
  const log = createLog({ level, destination: { write: (line) => void written.push(line) } })
  return {
    log,
    all: () => written.map((line) => JSON.parse(line) as Record<string, unknown>),
    text: () => written.join(''),
  }
}

test('a line is one JSON object with time, level, event and fields', () => {
  const { log, all } = lines()
  log.warn('store is gone', { tier: 'redis', retryInMs: 5 })
  const [line] = all()
  assert.match(String(line?.['time']), /^\d{4}-\d\d-\d\dT/)
  delete line?.['time']
  assert.deepEqual(line, { level: 'warn', event: 'store is gone', tier: 'redis', retryInMs: 5 })
})

test('lines below the level are not written', () => {
  const { log, all } = lines('warn')
  log.debug('a')
  log.info('b')
  log.warn('c')
  log.error('d')
  assert.deepEqual(
    all().map(({ event }) => event),
    ['c', 'd'],
  )
})

test('a field with a secret’s name is redacted, should anybody write one', () => {
  const { log, text } = lines()
  for (const name of ['value', 'key', 'secret', 'token', 'access_token', 'session_key', 'encrypt_key', 'ticket']) {
    log.info('x', { [name]: 'SECRETMARKER' })
  }
  assert.doesNotMatch(text(), /SECRETMARKER/)
})

test('a failure tells code, detail, remedy and causes, and no secret that a cause carries', () => {
  const { log, all, text } = lines()
  const driver = Object.assign(
    new Error('query failed near "SECRETMARKER" for https://api.example/x?access_token=SECRETMARKERSECRETMARKER'),
    {
      code: 'SQLITE_BUSY',
      command: { name: 'set', args: ['SECRETMARKER'] },
      parameters: ['SECRETMARKER'],
    },
  )
  log.failure('request failed', new DrawbridgeError('STORE_UNAVAILABLE', { store: 'sqlite' }, { cause: driver }), {
    requestId: 'r-1',
  })
  const [line = {}] = all()
  assert.equal(line['requestId'], 'r-1')
  assert.match(String(line['remedy']), /database/)
  const error = line['error'] as {
    code: string
    detail: object
    stack: string[]
    cause: { code: string; message: string }
  }
  assert.equal(error.code, 'STORE_UNAVAILABLE')
  assert.deepEqual(error.detail, { store: 'sqlite' })
  assert.equal(error.cause.code, 'SQLITE_BUSY')
  assert.match(error.cause.message, /^query failed near/)
  assert.ok(error.stack.every((frame) => frame.startsWith('at ')))
  assert.doesNotMatch(text(), /SECRETMARKER/)
})

test('what was thrown and is no error does not appear either', () => {
  const { log, text } = lines()
  log.failure('request failed', { session_key: 'SECRETMARKER' })
  log.failure('request failed', 'SECRETMARKER')
  assert.doesNotMatch(text(), /SECRETMARKER/)
})

test('a failed refresh is a warning with reason, errcode and what to do, in both languages', () => {
  const { log, all } = lines('info')
  const refresh = {
    type: 'refresh',
    storageKey: 'uni-id:weixin-mp:wx1:access-token',
    platform: 'weixin-mp',
    appid: 'wx1',
    kind: 'access_token',
    reason: 'ahead',
    durationMs: 12.3,
  } as const
  logBridgeEvent(log, {
    ...refresh,
    outcome: 'failed',
    error: { code: 'UPSTREAM_FAILED', errcode: 40125, errmsg: 'invalid appsecret' },
  })
  logBridgeEvent(log, { ...refresh, outcome: 'ok', expiresAt: 1 })
  const [failed, ok] = all()
  assert.equal(failed?.['level'], 'warn')
  assert.equal(failed['errcode'], 40125)
  assert.equal(failed['reason'], 'ahead')
  assert.match(String(failed['remedy']), /secret/)
  assert.match(String(failed['remedyZh']), /secret|密钥/i)
  assert.equal(ok?.['level'], 'info')
})

test('whose key was refreshed is told apart in the log, and not told', () => {
  const { log, all, text } = lines('info')
  for (const openid of ['oC7hRAu9CBWVBL06', 'oC7hRAu9CBWVBL07']) {
    const storageKey = `uni-id:weixin-mp:wx1:${openid}:encrypt-keys`
    const key = { storageKey, platform: 'weixin-mp', appid: 'wx1', kind: 'encrypt_key' } as const
    logBridgeEvent(log, { type: 'refresh', ...key, reason: 'absent', durationMs: 1, outcome: 'ok', expiresAt: 1 })
  }
  assert.doesNotMatch(text(), /oC7hRAu/)
  const users = all().map(({ user }) => String(user))
  assert.ok(users.every((user) => /^[0-9a-f]{12}$/.test(user)) && users[0] !== users[1])
})

test('a Redis that throws keys away is a warning with what to do, and a store that is back is none', () => {
  const { log, all } = lines('info')
  logBridgeEvent(log, { type: 'tier', tier: 'redis', state: 'up', error: 'maxmemory-policy allkeys-lru' })
  logBridgeEvent(log, { type: 'tier', tier: 'redis', state: 'up' })
  const [fault, back] = all()
  assert.deepEqual([fault?.['level'], fault?.['error']], ['warn', 'maxmemory-policy allkeys-lru'])
  assert.match(`${String(fault?.['remedy'])} ${String(fault?.['remedyZh'])}`, /noeviction.*noeviction/)
  assert.equal(back?.['level'], 'info')
})

test('nothing that happens for every request is written at info', () => {
  const { log, all } = lines('info')
  const events: readonly BridgeEvent[] = [
    { type: 'read', kind: 'ticket', tier: 'memory' },
    { type: 'upstream', platform: 'qq-mp', appid: 'q', path: '/x', errcode: 0, durationMs: 1 },
    { type: 'task', task: 't', outcome: 'ok' },
  ]
  for (const event of events) logBridgeEvent(log, event)
  assert.deepEqual(all(), [])
})

test('a store that goes, a clock that is off and a task that fails are told', () => {
  const { log, all } = lines('info')
  logBridgeEvent(log, { type: 'tier', tier: 'redis', state: 'down', error: 'timeout' })
  logBridgeEvent(log, { type: 'tier', tier: 'redis', state: 'up' })
  logBridgeEvent(log, { type: 'clock', skewMs: 90_000, host: 'api.weixin.qq.com' })
  logBridgeEvent(log, { type: 'task', task: 't', outcome: 'failed', error: 'UPSTREAM_FAILED' })
  assert.deepEqual(
    all().map(({ level }) => level),
    ['warn', 'info', 'warn', 'warn'],
  )
})
