import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Rule } from '@drawbridge/protocol'
import type { CallFacts } from '@drawbridge/runtime'
import type { GatewayRoute } from '../../gateway/gateway-config.ts'
import type { ClientProof } from '../client-proof.ts'
import { secureNetworkOff } from '../config-policies.ts'
import { judge } from '../judge.ts'
import { openedCall } from '../opened-call.ts'
import { passPolicy } from '../pass-policy.ts'
import type { Policy } from '../policy-source.ts'
import type { OpenedCall } from '../admitted-call.ts'
import type { Target } from '../target.ts'
import type { Verdict } from '../verdict.ts'
import { dryRun } from './dry-run.ts'
import { blurredCall, keptCall } from './kept-call.ts'
import { nameRoutes } from './name-routes.ts'
import type { CallTally } from './verdict-store.ts'

const workers = { max: 1, memoryMb: 128, timeoutSeconds: 10, queueMax: 10 }
const space = { spaceId: 'shop', clientSecret: 's', origins: [], provider: 'aliyun', workers, environment: {} }

const target: fc.Arbitrary<Target> = fc.constantFrom<Target>(
  { kind: 'function', name: 'pay' },
  { kind: 'function', name: 'refund' },
  { kind: 'object', name: 'todo', method: 'add' },
  { kind: 'object', name: 'todo', method: '' },
  { kind: 'object', name: 'uni-id-co', method: 'secureNetworkHandshakeByWeixin' },
  { kind: 'object', name: 'uni-id-co', method: 'login' },
)
const said = fc.constantFrom('', 'A', 'B')
const clientInfo = fc.record({
  appId: said,
  deviceId: fc.constantFrom('', 'd'),
  osName: fc.constantFrom('', 'android', 'ios'),
  uniPlatform: fc.constantFrom('', 'app', 'mp-weixin'),
})
const proof: fc.Arbitrary<ClientProof> = fc.record({
  appId: fc.constantFrom('A', 'B', 'C'),
  platform: fc.constantFrom('mp-weixin', 'android'),
  version: fc.constantFrom('production', 'development'),
  deviceId: fc.constant('d'),
  level: fc.constantFrom(0, 1, 2, 3),
  secretType: fc.constantFrom('none', 'request', 'response', 'both'),
  fresh: fc.boolean(),
  how: fc.constantFrom('envelope', 'legacy-content', 'legacy-signature'),
})
const call: fc.Arbitrary<OpenedCall> = fc
  .record({
    target,
    clientInfo,
    proof: fc.option(proof, { nil: undefined }),
    source: fc.constantFrom('client', 'client', 'http', 'timing', 'function', 'server', 'files'),
  })
  .map(({ target: aimed, clientInfo: info, proof: shown, source }) => {
    const isFiles = source === 'files'
    const facts: CallFacts = {
      source: isFiles ? 'client' : source,
      requestId: 'r',
      secretType: 'none',
      clientInfo: info,
      clientIp: '192.0.2.1',
      userAgent: '',
    }
    const wire = isFiles ? 'files' : 'v1'
    return openedCall({ wire, space, target: aimed, args: {}, facts }, source === 'client' ? shown : undefined)
  })

const rule: fc.Arbitrary<Rule> = fc.record(
  {
    appId: fc.constantFrom('A', 'B'),
    platform: fc.constantFrom('mp-weixin', 'android'),
    version: fc.constantFrom('production', 'development'),
    minLevel: fc.constantFrom(0, 1, 2, 3),
    secretType: fc.constantFrom('none', 'request', 'response', 'both'),
    fresh: fc.boolean(),
  },
  { requiredKeys: [] },
)
const key = fc.constantFrom('pay', 'pay, todo', 'uni-id-co', 'h:pay', '*')
const passes = fc.constantFrom<'allow' | 'refuse'>('allow', 'refuse')
const policy: fc.Arbitrary<Policy> = fc.record({
  revision: fc.constant(1),
  mode: fc.constantFrom('off', 'monitor', 'enforce'),
  guards: fc.constantFrom('all', 'rules'),
  rules: fc.dictionary(key, fc.array(rule, { maxLength: 3 })),
  apps: fc.constantFrom(
    [{ appId: 'A', platform: 'mp-weixin', release: ['wx'], development: [] }],
    ['mp-weixin', 'android'].flatMap((platform) =>
      ['A', 'B'].map((appId) => ({ appId, platform, release: [], development: [] })),
    ),
  ),
  sources: fc.record({ http: passes, timing: passes, function: passes, server: passes, files: passes }),
  legacyWire: fc.boolean(),
  allowsLegacyOpenid: fc.constant(false),
})

