import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { Caller } from '../../callers/caller.ts'
import { parseScope } from '../../callers/scope.ts'
import { createConfigPolicies, secureNetworkOff } from '../../secure-network/config-policies.ts'
import { openDesk } from '../../secure-network/verdicts/open-desk.ts'
import { secureNetworkRoutes } from './secure-network-routes.ts'

const NOW = 1_800_000_000_000
const workers = { max: 1, memoryMb: 128, timeoutSeconds: 10, queueMax: 10 }
const shop = { spaceId: 'shop', clientSecret: 's', origins: [], provider: 'aliyun', workers, environment: {} }

interface Asked {
  readonly query?: object
  readonly body?: object
  readonly scope?: string
}

type Routes = ReturnType<typeof secureNetworkRoutes>

async function ask(routes: Routes, id: string, { query = {}, body, scope = '*:*:admin' }: Asked): Promise<unknown> {
  const route = routes.find(({ operationId }) => operationId === id)
  assert.ok(route)
  const caller: Caller = { id: 'token:1', scheme: 'bearer', scopes: [parseScope(scope)], covers: 'request' }
  const visit = { requestId: 'r1', outsideRequestId: undefined, at: NOW, address: '192.0.2.1' }
  const bytes = body && new TextEncoder().encode(JSON.stringify(body))
  const answer = await route.prepare({ params: {}, query, headers: {}, body: bytes })(caller, visit)
  assert.ok(typeof answer.body === 'string')
  return JSON.parse(answer.body)
}

