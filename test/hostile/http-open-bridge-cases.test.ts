import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { App } from '@drawbridge/bridge'
import { readUniConfigCenter } from '@drawbridge/server'
import { startOpenBridgeStub } from '../vectors/open-bridge-stub.ts'
import { openHttpWorld } from './http-world.ts'
import type { Reply } from './http-world.ts'

interface Step {
  readonly http?: string
  readonly call?: string
  readonly op?: string
  readonly body?: unknown
  readonly key?: Readonly<Record<string, unknown>>
  readonly value?: unknown
  readonly expiresIn?: unknown
  readonly clientIP?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly isBase64Encoded?: boolean
  readonly openid?: string
  readonly session_key?: string
  readonly list?: readonly unknown[]
  readonly expect?: Expectation
}

interface Expectation {
  readonly ok: boolean
  readonly value?: unknown
  readonly message?: string
  readonly code?: string | number
}

interface Case {
  readonly id: string
  readonly title: string
  readonly config: string
  readonly needs: readonly string[]
  readonly compare?: string
  readonly steps: readonly Step[]
}

const file = new URL('../vectors/open-bridge-cases.json', import.meta.url)
const { cases, configs } = JSON.parse(readFileSync(file, 'utf8')) as {
  readonly cases: readonly Case[]
  readonly configs: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/** Where ours does what `better` says; by step. Each is told of in docs/reference/differences-from-uni-open-bridge.md. */
const ours: Readonly<Record<string, readonly Expectation[]>> = {
  // The misspelt key is read, with a warning.
  'ht-11': [{ ok: true, value: { access_token: 'STABLE_wxmp000000000001_1' } }],
  'ht-16': [{ ok: true, value: { access_token: 'STABLE_wxmp000000000001_1' } }],
  // A function cannot come over the wire, so the field is ignored.
  'ht-24': [{ ok: true, value: null }],
}

const overHttp = ({ needs }: Case): boolean => needs.includes('http') && !needs.includes('cloud-object-call')

for (const each of cases.filter(overHttp)) {
  test(`${each.id}: ${each.title}${ours[each.id] ? ' (ours does better)' : ''}`, async (t) => {
    const config = configs[each.config] ?? {}
    const files = new Map(
      Object.entries(config).map(([name, content]) => [`${name}/config.json`, JSON.stringify(content)]),
    )
    const { apps, allowList } = readUniConfigCenter(files, {
      tokenEndpointOf: (platform: App['platform']) => (platform === 'weixin-h5' ? 'legacy' : undefined),
    })
    const time: { now: () => number } = { now: Date.now }
    const stub = await startOpenBridgeStub(() => time.now())
    t.after(() => stub.close())
    // The reference's gateway says where a request came from; here a declared proxy does.
    const world = await openHttpWorld(t, {
      apps,
      callers: { allowList, signing: [] },
      trustedProxies: ['127.0.0.1'],
      upstream: { weixin: stub.url, qq: stub.url, graphQq: stub.url, timeoutMs: 2_000 },
    })
    time.now = world.now

    const post = (method: string, step: Step, body: unknown): Promise<Reply> =>
      world.call('POST', `/uni-open-bridge/${method}`, {
        body,
        headers: {
          'x-forwarded-for': step.clientIP ?? '127.0.0.1',
          ...(step.isBase64Encoded === true && { 'x-body-encoding': 'base64' }),
          ...step.headers,
        },
      })
    const run = async (step: Step): Promise<Expectation> => {
      if (step.http !== undefined) return outcome(await post(step.http, step, step.body))
      if (step.call !== undefined) {
        return outcome(await post(step.call, step, { ...step.key, value: step.value, expiresIn: step.expiresIn }))
      }
      if (step.op === 'wxSession') stub.session(String(step.openid), String(step.session_key))
      else if (step.op === 'wxKeys') stub.keys(String(step.openid), step.list ?? [])
      else if (step.op === 'wxCalls') return { ok: true, value: stub.calls() }
      else if (step.op === 'dbCount')
        return { ok: true, value: (await world.server.replica.bridge.list({ limit: 10 })).length }
      else assert.fail(`unknown step ${JSON.stringify(step)}`)
      return { ok: true, value: null }
    }

    for (const [i, step] of each.steps.entries()) {
      const expected = ours[each.id]?.[i] ?? step.expect
      const actual = await run(step)
      if (!expected) continue
      assert.equal(actual.ok, expected.ok, `step ${i}: ${JSON.stringify(actual)}`)
      if (expected.ok) assert.deepEqual(actual.value, expected.value, `step ${i}`)
      else if (each.compare !== 'fails') {
        assert.equal(actual.message, expected.message, `step ${i}`)
        if (expected.code !== undefined) assert.equal(actual.code, expected.code, `step ${i}`)
      }
    }
  })
}

function outcome({ status, json, text }: Reply): Expectation {
  if (status === 200) return { ok: true, value: json }
  const { errCode, errMsg } = json as { errCode: string | number; errMsg: string }
  assert.ok(status >= 400, text)
  return { ok: false, message: errMsg, code: errCode }
}
