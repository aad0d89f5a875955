import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Rule } from '@drawbridge/protocol'
import type { CallFacts } from '@drawbridge/runtime'
import type { Space } from '../spaces/space.ts'
import { admit } from './admit.ts'
import type { ClientProof } from './client-proof.ts'
import { secureNetworkOff } from './config-policies.ts'
import { judge } from './judge.ts'
import { openedCall } from './opened-call.ts'
import type { Policy } from './policy-source.ts'
import type { OpenedCall } from './admitted-call.ts'
import { unreadablePolicy } from './policy/unreadable-policy.ts'
import { withFunctionPolicies } from './policy/with-function-policies.ts'
import { readTarget } from './target.ts'

const space: Space = {
  spaceId: 's',
  clientSecret: 'c',
  origins: [],
  provider: 'aliyun',
  workers: { max: 1, memoryMb: 64, timeoutSeconds: 1, queueMax: 1 },
  environment: {},
}
const info = { appId: 'A', deviceId: 'd', osName: 'ios', uniPlatform: 'mp-weixin' }
const base: Policy = {
  ...secureNetworkOff,
  revision: 1,
  mode: 'enforce',
  guards: 'rules',
  rules: { pay: [{}] },
  apps: [
    { appId: 'A', platform: 'mp-weixin', release: ['wx1'], development: ['wx2'] },
    { appId: 'A', platform: 'ios', release: ['com.a'], development: [] },
  ],
  legacyWire: true,
}
const proof: ClientProof = {
  appId: 'A',
  platform: 'mp-weixin',
  version: 'production',
  deviceId: 'd',
  wxAppid: 'wx1',
  openid: 'o',
  level: 0,
  secretType: 'both',
  fresh: false,
  how: 'envelope',
}

function call(
  target: string,
  change: { proof?: Partial<ClientProof> | undefined; facts?: Partial<CallFacts>; args?: Record<string, string> } = {},
): OpenedCall {
  const facts: CallFacts = {
    source: 'client',
    requestId: 'r',
    secretType: 'none',
    clientInfo: info,
    clientIp: '',
    userAgent: '',
    ...change.facts,
  }
  const read = readTarget(target)
  assert.ok(read)
  const received = { wire: 'v1', space, target: read, args: change.args ?? {}, facts } as const
  return openedCall(received, change.proof && { ...proof, ...change.proof })
}

function said(opened: OpenedCall, policy: Partial<Policy> = {}): string {
  const judgement = judge(opened, { ...base, ...policy })
  return judgement.outcome === 'refused' ? judgement.code : (judgement.rule ?? 'admitted')
}

test('what no rule names is open in the mode of rules, and guarded in the mode of all', () => {
  assert.equal(said(call('f:echo')), 'admitted')
  assert.equal(said(call('f:echo'), { guards: 'all' }), 'ENVELOPE_REQUIRED')
  assert.equal(said(call('f:echo', { proof }), { guards: 'all' }), 'admitted')
  assert.equal(said(call('f:pay')), 'ENVELOPE_REQUIRED')
  assert.equal(said(call('f:pay', { proof })), 'pay #1')
  assert.equal(said(call('o:pay/now')), 'ENVELOPE_REQUIRED')
  assert.equal(said(call('f:pay'), { mode: 'off' }), 'admitted')
})

test('a plain call is told what its developer can mend first', () => {
  const rows: readonly (readonly [change: object, code: string])[] = [
    [{ appId: undefined }, 'APP_ID_MISSING'],
    [{ appId: 7 }, 'APP_ID_MISSING'],
    [{ deviceId: '' }, 'DEVICE_ID_MISSING'],
    [{ osName: undefined }, 'OS_NAME_MISSING'],
    [{ appId: 'B' }, 'APP_NOT_ASSOCIATED'],
    [{ uniPlatform: 'web' }, 'PLATFORM_NOT_ASSOCIATED'],
    [{ uniPlatform: 'app' }, 'ENVELOPE_REQUIRED'],
    [{ uniPlatform: 'app', osName: 'android' }, 'PLATFORM_NOT_ASSOCIATED'],
    [{}, 'ENVELOPE_REQUIRED'],
  ]
  for (const [change, code] of rows)
    assert.equal(said(call('f:pay', { facts: { clientInfo: { ...info, ...change } } })), code, JSON.stringify(change))
})

test('an app that is not associated is refused, also at open functions', () => {
  assert.equal(said(call('f:echo', { proof: { appId: 'B' } })), 'APP_NOT_ASSOCIATED')
  assert.equal(said(call('f:echo', { proof: { wxAppid: 'wx3' } })), 'PLATFORM_NOT_ASSOCIATED')
  assert.equal(said(call('f:echo', { proof: { platform: 'android' } })), 'PLATFORM_NOT_ASSOCIATED')
  assert.equal(said(call('f:echo', { proof: { wxAppid: 'wx2', version: 'development' } })), 'admitted')
})

test('the legacy wire proves the client, and meets no rule that asks for what it cannot give', () => {
  const rows: readonly (readonly [rule: object, code: string])[] = [
    [{}, 'pay #1'],
    [{ appId: 'A', platform: 'mp-weixin', version: 'production' }, 'pay #1'],
    [{ version: 'development' }, 'ENVELOPE_REJECTED'],
    [{ secretType: 'none', minLevel: 0 }, 'pay #1'],
    [{ secretType: 'both' }, 'ENVELOPE_REJECTED'],
    [{ secretType: 'request' }, 'ENVELOPE_REJECTED'],
    [{ minLevel: 1 }, 'ENVELOPE_REJECTED'],
    [{ fresh: true }, 'ENVELOPE_REJECTED'],
  ]
  for (const how of ['legacy-content', 'legacy-signature'] as const)
    for (const [rule, code] of rows) {
      const legacy = call('f:pay', { proof: { how, level: 3, fresh: true } })
      assert.equal(said(legacy, { rules: { pay: [rule] } }), code, JSON.stringify(rule))
    }
  assert.equal(said(call('f:pay', { proof: { how: 'legacy-content' } }), { legacyWire: false }), 'ENVELOPE_REJECTED')
})

