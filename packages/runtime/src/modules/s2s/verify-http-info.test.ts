import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { startWorkerFixture } from '../../worker/worker-fixture.ts'
import { S2sError } from './s2s-error.ts'
import { s2sPayload } from './s2s-payload.ts'
import type { S2sData } from './s2s-payload.ts'
import { s2sPolicy } from './s2s-policy.ts'
import type { S2sFile } from './s2s-policy.ts'
import { secureHeaders } from './secure-headers.ts'
import { verifyHttpInfo } from './verify-http-info.ts'
import type { S2sHttpInfo } from './verify-http-info.ts'

interface Step {
  readonly op: 's2sSign' | 's2sVerify'
  readonly data?: S2sData
  readonly httpInfo?: S2sHttpInfo
  readonly expect: { readonly ok: boolean; readonly value?: unknown; readonly code?: number }
}

interface CaseFile {
  readonly t0: number
  readonly configs: Readonly<Record<string, { readonly 'uni-cloud-s2s'?: S2sFile }>>
  readonly cases: readonly {
    readonly id: string
    readonly title: string
    readonly config: string
    readonly t0?: number
    readonly needs: readonly string[]
    readonly steps: readonly Step[]
  }[]
}

type Vector = Readonly<Record<'hmac-sha256' | 'signKey' | 'payloadStr', string>> &
  Readonly<Partial<Record<'md5' | 'sha1' | 'sha256', string>>> & { readonly timestamp: number; readonly data: S2sData }

function vectorFile(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../../../../test/vectors/${name}`, import.meta.url), 'utf8'))
}

const { cases, configs, t0 } = vectorFile('open-bridge-cases.json') as CaseFile
const { s2s, s2s2 } = vectorFile('unicloud.json') as { readonly s2s: Vector; readonly s2s2: Vector }

/** Where ours does better than what was recorded: outcome by step. */
const better: Readonly<Record<string, readonly unknown[]>> = {
  's2-08': [
    { 'Unicloud-S2s-Timestamp': '1677743381925', 'Unicloud-S2s-Signature': `sha256 ${s2s.sha256}` },
    true,
    51000,
  ],
  's2-25': [51000],
}

function outcome({ op, data, httpInfo }: Step, config: S2sFile, now: number): unknown {
  try {
    const policy = s2sPolicy(config)
    return op === 's2sSign' ? secureHeaders(policy, data, now) : httpInfo && verifyHttpInfo(policy, httpInfo, now)
  } catch (error) {
    assert.ok(error instanceof S2sError)
    assert.equal(error.errSubject, 'uni-cloud-s2s')
    return error.errCode
  }
}

for (const each of cases.filter(({ needs }) => needs.includes('s2s')))
  test(`${each.id}: ${each.title}${better[each.id] ? ' (ours does better)' : ''}`, () => {
    const config = configs[each.config]?.['uni-cloud-s2s'] ?? {}
    for (const [i, step] of each.steps.entries()) {
      const { ok, value, code } = step.expect
      assert.deepEqual(outcome(step, config, each.t0 ?? t0), better[each.id]?.[i] ?? (ok ? value : code), `step ${i}`)
    }
  })

test('the documented vectors are made with every hash method', () => {
  for (const { timestamp, data, signKey, payloadStr, ...digests } of [s2s, s2s2]) {
    assert.equal(s2sPayload(data), payloadStr)
    for (const hashMethod of ['md5', 'sha1', 'sha256', 'hmac-sha256'] as const) {
      const digest = digests[hashMethod]
      if (digest === undefined) continue
      const headers = secureHeaders(s2sPolicy({ type: 'sign', signKey, hashMethod }), data, timestamp)
      assert.equal(headers['Unicloud-S2s-Signature'], `${hashMethod} ${digest}`)
    }
  }
})

test('a peer that hashes with MD5 under the name sha256 can be spoken to', () => {
  const policy = s2sPolicy({ type: 'sign', signKey: s2s.signKey, hashMethod: 'sha256', md5AsSha256: true })
  assert.equal(secureHeaders(policy, s2s.data, s2s.timestamp)['Unicloud-S2s-Signature'], `sha256 ${s2s.md5}`)
})

test('a timestamp that is no number is refused', () => {
  const headers = { 'unicloud-s2s-timestamp': 'x', 'unicloud-s2s-signature': 'hmac-sha256 00' }
  const policy = s2sPolicy({ type: 'sign', signKey: 'k' })
  assert.throws(() => verifyHttpInfo(policy, { httpMethod: 'GET', headers }, 0), { errCode: 51000 })
})

test('a function signs and checks with the configuration of its project', async () => {
  await using worker = await startWorkerFixture({
    'common/uni-config-center/uni-cloud-s2s/config.json': `{ "type": "sign", "signKey": "k" }`,
    'f/index.js': `const { getSecureHeaders, verifyHttpInfo } = require('uni-cloud-s2s')
      exports.main = () => {
        const headers = { ...getSecureHeaders({ data: { a: 1 } }), 'Content-Type': 'application/json' }
        const check = (body) => { try { return verifyHttpInfo({ httpMethod: 'POST', headers, body }) } catch (e) { return e } }
        const { errCode, errSubject, message } = check('{"a":2}')
        return [check('{"a":1}'), errCode, errSubject, message]
      }`,
  })
  assert.deepEqual((await worker.call('f')).value, [true, 51000, 'uni-cloud-s2s', 'Access denied'])
})