function talliesOf(verdicts: readonly Verdict[]): readonly CallTally[] {
  return verdicts.map((verdict) => ({ hour: 0, call: keptCall(verdict), count: 1 }))
}

test('a dry run says of every call what the judgement itself says, whatever policy it came under', () => {
  fc.assert(
    fc.property(call, policy, policy, (made, then, wanted) => {
      const verdicts: Verdict[] = []
      passPolicy(made, then, { verdicts: { record: (verdict) => void verdicts.push(verdict) }, now: () => 0 })
      const judgement = judge(made, { ...wanted, mode: 'enforce' })
      const { rows, ...counts } = dryRun(talliesOf(verdicts), wanted)
      const isRefused = judgement.outcome === 'refused'
      assert.deepEqual(
        [counts.calls, counts.admitted, counts.refused, counts.refusedBefore, counts.unclear],
        [1, isRefused ? 0 : 1, isRefused ? 1 : 0, 0, 0],
      )
      const wasRefused = verdicts[0]?.outcome === 'refused'
      assert.equal(counts.newlyRefused, isRefused && !wasRefused ? 1 : 0)
      assert.equal(counts.newlyAdmitted, !isRefused && wasRefused ? 1 : 0)
      if (judgement.outcome !== 'refused') return assert.deepEqual(rows, [])
      const { code, reason, rule: decided } = rows[0] ?? {}
      assert.deepEqual([code, reason, decided], [judgement.code, judgement.reason, judgement.rule])
    }),
    { numRuns: 5000 },
  )
})

const base: Verdict = {
  at: 0,
  requestId: 'r',
  spaceId: 'shop',
  wire: 'v1',
  target: 'f:pay',
  outcome: 'admitted',
  byPolicy: true,
  evidence: { source: 'client', proven: false, appId: 'A', uniPlatform: 'mp-weixin', osName: 'android' },
}
const guarding: Policy = { ...secureNetworkOff, revision: 1, rules: { pay: [{}] } }

test('what was refused before any rule stays refused, and what came in too many shapes is told apart', () => {
  const { byPolicy: _byPolicy, ...unopened } = base
  const tallies = talliesOf([{ ...unopened, outcome: 'refused', code: 'ENVELOPE_REJECTED' }, base])
  const blurred = { hour: 0, call: blurredCall(keptCall(base)), count: 5 }
  const { rows: _rows, rowsLeftOut: _left, ...counts } = dryRun([...tallies, blurred], guarding)
  assert.deepEqual(counts, {
    calls: 7,
    admitted: 0,
    refused: 1,
    newlyRefused: 1,
    newlyAdmitted: 0,
    refusedBefore: 1,
    unclear: 5,
  })
})

test('equal calls of many hours are one row, and the most frequent comes first', () => {
  const other = { ...base, target: 'o:pay/add' }
  const tallies = [
    { hour: 0, call: keptCall(other), count: 2 },
    { hour: 0, call: keptCall(base), count: 3 },
    { hour: 3_600_000, call: keptCall({ ...base, outcome: 'refused' as const }), count: 4 },
  ]
  const { rows } = dryRun(tallies, guarding)
  assert.deepEqual(
    rows.map((row) => [row.target, row.calls, row.refusedThen, row.code]),
    [
      ['f:pay', 7, 4, 'APP_NOT_ASSOCIATED'],
      ['o:pay/', 2, 0, 'APP_NOT_ASSOCIATED'],
    ],
  )
})