test('the legacy wire is told from a client that encrypts too little', () => {
  const reasonOf = (how: ClientProof['how'], rule: Rule): string => {
    const judgement = judge(call('f:pay', { proof: { how, secretType: 'request' } }), {
      ...base,
      rules: { pay: [rule] },
    })
    return judgement.outcome === 'refused' ? judgement.reason : judgement.outcome
  }
  for (const rule of [{ secretType: 'request' }, { secretType: 'both' }, { minLevel: 1 }, { fresh: true }] as const)
    for (const how of ['legacy-content', 'legacy-signature'] as const)
      assert.match(reasonOf(how, rule), /^the legacy wire authenticates no secretType, level or fresh proof/)
  assert.match(reasonOf('legacy-content', { version: 'development' }), /the other version of the app/)
  assert.match(reasonOf('envelope', { secretType: 'both' }), /^less is encrypted/)
})

test('a sealed reply to a request that proves nothing does not open a guarded function', () => {
  assert.equal(said(call('f:pay', { facts: { secretType: 'response' } })), 'ENVELOPE_REQUIRED')
})

test('each source has a setting of its own, and no client’s word changes its source', () => {
  for (const source of ['http', 'timing', 'function', 'server'] as const) {
    const sources = { http: 'allow', timing: 'allow', function: 'allow', server: 'allow', files: 'refuse' } as const
    assert.equal(said(call('f:pay', { facts: { source } }), { sources }), 'admitted')
    assert.equal(
      said(call('f:pay', { facts: { source } }), { sources: { ...sources, [source]: 'refuse' } }),
      'ENVELOPE_REQUIRED',
    )
    assert.equal(
      said(call('f:echo', { facts: { source } }), { sources: { ...sources, [source]: 'refuse' } }),
      'admitted',
    )
  }
})

test('the stock client’s file methods are a source of their own, refused unless the policy says otherwise', () => {
  const files = (policy: Partial<Policy>): string => {
    const judged = { ...call('o:drawbridge-files/prepareUpload'), wire: 'files' } as const
    const judgement = judge(judged, { ...base, ...policy })
    return judgement.outcome === 'refused' ? judgement.code : judgement.outcome
  }
  const { files: _files, ...unsaid } = { ...base.sources, http: 'allow' } as const
  for (const rules of [{ 'drawbridge-files': [{}] }, { 'pay, drawbridge-files': [] }, { '*': [{}] }]) {
    for (const sources of [unsaid, { ...unsaid, files: 'refuse' } as const])
      assert.equal(files({ rules, sources }), 'ENVELOPE_REQUIRED')
    assert.equal(files({ rules, sources: { ...unsaid, files: 'allow' } }), 'admitted')
    const plain = call('o:drawbridge-files/prepareUpload')
    assert.equal(said(plain, { rules, sources: { ...unsaid, files: 'allow' } }), 'ENVELOPE_REQUIRED')
  }
  assert.equal(files({ guards: 'all', rules: {}, sources: unsaid }), 'ENVELOPE_REQUIRED')
  assert.equal(files({ rules: { pay: [{}] }, sources: unsaid }), 'admitted')
  assert.equal(files({ mode: 'off', guards: 'all', sources: unsaid }), 'admitted')
})

test('the handshake that gives a client its session is never guarded, and nothing beside it', () => {
  const all = { guards: 'all', rules: { '*': [], 'uni-id-co': [] } } as const
  assert.equal(said(call('o:uni-id-co/secureNetworkHandshakeByWeixin'), all), 'admitted')
  const args = { method: 'secureNetworkHandshakeByWeixin' }
  assert.equal(said(call('f:uni-id-co', { args }), all), 'admitted')
  assert.equal(said(call('o:uni-id-co/loginByWeixin', { args }), all), 'ENVELOPE_REQUIRED')
  assert.equal(said(call('o:pay/secureNetworkHandshakeByWeixin', { args }), all), 'ENVELOPE_REQUIRED')
})

test('only the mode decides whether a refused call goes on', () => {
  const refused = call('f:pay')
  for (const [mode, passes] of [
    ['enforce', false],
    ['monitor', true],
    ['off', true],
  ] as const)
    assert.equal(admit(refused, { ...base, mode }).admitted !== undefined, passes, mode)
  assert.equal(admit(refused, { ...base, mode: 'monitor' }).judgement.outcome, 'refused')
})

test('a policy that cannot be read refuses, and the reason says so', () => {
  const beside = (policy: readonly Rule[]) =>
    judge(call('f:pay', { proof }), { ...base, rules: withFunctionPolicies(base.rules, [{ name: 'pay', policy }]) })
  const reasonOf = (policy: readonly Rule[]): string => {
    const judgement = beside(policy)
    return judgement.outcome === 'refused' ? judgement.reason : ''
  }
  assert.match(reasonOf(unreadablePolicy), /cannot be read/)
  assert.match(reasonOf([]), /list of rules is empty/)
})
