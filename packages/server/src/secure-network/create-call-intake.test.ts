import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { CallFacts, JsonObject } from '@drawbridge/runtime'
import type { Space } from '../spaces/space.ts'
import { secureNetworkOff } from './config-policies.ts'
import { createCallIntake } from './create-call-intake.ts'
import { openedCall } from './opened-call.ts'
import type { Opener } from './opener.ts'
import type { Policy } from './policy-source.ts'
import { refuse } from './refusal.ts'
import type { AdmittedCall } from './admitted-call.ts'
import type { Verdict } from './verdict.ts'

const space: Space = {
  spaceId: 's',
  clientSecret: 'c',
  origins: [],
  provider: 'aliyun',
  workers: { max: 1, memoryMb: 64, timeoutSeconds: 1, queueMax: 1 },
  environment: {},
}
const facts: CallFacts = {
  source: 'client',
  requestId: 'r',
  secretType: 'none',
  clientInfo: { appId: 'A', deviceId: 'd', osName: 'ios', uniPlatform: 'mp-weixin' },
  clientIp: '203.0.113.7',
  userAgent: '',
}
const guarded: Partial<Policy> = {
  mode: 'enforce',
  guards: 'all',
  apps: [{ appId: 'A', platform: 'mp-weixin', release: ['wx1'], development: [] }],
}

function opened(policy: Partial<Policy> = {}, opener?: Opener) {
  const ran: AdmittedCall[] = []
  const verdicts: Verdict[] = []
  const intake = createCallIntake({
    path: {
      answer(call) {
        ran.push(call)
        return call.args['boom'] === true ? Promise.reject(new Error('boom')) : Promise.resolve('{"ran":true}')
      },
      kindOf: (_spaceId, name) => (name === 'nobody' ? undefined : name === 'todo' ? 'object' : 'function'),
    },
    policies: { current: () => ({ ...secureNetworkOff, revision: 1, ...policy }) },
    verdicts: { record: (verdict) => void verdicts.push(verdict) },
    now: () => 7,
    opener,
  })
  const answer = async (args: JsonObject = {}, more: Partial<CallFacts> = {}, name = 'pay') =>
    JSON.parse(await intake.answer({ space, name, args, facts: { ...facts, ...more } })) as Record<string, unknown>
  return { answer, ran, verdicts }
}

/** Opens whatever comes as content of a client of A. */
const openAll: Opener = {
  open: (call) =>
    Promise.resolve({
      opened: openedCall(
        { ...call, args: { a: 1 }, facts: { ...call.facts, secretType: 'both' } },
        {
          ...{ appId: 'A', platform: 'mp-weixin', version: 'production', deviceId: 'd', wxAppid: 'wx1', level: 0 },
          ...{ secretType: 'both', fresh: false, how: 'legacy-content' },
        },
      ),
      seal: (reply) => JSON.stringify('result' in reply ? { content: reply.result } : { failed: true }),
    }),
}
const content = { content: 'x', _uniCloudOptions: { secretType: 'both', encryptKeyId: 1 } }
const signed = { a: 1, _uniCloudOptions: { verifyClientSign: 'x', encryptKeyId: 1 } }

test('a client that is refused reads it in the result, other sources are thrown it', async () => {
  const { answer, ran, verdicts } = opened({ ...guarded, sources: { ...secureNetworkOff.sources, http: 'refuse' } })
  const { errCode, errSubject } = await answer()
  assert.deepEqual([errCode, errSubject], [70008, 'uni-secure-network'])
  await assert.rejects(answer({}, { source: 'http', clientInfo: {} }), { code: 'ENVELOPE_REQUIRED' })
  assert.deepEqual(await answer({}, { source: 'timing', timer: { trigger: 't', dueAt: 1 } }, 'todo'), { ran: true })
  assert.deepEqual(
    verdicts.map(({ wire, target, outcome }) => `${wire} ${target} ${outcome}`),
    ['unicloud f:pay refused', 'http f:pay refused', 'timing o:todo/_timing admitted'],
  )
  assert.equal(ran.length, 1)
})

test('a name that nobody has is not found before any policy, and leaves no verdict', async () => {
  const { answer, verdicts } = opened(guarded)
  await assert.rejects(answer({}, {}, 'nobody'), { code: 'FUNCTION_NOT_FOUND' })
  assert.deepEqual(verdicts, [])
})

test('what comes protected is opened, admitted as what was inside, and sealed again', async () => {
  const { answer, ran } = opened({ ...guarded, legacyWire: true }, openAll)
  assert.deepEqual(await answer(content), { content: '{"ran":true}' })
  assert.deepEqual([ran[0]?.args, ran[0]?.facts.secretType, ran[0]?.proof?.how], [{ a: 1 }, 'both', 'legacy-content'])
})

test('an opener’s refusal, and one of the policy, are results in clear; nothing runs', async () => {
  const refusing: Opener = { open: () => Promise.resolve(refuse('ENVELOPE_REJECTED', 'why, for the operator')) }
  const first = opened({ ...guarded, legacyWire: true }, refusing)
  const told = await first.answer(content)
  assert.equal(told['errCode'], 70004)
  assert.ok(!JSON.stringify(told).includes('operator'))
  assert.equal(first.verdicts[0]?.reason, 'why, for the operator')
  const second = opened({ ...guarded, legacyWire: true, rules: { pay: [{ secretType: 'both' }] } }, openAll)
  assert.equal((await second.answer(content))['errCode'], 70004)
  assert.equal(first.ran.length + second.ran.length, 0)
})

test('where the legacy wire is off, sealed content is refused and a signature proves nothing', async () => {
  for (const policy of [{ ...guarded, legacyWire: false }, { legacyWire: true }, {}]) {
    const { answer, ran } = opened(policy, openAll)
    assert.equal((await answer(content))['errCode'], 60200)
    assert.equal(ran.length, 0)
  }
  const off = opened({}, openAll)
  assert.deepEqual(await off.answer(signed), { ran: true })
  assert.deepEqual(off.ran[0]?.args, { a: 1 })
  const on = opened({ ...guarded, legacyWire: false }, openAll)
  assert.equal((await on.answer(signed))['errCode'], 70008)
})

test('other sources have no options: what a function passes on under that name is its own data', async () => {
  const { answer, ran } = opened({ ...guarded, legacyWire: true }, openAll)
  await answer(content, { source: 'function', clientInfo: {} })
  assert.deepEqual(ran[0]?.args, content)
})

test('a function that throws inside a protected call is told by the opener’s seal', async () => {
  const throwing: Opener = {
    async open(call, policy) {
      const opening = await openAll.open(call, policy)
      return 'opened' in opening
        ? { ...opening, opened: openedCall({ ...opening.opened, args: { boom: true } }, opening.opened.proof) }
        : opening
    },
  }
  const { answer } = opened({ ...guarded, legacyWire: true }, throwing)
  assert.deepEqual(await answer(content), { failed: true })
})

test('nothing but admit makes an admitted call', () => {
  const root = join(import.meta.dirname, '..')
  const makers = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .filter((name) => /as (unknown as )?AdmittedCall/.test(readFileSync(join(root, name), 'utf8')))
  assert.deepEqual(makers, ['secure-network/admit.ts'])
})
