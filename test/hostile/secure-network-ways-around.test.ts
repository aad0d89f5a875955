import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { createSecureClient } from '../flows/secure-call-client.ts'
import { refusalOf as codeOf, resultOf } from '../flows/secure-call-world.ts'
import { createSignedClient } from '../flows/signed-client.ts'
import { clientInfo } from '../flows/stock-secure-message.ts'
import { APP_ID, WX_APPID, openStockSecureWorld, refusalOf, toldBy } from '../flows/stock-secure-world.ts'
import { openHostileWorld } from './secure-network-world.ts'

const everySecond = JSON.stringify({
  'cloudfunction-config': { triggers: [{ name: 'tick', type: 'timer', config: '* * * * * * *' }] },
})
const mounted = (path: string): string => JSON.stringify({ 'cloudfunction-config': { path } })

/** Every way by which a function of a space can be reached. */
const project: Readonly<Record<string, string>> = {
  'pay/index.js': `exports.main = async () => { console.log('pay ran'); return 'paid' }`,
  'pay/package.json': mounted('/pay'),
  'vault/index.obj.js': `module.exports = { async open() { console.log('vault ran'); return 'opened' } }`,
  'vault/package.json': mounted('/vault'),
  'open/index.js': `exports.main = async (event, context) => {
    const ask = context.SOURCE === 'http' ? event.queryStringParameters : event
    return (await uniCloud.callFunction({ name: ask.name, data: { method: 'open', params: [] } })).result
  }`,
  'open/package.json': mounted('/open'),
  'nightly/index.js': `exports.main = async () => console.log('nightly ran')`,
  'nightly/package.json': everySecond,
  'clock/index.js': `exports.main = async () => console.log('clock ran')`,
  'clock/package.json': everySecond,
}

const SPACE = { spaceId: 'secure-space', clientSecret: 'secure-client-secret' }

/** The whole server as it is configured, with this project in the place of its usual one. */
async function openServer(t: TestContext, secureNetwork: object) {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-around-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(project)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  const rules = { 'pay, vault, nightly': [{ appId: APP_ID, platform: 'mp-weixin' }] }
  const world = await openStockSecureWorld(
    t,
    { rules, ...secureNetwork },
    { spaces: [{ ...SPACE, functions: folder }] },
  )
  const { endpoint } = world
  return {
    world,
    endpoint,
    stock: createSignedClient({ provider: 'aliyun', endpoint, ...SPACE }, clientInfo),
    /** Names of functions that have said that they ran, as often as they did. */
    ran(): readonly string[] {
      const lines = world.server().functions?.log.read({ spaceId: SPACE.spaceId, limit: 10_000 }) ?? []
      return lines.flatMap(({ text }) => /^(\w+) ran$/.exec(text)?.[1] ?? [])
    },
  }
}

test('URLs, timers, other functions and plain calls are no way around a policy', async (t) => {
  const sources = { http: 'refuse', timing: 'refuse', function: 'refuse' }
  const { endpoint, stock, ran } = await openServer(t, { sources })
  for (const path of ['pay', 'pay/', 'pay/x', '%70ay', 'vault/open', 'vault', 'open?name=pay', 'open?name=vault']) {
    const url = `${endpoint}/http/${SPACE.spaceId}/${path}`
    for (const method of ['GET', 'POST', 'PUT']) {
      const headers = { 'x-drawbridge-app': APP_ID, 'x-drawbridge-level': '3', source: 'client' }
      const response = await fetch(url, { method, headers, ...(method !== 'GET' && { body: '{"secretType":"both"}' }) })
      assert.ok(response.status >= 400, `${method} ${path}: ${response.status}`)
      assert.doesNotMatch(await response.text(), /paid|opened/)
    }
  }
  for (const name of ['pay', 'vault']) {
    assert.deepEqual(toldBy(await stock.call(name, { method: 'open', params: [] })), refusalOf(70008))
    assert.match((await stock.reply('open', { name })).error?.code ?? '', /./)
    for (const target of [`f:${name}`, `o:${name}/open`]) {
      const body = JSON.stringify({ spaceId: SPACE.spaceId, target, clientInfo, data: {} })
      const response = await fetch(`${endpoint}/v1/call`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      })
      assert.ok(response.status >= 400, `${target}: ${response.status}`)
    }
  }
  // Both timers are due each second: when the open one has run three times, the guarded one has been due.
  for (let n = 0; n < 600 && ran().length < 3; n++) await wait(50)
  assert.deepEqual(ran().slice(0, 3), ['clock', 'clock', 'clock'])
  assert.deepEqual([...new Set(ran())], ['clock'])
})

test('what the operator lets pass by its source passes, and nothing else does', async (t) => {
  const sources = { http: 'allow', timing: 'allow', function: 'allow' }
  const { endpoint, stock, ran } = await openServer(t, { sources })
  assert.equal(await (await fetch(`${endpoint}/http/${SPACE.spaceId}/pay`)).text(), 'paid')
  assert.equal(await stock.call('open', { name: 'vault' }), 'opened')
  assert.deepEqual(toldBy(await stock.call('pay')), refusalOf(70008))
  for (let n = 0; n < 600 && !ran().includes('nightly'); n++) await wait(50)
  assert.ok(ran().includes('nightly'))
})

