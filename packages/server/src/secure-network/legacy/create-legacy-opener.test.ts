import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { JsonObject } from '@drawbridge/runtime'
import { APP_ID, MP_APPID, openIdentityWorld, tokenIn } from '../../identity/identity-world-fixture.ts'
import { secureNetworkOff } from '../config-policies.ts'
import type { Opening } from '../opener.ts'
import type { Policy } from '../policy-source.ts'
import { isRefused } from '../refusal.ts'
import { createReplayMemory } from '../replay/create-replay-memory.ts'
import type { ReceivedCall } from '../admitted-call.ts'
import type { Target } from '../target.ts'
import { createLegacyOpener } from './create-legacy-opener.ts'
import type { LegacyOpenerDeps } from './create-legacy-opener.ts'
import { openLegacy } from './open-legacy.ts'
import { sealLegacy } from './seal-legacy.ts'

const pay: Target = { kind: 'function', name: 'pay' }
const clientInfo = { appId: APP_ID, deviceId: 'device-1', uniPlatform: 'mp-weixin', osName: 'ios', locale: 'en' }
const handshake = 'secureNetworkHandshakeByWeixin'

/** Alice's phone after the handshake, and an opener on real stores behind it. */
async function opened(
  t: TestContext,
  change: Partial<LegacyOpenerDeps> = {},
  named: Partial<Policy> = {},
  hasLogin = true,
) {
  const world = await openIdentityWorld()
  t.after(() => world.close())
  const code = world.loginCode()
  await world.call(handshake, { code })
  const policy: Policy = {
    ...secureNetworkOff,
    revision: 1,
    mode: 'enforce',
    rules: { pay: [{ appId: APP_ID }] },
    apps: [{ appId: APP_ID, platform: 'mp-weixin', release: [MP_APPID], development: [] }],
    legacyWire: true,
    ...named,
  }
  const { now } = world
  const opener = createLegacyOpener({
    bridge: world.connected.bridge,
    ...(hasLogin && { identity: world.identity }),
    replay: createReplayMemory({ elapsed: now, key: randomBytes(32), slots: 1024 }),
    now,
    elapsed: now,
    bootedAt: undefined,
    random: (length) => randomBytes(length),
    ...change,
  })
  const listed = world.simulator.control.userKeys.latest({ appid: MP_APPID, user: 'alice' })
  const key = { key: Buffer.from(listed.encryptKey, 'base64'), iv: Buffer.from(listed.iv) }
  const envelope = (data: object, more: object = {}): string => {
    const own = { appId: APP_ID, deviceId: 'device-1', wxAppId: MP_APPID, simulator: false, timestamp: now() }
    return sealLegacy(key, JSON.stringify({ data: JSON.stringify(data), ...own, ...more }))
  }
  const options = (more: object = {}) => ({ encryptKeyId: listed.version, mpWeixinCode: code, ...more })
  const open = (args: object, target: Target = pay, uniIdToken?: string) => {
    const call: ReceivedCall = {
      wire: 'unicloud',
      space: world.space,
      target,
      args: args as JsonObject,
      facts: {
        source: 'client',
        requestId: 'r-1',
        secretType: 'none',
        clientInfo,
        clientIp: '203.0.113.7',
        userAgent: 'agent/1',
        ...(uniIdToken !== undefined && { uniIdToken }),
      },
    }
    return opener.open(call, policy)
  }
  return { world, key, envelope, options, open }
}

async function admitted(outcome: ReturnType<Awaited<ReturnType<typeof opened>>['open']>): Promise<Opening> {
  const opening = await outcome
  assert.ok(!isRefused(opening), JSON.stringify(opening))
  return opening
}

async function refusedCode(outcome: ReturnType<Awaited<ReturnType<typeof opened>>['open']>): Promise<string> {
  const opening = await outcome
  assert.ok(isRefused(opening))
  return opening.refused.code
}