const ownApps: Policy['apps'] = [{ appId: 'A', platform: 'android', release: [], development: [] }]

test('apps and systems that strangers invent are one row with their number, apart from the app that is known', () => {
  const claimed = (index: number, appId: string) => ({
    hour: 0,
    call: keptCall({ ...base, evidence: { source: 'client', proven: false, appId, osName: `os${index}` } }),
    count: 1,
  })
  const invented = Array.from({ length: 300 }, (_, index) => claimed(index, `app${index % 100}`))
  const known = { ...base, evidence: { source: 'client', proven: false, appId: 'A', osName: 'Android' } }
  const tallies = [...invented, claimed(1, 'A'), claimed(2, 'A'), { hour: 0, call: keptCall(known), count: 5 }]
  assert.deepEqual(
    dryRun(tallies, { ...guarding, apps: ownApps }).rows.map(({ calls, code, appId, platform, unknownApps }) => [
      calls,
      code,
      appId,
      platform,
      unknownApps,
    ]),
    [
      [300, 'APP_NOT_ASSOCIATED', '', '', 100],
      [5, 'ENVELOPE_REQUIRED', 'A', 'Android', undefined],
      [2, 'PLATFORM_NOT_ASSOCIATED', 'A', '', undefined],
    ],
  )
})

test('calls that are no client’s are told apart by nothing that they claim', () => {
  const by = (appId: string) => ({ ...base, evidence: { source: 'http', proven: false, appId, osName: appId } })
  const refusing = { ...guarding, apps: ownApps, sources: { ...guarding.sources, http: 'refuse' as const } }
  const { rows } = dryRun(talliesOf(['A', 'B', 'C'].map(by)), refusing)
  assert.deepEqual(
    rows.map(({ calls, source, appId, unknownApps }) => [calls, source, appId, unknownApps]),
    [[3, 'http', '', undefined]],
  )
})

test('a report has at most 500 rows, and tells how many it leaves out', () => {
  const calls = Array.from({ length: 700 }, (_, index) => ({ ...base, target: `f:name${index}` }))
  const { rows, rowsLeftOut, refused } = dryRun(talliesOf(calls), { ...guarding, guards: 'all' })
  assert.deepEqual([rows.length, rowsLeftOut, refused], [500, 200, 700])
})

test('calls of a route are held against its own list, else against what the rules say of its name', () => {
  const route: GatewayRoute = {
    name: 'pay',
    path: '/pay/:id',
    upstream: 'http://127.0.0.1:1',
    stripPrefix: '',
    bodyMaxBytes: 1,
    timeoutMs: 1,
    plain: 'refuse',
    responseHeaders: [],
  }
  const proven = { source: 'client', proven: true, appId: 'A', platform: 'mp-weixin', how: 'envelope' } as const
  const evidence = { ...proven, version: 'production', level: 0, secretType: 'request', fresh: false }
  const kept = keptCall({ ...base, target: 'h:POST /pay/7', evidence }, nameRoutes([route]))
  const apps = [{ appId: 'A', platform: 'mp-weixin', release: [], development: [] }]
  const refusedBy = (rules: Policy['rules'], policy?: readonly Rule[]) => {
    const wanted = { ...secureNetworkOff, apps, revision: 1, rules }
    return dryRun([{ hour: 0, call: kept, count: 1 }], wanted, [{ ...route, ...(policy && { policy }) }]).rows.map(
      ({ functionName, rule: decided }) => `${functionName} by ${String(decided)}`,
    )
  }
  const strict: readonly Rule[] = [{ secretType: 'both' }]
  assert.deepEqual(refusedBy({}), [])
  assert.deepEqual(refusedBy({ 'h:pay': strict }), ['h:pay by h:pay'])
  assert.deepEqual(refusedBy({ 'h:pay': [{}] }), [])
  assert.deepEqual(refusedBy({ 'h:pay': [{}] }, strict), ['h:pay by h:pay'])
  assert.deepEqual(refusedBy({ 'h:POST /pay/7': strict }), [])
})