test('a name written in another way is another name, and nobody’s', async (t) => {
  const { endpoint, stock, ran } = await openServer(t, {})
  const names = [
    'PAY',
    'Pay',
    ' pay',
    'pay ',
    'pay/',
    './pay',
    '../pay',
    'pay\0',
    'pay,vault',
    'pay, vault, nightly',
    '*',
  ]
  names.push('ｐａｙ', 'pay\u200b', 'p\u0430y', 'pay/index.js', 'pay%20', 'f:pay')
  for (const name of names) {
    const { error } = await stock.reply(name, {})
    assert.ok(error, JSON.stringify(name))
    const body = JSON.stringify({ spaceId: SPACE.spaceId, target: `f:${name}` })
    const response = await fetch(`${endpoint}/v1/call`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    assert.ok([400, 404].includes(response.status), `${JSON.stringify(name)}: ${response.status}`)
  }
  assert.ok(!ran().includes('pay'))
})

test('a captured call is refused by a server that has begun anew, and the user’s next call is good', async (t) => {
  const { world, endpoint } = await openServer(t, {})
  const openid = world.openid()
  const client = createSecureClient({
    endpoint,
    spaceId: SPACE.spaceId,
    appId: APP_ID,
    wxAppid: WX_APPID,
    openid,
    deviceId: 'd',
  })
  const logIn = async (): Promise<void> => {
    const session = world.simulator.control.sessions.rotate({ appid: WX_APPID, openid })
    const { bridge } = world.server().replica
    await bridge.set(
      { kind: 'session_key', app: bridge.apps.resolve(APP_ID, 'weixin-mp'), openid },
      { session_key: session },
    )
  }
  await logIn()
  const key = world.simulator.control.userKeys.latest({ appid: WX_APPID, openid })
  const inside = { clientInfo: { osName: 'android' } }
  const call = client.seal({ target: 'f:pay', key, inside, ts: world.now() })
  assert.equal(resultOf(await client.send(call)), 'paid')
  assert.equal(codeOf(await client.send(call)), 'sealed 70004')
  // A phone whose clock is ahead: by its time the server begins again before the call is made.
  const early = client.seal({ target: 'f:pay', key, inside, ts: world.now() + 50_000 })
  assert.equal(resultOf(await client.send(early)), 'paid')
  world.advance(1000)
  await world.restart()
  assert.equal(codeOf(await client.send(early)), 'sealed 70001')
  // It may have been taken by the process before, whose memory is gone: its time says so, under seal.
  assert.equal(codeOf(await client.send(call)), 'sealed 70001')
  world.advance(60_000)
  assert.equal(codeOf(await client.send(early)), 'sealed 70001')
  assert.equal(resultOf(await client.call({ target: 'f:pay', key, inside, ts: world.now() })), 'paid')
})

test('in monitor mode a guarded function runs for strangers, each of whom is counted; a broken seal stays broken', async (t) => {
  const { client, key, spaceId, server } = await openHostileWorld(t, {
    mode: 'monitor',
    rules: { guarded: [{ secretType: 'both' }] },
  })
  const plain = { spaceId, target: 'f:guarded', data: { a: 1 } }
  for (let n = 0; n < 3; n++) assert.equal((await client.plain(plain)).status, 200)
  const call = client.seal({ target: 'f:guarded', key: await key(), secretType: 'none' })
  resultOf(await client.send(call))
  assert.equal(codeOf(await client.send(call)), 'sealed 70004')
  const broken = Buffer.from(call.bytes)
  broken[broken.length - 1] = (broken.at(-1) ?? 0) ^ 1
  assert.equal(codeOf(await client.send(call, broken)), 'plain 70004')
  const outcomes = server.verdicts.map(({ outcome, code }) => `${outcome} ${String(code)}`)
  assert.deepEqual(outcomes, [
    ...Array.from({ length: 3 }, () => 'would-refuse APP_ID_MISSING'),
    'would-refuse ENVELOPE_REJECTED',
    'refused ENVELOPE_REJECTED',
    'refused ENVELOPE_REJECTED',
  ])
})

test('a policy that cannot be read lets nobody in by any wire, and says nothing of why', async (t) => {
  const secret = 'the-path-of-the-policy-table'
  const policies = {
    current() {
      throw new Error(secret)
    },
  }
  const world = await openHostileWorld(t, {}, { policies })
  const { client, key, spaceId, server } = world
  assert.equal(codeOf(await client.call({ target: 'f:who', key: await key() })), 'plain 50000')
  const plain = await client.plain({ spaceId, target: 'f:who' })
  assert.deepEqual([plain.status, plain.json['errCode']], [500, 50000])
  const space = { provider: 'aliyun', endpoint: server.endpoint, spaceId, clientSecret: 'secure-client-secret' }
  const stock = await createSignedClient(space, clientInfo).reply('who', {})
  assert.ok(stock.error)
  assert.ok(!JSON.stringify([plain, stock]).includes(secret))
  assert.equal(server.verdicts.length, 0)
})