test('WeChat is asked for keys under the signature of the published vector, once', async (t) => {
  const file = new URL('../../../../../test/vectors/unicloud.json', import.meta.url)
  const { getUserEncryptKeySignature: vector } = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly getUserEncryptKeySignature: { readonly session_key: string; readonly signature: string }
  }
  const { world, envelope, options, open } = await opened(t)
  const { bridge } = world.connected
  const { openid } = world.simulator.control.member({ appid: MP_APPID, user: 'alice' })
  const app = bridge.apps.resolve(APP_ID, 'weixin-mp')
  await bridge.set({ kind: 'session_key', app, openid }, { session_key: vector.session_key })
  const args = { content: envelope({}), _uniCloudOptions: options({ secretType: 'both' }) }
  assert.equal(await refusedCode(open(args)), 'ENCRYPT_KEY_UNAVAILABLE')
  const asked = world.simulator.control.calls.list({ path: '/wxa/business/getuserencryptkey' })
  assert.equal(asked.length, 1)
  assert.equal(asked[0]?.query['signature'], vector.signature)
})

test('an opened call holds what was inside, says who has proved what, and its reply is encrypted with the same key', async (t) => {
  const { key, envelope, options, open } = await opened(t)
  const args = { content: envelope({ amount: 1, uniIdToken: 'inner', clientInfo: { appId: 'x' } }) }
  const sent = { ...args, _uniCloudOptions: options({ secretType: 'both' }) }
  const { opened: call, seal } = await admitted(open(sent, pay, 'outer'))
  assert.deepEqual(call.args, { amount: 1 })
  assert.equal(call.facts.uniIdToken, 'inner')
  assert.equal(call.facts.secretType, 'both')
  assert.equal(call.facts.clientInfo['appId'], APP_ID)
  const { openid, ...proof } = call.proof ?? {}
  assert.ok(openid)
  assert.deepEqual(proof, {
    appId: APP_ID,
    platform: 'mp-weixin',
    version: 'production',
    deviceId: 'device-1',
    wxAppid: MP_APPID,
    level: 0,
    secretType: 'both',
    fresh: false,
    how: 'legacy-content',
  })
  const { content } = JSON.parse(seal({ result: '{"ok":1}' })) as { readonly content: string }
  assert.deepEqual(JSON.parse(openLegacy(key, content).text), { ok: 1 })
})

test('the method of an object is the one inside', async (t) => {
  const { envelope, options, open } = await opened(t)
  const target: Target = { kind: 'object', name: 'todo', method: '' }
  const args = {
    content: envelope({ method: 'add', params: [1] }),
    _uniCloudOptions: options({ secretType: 'request' }),
  }
  const { opened: call } = await admitted(open(args, target))
  assert.deepEqual(call.target, { kind: 'object', name: 'todo', method: 'add' })
  assert.deepEqual(call.args, { method: 'add', params: [1] })
})

test('a signature proves the client and nothing of the call; response mode proves nothing at all', async (t) => {
  const { envelope, options, open } = await opened(t)
  const signed = await admitted(open({ amount: 1, _uniCloudOptions: options({ verifyClientSign: envelope({}) }) }))
  assert.deepEqual(signed.opened.args, { amount: 1 })
  assert.deepEqual([signed.opened.proof?.how, signed.opened.proof?.secretType], ['legacy-signature', 'none'])
  assert.equal(signed.seal({ result: '7' }), '7')
  const response = { content: { amount: 1 }, _uniCloudOptions: options({ secretType: 'response' }) }
  assert.equal(await refusedCode(open(response)), 'ENVELOPE_REQUIRED')
  const { opened: call } = await admitted(open(response, { kind: 'function', name: 'open' }))
  assert.deepEqual([call.proof, call.facts.secretType, call.args], [undefined, 'response', { amount: 1 }])
})

test('a mini program bound to development builds is one, and one that is bound to nothing does not come', async (t) => {
  const binding = { appId: APP_ID, platform: 'mp-weixin', release: [], development: [MP_APPID] }
  const { envelope, options, open } = await opened(t, {}, { apps: [binding] })
  const args = { content: envelope({}), _uniCloudOptions: options({ secretType: 'both' }) }
  const { opened: call } = await admitted(open(args))
  assert.equal(call.proof?.version, 'development')
  const unbound = await opened(t, {}, { apps: [{ ...binding, development: ['wx9999999999999999'] }] })
  const other = { content: unbound.envelope({}), _uniCloudOptions: unbound.options({ secretType: 'both' }) }
  assert.equal(await refusedCode(unbound.open(other)), 'APP_NOT_ASSOCIATED')
})

