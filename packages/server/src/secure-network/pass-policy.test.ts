import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gatewayRoute, proof, space } from '../gateway/gateway-fixture.ts'
import { guardRoute } from '../gateway/guard-route.ts'
import { secureNetworkOff } from './config-policies.ts'
import { openedCall } from './opened-call.ts'
import { passPolicy } from './pass-policy.ts'
import { recordVerdict } from './record-verdict.ts'
import { isRefused } from './refusal.ts'
import type { Verdict } from './verdict.ts'

const clientInfo = { appId: proof.appId, uniPlatform: 'mp-weixin', osName: 'android', deviceId: 'd' }
const facts = {
  source: 'client',
  requestId: 'r',
  secretType: 'none',
  clientInfo,
  clientIp: '',
  userAgent: '',
} as const
const target = { kind: 'route', method: 'GET', path: '/orders/li-lei' } as const
const received = { wire: 'v1', space, target, args: {}, facts } as const
const apps = [{ appId: proof.appId, platform: 'mp-weixin', release: [proof.wxAppid ?? ''], development: [] }]
const base = { ...secureNetworkOff, revision: 1, apps }

function recorder() {
  const verdicts: Verdict[] = []
  return { verdicts, sink: { record: (verdict: Verdict) => void verdicts.push(verdict) } }
}

for (const [what, mode, proven, expected] of [
  ['a plain call', 'off', undefined, 'refused'],
  ['a plain call', 'monitor', undefined, 'refused'],
  ['a plain call', 'enforce', undefined, 'refused'],
  ['a sealed call', 'off', proof, 'admitted'],
  ['a sealed call', 'monitor', proof, 'would-refuse'],
  ['a sealed call', 'enforce', proof, 'refused'],
] as const)
  test(`the verdict on ${what} of a route that takes no plain ones is what becomes of it, in mode ${mode}`, () => {
    const { verdicts, sink } = recorder()
    const policy = guardRoute({ ...base, mode }, gatewayRoute({ policy: [{ minLevel: 2 }] }))
    const passed = passPolicy(openedCall(received, proven), policy, { verdicts: sink, now: () => 0 })
    const [verdict] = verdicts
    assert.equal(verdict?.outcome, expected)
    const isByRule = mode === 'enforce' || (mode === 'monitor' && proven)
    assert.equal(verdict.rule, isByRule ? 'h:orders' : undefined)
    assert.equal(isRefused(passed), expected === 'refused')
    if (!isRefused(passed)) return
    const code = proven ? 'ENVELOPE_REJECTED' : 'ENVELOPE_REQUIRED'
    assert.deepEqual([passed.refused.code, verdict.code], [code, code])
  })

test('in monitor mode a plain call passes where the route takes plain ones', () => {
  const { verdicts, sink } = recorder()
  const policy = guardRoute({ ...base, mode: 'monitor' }, gatewayRoute({ plain: 'allow', policy: [{}] }))
  const passed = passPolicy(openedCall(received, undefined), policy, { verdicts: sink, now: () => 0 })
  assert.deepEqual([verdicts[0]?.outcome, isRefused(passed)], ['would-refuse', false])
})

test('the rule that admits a call of a route is told by the route’s name', () => {
  const { verdicts, sink } = recorder()
  const policy = guardRoute({ ...base, mode: 'enforce' }, gatewayRoute({ policy: [{}] }))
  passPolicy(openedCall(received, proof), policy, { verdicts: sink, now: () => 0 })
  assert.deepEqual([verdicts[0]?.outcome, verdicts[0]?.rule], ['admitted', 'h:orders #1'])
})

test('what a stranger says of himself is kept in bounded length', () => {
  const long = 'x'.repeat(5000)
  const { verdicts, sink } = recorder()
  const decided = { at: 0, outcome: 'refused' } as const
  recordVerdict(sink, { ...decided, call: { ...received, target: `f:${long}` }, claimed: { appId: long } })
  recordVerdict(sink, { ...decided, call: { ...received, facts: { ...facts, clientInfo: { osName: long } } } })
  recordVerdict(sink, { ...decided, call: { ...received, proof: { ...proof, platform: long } } })
  const lengths = verdicts.flatMap((verdict) =>
    [verdict.target, ...Object.values(verdict.evidence)].map((told) => String(told).length),
  )
  assert.equal(Math.max(...lengths), 256)
  assert.ok(verdicts.every(({ evidence }) => Object.values(evidence).every((told) => String(told).length <= 128)))
})