async function world(context: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-routes-'))
  const desk = await openDesk({
    spaces: [shop],
    base: createConfigPolicies({ ...secureNetworkOff, mode: 'monitor' }),
    policiesPath: join(folder, 'spaces.db'),
    verdictsPath: join(folder, 'verdicts.db'),
    keepDays: 30,
    maxRows: 1000,
    now: () => NOW,
    sleep: (_ms, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
  })
  context.after(async () => {
    await desk.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const routes = secureNetworkRoutes({ ...desk, now: () => NOW })
  return { desk, ask: (id: string, asked: Asked = {}) => ask(routes, id, { query: { space: 'shop' }, ...asked }) }
}

test('a policy is read, changed with its revision, and reset, and its changes are listed', async (context) => {
  const { ask } = await world(context)
  assert.deepEqual(await ask('readPolicy'), {
    spaceId: 'shop',
    origin: 'configuration',
    revision: 0,
    mode: 'monitor',
    guards: 'rules',
    rules: {},
    effectiveRules: {},
  })
  const rules = { 'pay,uni-clientDB': [{ appId: 'X' }] }
  const changed = (await ask('changePolicy', { body: { mode: 'enforce', rules, revision: 0 } })) as object
  const written = { 'pay, DCloud-clientDB': [{ appId: 'X' }] }
  assert.deepEqual(changed, {
    spaceId: 'shop',
    origin: 'stored',
    revision: 1,
    changedAt: NOW,
    changedBy: 'token:1',
    mode: 'enforce',
    guards: 'rules',
    rules: written,
    effectiveRules: written,
  })
  await assert.rejects(ask('changePolicy', { body: { mode: 'off', revision: 0 } }), { code: 'POLICY_CHANGED' })
  await assert.rejects(ask('resetPolicy', { query: { space: 'shop', revision: '0' } }), { code: 'POLICY_CHANGED' })
  const reset = (await ask('resetPolicy', { query: { space: 'shop', revision: '1' } })) as { origin: string }
  assert.equal(reset.origin, 'configuration')
  const { items } = (await ask('listPolicyChanges')) as { items: readonly Record<string, unknown>[] }
  assert.deepEqual(items, [
    { revision: 2, at: NOW, caller: 'token:1', address: '192.0.2.1', requestId: 'r1' },
    {
      revision: 1,
      at: NOW,
      caller: 'token:1',
      address: '192.0.2.1',
      requestId: 'r1',
      content: { mode: 'enforce', guards: 'rules', rules: written },
    },
  ])
})

test('rules with a mistake are refused with place and remedy, and change nothing', async (context) => {
  const { ask } = await world(context)
  await assert.rejects(ask('changePolicy', { body: { mode: 'off', rules: { pay: [{ minLevel: 9 }] } } }), (error) => {
    const { code, detail } = error as { code: string; detail: Record<string, unknown> }
    assert.deepEqual([code, detail['path'], detail['mistakes']], ['RULES_INVALID', 'rules.pay[0].minLevel', 1])
    return true
  })
  assert.equal(((await ask('readPolicy')) as { revision: number }).revision, 0)
  await assert.rejects(ask('changePolicy', { body: { mode: 'on' } }), { code: 'REQUEST_INVALID' })
  await assert.rejects(ask('readPolicy', { query: { space: 'nowhere' } }), { code: 'SPACE_UNKNOWN' })
})

test('verdicts come with their remedy, filtered and by the page', async (context) => {
  const { ask, desk } = await world(context)
  const verdict = {
    at: NOW,
    requestId: 'r1',
    spaceId: 'shop',
    wire: 'v1',
    outcome: 'would-refuse',
    code: 'ENVELOPE_REQUIRED',
    reason: 'plain',
    byPolicy: true,
    evidence: { source: 'client', proven: false },
  } as const
  for (const name of ['a', 'b', 'c']) desk.verdicts.record({ ...verdict, target: `f:${name}` })
  const page = async (query: object) =>
    (await ask('queryVerdicts', { query })) as {
      items: readonly { target: string; remedy: { en: string } }[]
      next: number | null
    }
  const first = await page({ limit: '2', outcome: 'would-refuse' })
  assert.deepEqual([first.items.map(({ target }) => target), first.next], [['f:c', 'f:b'], 2])
  assert.ok((first.items[0]?.remedy.en.length ?? 0) > 0)
  const second = await page({ limit: '2', before: String(first.next) })
  assert.deepEqual([second.items.map(({ target }) => target), second.next], [['f:a'], null])
  assert.deepEqual((await page({ function: 'b' })).items.length, 1)
  assert.deepEqual((await page({ space: 'other' })).items, [])
})

test('a dry run tells what rules would refuse of the calls that came, and changes nothing', async (context) => {
  const { ask, desk } = await world(context)
  const evidence = { source: 'client', proven: false, appId: 'X', uniPlatform: 'mp-weixin', osName: 'ios' }
  for (let index = 0; index < 3; index += 1)
    desk.verdicts.record({
      at: NOW,
      requestId: `r${index}`,
      spaceId: 'shop',
      wire: 'unicloud',
      target: 'f:pay',
      outcome: 'admitted',
      byPolicy: true,
      evidence,
    })
  const sums = async (asked: Asked) => {
    const { calls, refused } = (await ask('dryRunPolicy', asked)) as { calls: number; refused: number }
    return [calls, refused]
  }
  assert.deepEqual(await sums({}), [3, 0])
  assert.deepEqual(await sums({ body: { rules: { pay: [{}] }, days: 1 } }), [3, 3])
  assert.deepEqual(await sums({ body: { guards: 'all' } }), [3, 3])
  assert.equal(((await ask('readPolicy')) as { revision: number }).revision, 0)
})

test('all of it is for administrators only', async (context) => {
  const { ask, desk } = await world(context)
  const all = ['readPolicy', 'changePolicy', 'resetPolicy', 'listPolicyChanges', 'queryVerdicts', 'dryRunPolicy']
  for (const id of all) {
    const isChange = id === 'changePolicy'
    for (const scope of ['*:*:read', 'wx1:*:admin'])
      await assert.rejects(ask(id, { scope, ...(isChange && { body: { mode: 'off' } }) }), { code: 'CALLER_FORBIDDEN' })
  }
  assert.equal(desk.policies.show('shop').revision, 0)
})

test('a server without spaces has no policy and no verdicts', async () => {
  const routes = secureNetworkRoutes({ policies: undefined, verdicts: undefined, now: () => NOW })
  await assert.rejects(ask(routes, 'readPolicy', { query: { space: 'shop' } }), { code: 'SPACE_UNKNOWN' })
  assert.deepEqual(await ask(routes, 'queryVerdicts', {}), { items: [], next: null })
})