test('a user whose account is gone is nobody', async (t) => {
  const { world, envelope, options, open } = await opened(t)
  const token = tokenIn(await world.call(handshake, { code: world.loginCode(), callLoginByWeixin: true }))
  const args = () => ({
    content: envelope({}),
    _uniCloudOptions: options({ secretType: 'both', mpWeixinCode: 'gone' }),
  })
  await admitted(open(args(), pay, token))
  world.advance(1)
  const [user] = await world.users()
  await world.documents.remove(world.space.spaceId, {
    collection: 'uni-id-users',
    where: { _id: user?._id ?? '' },
    limit: 1,
  })
  assert.equal(await refusedCode(open(args(), pay, token)), 'USER_UNKNOWN')
})

test('a version that ended is taken for five minutes more', async (t) => {
  const { world, envelope, options, open } = await opened(t)
  const args = () => ({ content: envelope({}), _uniCloudOptions: options({ secretType: 'both' }) })
  await admitted(open(args()))
  world.advance(3_600_000 + 299_000)
  await admitted(open(args()))
  world.advance(2_000)
  assert.equal(await refusedCode(open(args())), 'ENCRYPT_KEY_UNKNOWN')
})

test('what a memory of messages cannot remember is refused, and so is what is older than the memory', async (t) => {
  for (const take of [() => 'full' as const, () => Promise.reject(new Error('gone'))]) {
    const { envelope, options, open } = await opened(t, { replay: { take } })
    const args = { content: envelope({}), _uniCloudOptions: options({ secretType: 'both' }) }
    assert.equal(await refusedCode(open(args)), 'SYSTEM_ERROR')
  }
  const { world, envelope, options, open } = await opened(t, { bootedAt: Number.MAX_SAFE_INTEGER })
  const args = { content: envelope({}, { timestamp: world.now() }), _uniCloudOptions: options({ secretType: 'both' }) }
  assert.equal(await refusedCode(open(args)), 'CLIENT_TIME_SKEWED')
})

test('without login there are no codes and no tokens, and an openid is believed where the policy lets it', async (t) => {
  const { world, envelope, options, open } = await opened(t, {}, { allowsLegacyOpenid: true, rules: {} }, false)
  const { openid } = world.simulator.control.member({ appid: MP_APPID, user: 'alice' })
  const { mpWeixinCode, ...named } = options({ secretType: 'both' })
  const byOpenid = { content: envelope({ a: 1 }), _uniCloudOptions: { ...named, mpWeixinOpenid: openid } }
  assert.deepEqual((await admitted(open(byOpenid))).opened.args, { a: 1 })
  const byCode = { content: envelope({ a: 2 }), _uniCloudOptions: { ...named, mpWeixinCode } }
  assert.equal(await refusedCode(open(byCode, pay, 'a.b.c')), 'USER_OPENID_MISSING')
})

test('the life of a login code is lengthened by what opens, and not by who merely says it', async (t) => {
  const DAY = 24 * 3_600_000
  const { world, envelope, options, open } = await opened(t)
  const _uniCloudOptions = options({ secretType: 'both' })
  const { mpWeixinCode: code } = _uniCloudOptions
  const isKnown = async (): Promise<boolean> =>
    (await world.identity.codeHandles.find(world.space, MP_APPID, code)) !== undefined
  world.advance(2 * DAY)
  const listed = world.simulator.control.userKeys.push({ appid: MP_APPID, user: 'alice' })
  const fresh = { ..._uniCloudOptions, encryptKeyId: listed.version }
  const key = { key: Buffer.from(listed.encryptKey, 'base64'), iv: Buffer.from(listed.iv) }
  const own = { appId: APP_ID, deviceId: 'device-1', wxAppId: MP_APPID, simulator: false, timestamp: world.now() }
  const content = sealLegacy(key, JSON.stringify({ data: '{}', ...own }))
  await admitted(open({ content, _uniCloudOptions: fresh }))
  world.advance(2 * DAY)
  assert.ok(await isKnown())
  // With a key that has ended, and then with none of his: neither is a use.
  assert.ok(isRefused(await open({ content: envelope({}), _uniCloudOptions })))
  const newest = world.simulator.control.userKeys.push({ appid: MP_APPID, user: 'alice' })
  const broken = { content: envelope({}), _uniCloudOptions: options({ ...fresh, encryptKeyId: newest.version }) }
  assert.equal(await refusedCode(open(broken)), 'ENVELOPE_REJECTED')
  world.advance(DAY)
  assert.ok(!(await isKnown()))
})
