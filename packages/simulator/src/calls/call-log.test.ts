import assert from 'node:assert/strict'
import { test } from 'node:test'
import { APPIDS, START, simulatorUnderTest } from '../simulator-under-test-fixture.ts'
import { createCallLog } from './call-log.ts'
import type { CallRecord } from './call-log.ts'

const record = (path: string, appid: string | null = null, errcode?: number): Omit<CallRecord, 'n'> => ({
  at: 0,
  host: 'api.weixin.qq.com',
  method: 'GET',
  path,
  query: {},
  headers: {},
  body: '',
  appid,
  address: '127.0.0.1',
  status: 200,
  errcode,
  failures: [],
})

test('all calls are counted, the latest are remembered', () => {
  const log = createCallLog(3)
  for (let n = 0; n < 10; n += 1) log.record(record(`/path${n % 2}`, 'app', n % 2 === 0 ? undefined : 45009))
  assert.equal(log.count(), 10)
  assert.equal(log.count({ path: '/path1' }), 5)
  assert.equal(log.count({ path: 'path1', errcode: 45009 }), 5)
  assert.equal(log.count({ errcode: 0 }), 5)
  assert.equal(log.count({ appid: 'another' }), 0)
  assert.deepEqual(
    log.list().map((call) => call.n),
    [8, 9, 10],
  )
  assert.deepEqual(
    log.list({ limit: 1 }).map((call) => call.n),
    [10],
  )
  assert.equal(log.last({ path: '/path0' })?.n, 9)
  log.clear()
  assert.deepEqual([log.count(), log.list(), log.last()], [0, [], undefined])
})

test("strangers' paths cannot make the counters grow for ever", () => {
  const log = createCallLog(0)
  for (let n = 0; n < 20_000; n += 1) log.record(record(`/${n}`))
  assert.equal(log.count(), 20_000)
  assert.ok(log.counts().length <= 10_001)
})

test('a record tells method, path, query, headers, body, app, address and outcome', async (t) => {
  const { simulator, url } = await simulatorUnderTest(t)
  const body = JSON.stringify({ grant_type: 'client_credential', appid: APPIDS.mp, secret: 'wrong' })
  const headers = { 'content-type': 'application/json', 'x-mine': '1' }
  await fetch(`${url}/api.weixin.qq.com/cgi-bin/stable_token?a=1&a=2`, { method: 'POST', headers, body })
  const seen = simulator.control.calls.last({ path: 'cgi-bin/stable_token' })
  assert.ok(seen)
  const { headers: seenHeaders, ...rest } = seen
  assert.deepEqual(rest, {
    n: 1,
    at: START,
    host: 'api.weixin.qq.com',
    method: 'POST',
    path: '/cgi-bin/stable_token',
    query: { a: '1' },
    body,
    appid: APPIDS.mp,
    address: '127.0.0.1',
    status: 200,
    errcode: 40125,
    failures: [],
  })
  assert.deepEqual([seenHeaders['x-mine'], seenHeaders['content-type']], ['1', 'application/json'])
})
