import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openSecureWorld, refusalOf, resultOf } from './secure-call-world.ts'
import type { SecureWorld } from './secure-call-world.ts'

const pay = { target: 'f:pay', data: { amount: 5 } } as const
const info = { appId: '__UNI__SECURE', deviceId: 'device-1', osName: 'android', uniPlatform: 'mp-weixin' }

async function plainCode({ client, spaceId }: SecureWorld, body: object = {}): Promise<unknown> {
  const { json } = await client.plain({ spaceId, ...pay, clientInfo: info, ...body })
  return json['errCode'] ?? json['result']
}

test('a guarded function answers who has proved to be a listed client, and no plain call', async (t) => {
  const world = await openSecureWorld(t, {
    guards: 'rules',
    rules: { 'pay, refund': [{ appId: '__UNI__OTHER' }, { appId: '__UNI__SECURE', platform: 'mp-weixin' }] },
  })
  const key = await world.key()
  assert.deepEqual(resultOf(await world.client.call({ ...pay, key })), { paid: 5 })
  assert.equal(world.server.verdicts.at(-1)?.rule, 'pay, refund #2')
  assert.equal(await plainCode(world), 70008)
  const { deviceId, osName, ...rest } = info
  assert.equal(await plainCode(world, { clientInfo: {} }), 60101)
  assert.equal(await plainCode(world, { clientInfo: { ...rest, osName } }), 60102)
  assert.equal(await plainCode(world, { clientInfo: { ...rest, deviceId } }), 60103)
  assert.equal(await plainCode(world, { clientInfo: { ...info, appId: '__UNI__X' } }), 60201)
  assert.equal(await plainCode(world, { clientInfo: { ...info, uniPlatform: 'web' } }), 60202)
  const open = await world.client.plain({ spaceId: world.spaceId, target: 'f:echo' })
  assert.equal(open.status, 200)
})

const minima: readonly (readonly [
  rule: object,
  secretType: 'none' | 'request' | 'response' | 'both',
  isIn: boolean,
])[] = [
  [{ secretType: 'both' }, 'both', true],
  [{ secretType: 'both' }, 'request', false],
  [{ secretType: 'response' }, 'both', true],
  [{ secretType: 'response' }, 'none', false],
  [{}, 'none', true],
  [{ minLevel: 1 }, 'both', false],
  [{ fresh: true }, 'both', false],
  [{ version: 'production' }, 'both', true],
  [{ version: 'development' }, 'both', false],
  [{ platform: 'android' }, 'both', false],
]
for (const [rule, secretType, isIn] of minima)
  test(`a call with ${secretType} under the rule ${JSON.stringify(rule)} is ${isIn ? 'admitted' : 'refused under seal'}`, async (t) => {
    const { client, key } = await openSecureWorld(t, { rules: { pay: [rule] } })
    const reply = await client.call({ ...pay, key: await key(), secretType })
    if (isIn) assert.deepEqual(resultOf(reply), { paid: 5 })
    else assert.equal(refusalOf(reply), 'sealed 70004')
  })

test('an empty list refuses everybody', async (t) => {
  const world = await openSecureWorld(t, { rules: { pay: [] } })
  assert.equal(refusalOf(await world.client.call({ ...pay, key: await world.key() })), 'sealed 70004')
  assert.equal(await plainCode(world), 70008)
})

test('monitor lets pass what enforce would refuse, and says so', async (t) => {
  const world = await openSecureWorld(t, {
    mode: 'monitor',
    guards: 'all',
    rules: { pay: [{ secretType: 'both' }] },
    apps: [],
  })
  assert.deepEqual(await plainCode(world), { paid: 5 })
  assert.deepEqual(resultOf(await world.client.call({ ...pay, key: await world.key(), secretType: 'none' })), {
    paid: 5,
  })
  const told = world.server.verdicts.map(({ outcome, code }) => `${outcome} ${String(code)}`)
  assert.deepEqual(told, ['would-refuse APP_NOT_ASSOCIATED', 'would-refuse APP_NOT_ASSOCIATED'])
  // What is no question of policy is none in monitor mode either.
  const call = world.client.seal({ ...pay, key: await world.key() })
  resultOf(await world.client.send(call))
  assert.equal(refusalOf(await world.client.send(call)), 'sealed 70004')
})

test('where the policy cannot be had nobody is let in, on any wire', async (t) => {
  const policies = {
    current() {
      throw new Error('the policy table is gone')
    },
  }
  const world = await openSecureWorld(t, {}, { policies })
  const { client, key } = world
  assert.equal(refusalOf(await client.call({ ...pay, key: await key() })), 'plain 50000')
  assert.equal(await plainCode(world), 50000)
  assert.ok(world.server.lines.some((line) => line.includes('the policy table is gone')))
})

test('functions reach guarded functions where the policy lets them, and not where it does not', async (t) => {
  for (const passes of ['allow', 'refuse'] as const) {
    const sources = { http: 'refuse', timing: 'allow', function: passes, server: 'allow' } as const
    const world = await openSecureWorld(t, { guards: 'rules', rules: { pay: [{}] }, sources })
    const { status, json } = await world.client.plain({
      spaceId: world.spaceId,
      target: 'f:ask',
      data: { name: 'pay' },
    })
    if (passes === 'allow') assert.deepEqual((json['result'] as { result: unknown }).result, { paid: 5 })
    else assert.deepEqual([status, json['errCode']], [500, 80703])
    const [inner] = world.server.verdicts.filter(({ wire }) => wire === 'function')
    assert.equal(inner?.outcome, passes === 'allow' ? 'admitted' : 'refused')
    assert.equal(inner.target, 'f:pay')
  }
})

test('every verdict says what was known of the caller, and whether it was proven', async (t) => {
  const world = await openSecureWorld(t, { rules: { pay: [{ secretType: 'both' }] } })
  await world.client.call({ ...pay, key: await world.key(), secretType: 'request' })
  await plainCode(world)
  const [proven, claimed] = world.server.verdicts
  assert.deepEqual(
    { ...proven, at: 0, requestId: '' },
    {
      at: 0,
      requestId: '',
      spaceId: 'secure-space',
      wire: 'v1',
      target: 'f:pay',
      outcome: 'refused',
      code: 'ENVELOPE_REJECTED',
      reason: 'less is encrypted than the rule asks for',
      rule: 'pay',
      byPolicy: true,
      evidence: {
        source: 'client',
        proven: true,
        appId: '__UNI__SECURE',
        platform: 'mp-weixin',
        version: 'production',
        level: 0,
        secretType: 'request',
        fresh: false,
        how: 'envelope',
        address: '127.0.0.1',
      },
    },
  )
  assert.equal(claimed?.evidence['proven'], false)
  assert.equal(claimed.code, 'ENVELOPE_REQUIRED')
})
