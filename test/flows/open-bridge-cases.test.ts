import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { s2sSign, s2sVerify } from '@drawbridge/server'
import type { S2sFile } from '@drawbridge/server'
import { startRedis } from '@drawbridge/bridge/testing'
import { readCases } from './open-bridge-cases.ts'
import type { Case, Expectation, Step } from './open-bridge-cases.ts'
import { asAppSees, hostOperations, isForFunctionHost, longCode } from './open-bridge-cases-host.ts'
import { withEarlier, withMatches } from './open-bridge-cases-matchers.ts'
import { openWorld } from './open-bridge-world.ts'
import type { World } from './open-bridge-world.ts'

const { cases, configs, t0 } = readCases()

/**
 * Where ours differs on purpose: by case, the expectations of the steps that differ, by index. Each is described in
 * docs/reference/differences-from-uni-open-bridge.md.
 */
const ours: Readonly<Record<string, Readonly<Record<number, Expectation>>>> = {
  // One rule for every layer, checked before any write.
  'at-50': { 0: { ok: false, message: 'Invalid duration' }, 1: { ok: true, value: null } },
  'at-51': { 0: { ok: false, message: 'Invalid duration' }, 1: { ok: true, value: null } },
  // An answer without access_token is refused and asked for once more; the second answer is good.
  'at-53': {
    1: { ok: true, value: { access_token: 'STABLE_wxmp000000000001_1' } },
    2: { ok: true, value: { value: '{"access_token":"STABLE_wxmp000000000001_1"}', expired: { inMs: 7200000 } } },
    3: { ok: true, value: { value: '{"access_token":"STABLE_wxmp000000000001_1"}', ttl: { inMs: 7200000 } } },
    4: { ok: true, value: { access_token: 'STABLE_wxmp000000000001_1' } },
    5: { ok: true, value: { '/cgi-bin/stable_token': 2 } },
  },
  // A version is a whole number, always.
  'ek-07': { 4: { ok: false, message: 'Invalid version' } },
  // A typed error, and nothing is asked.
  'ek-08': {
    0: { ok: false, message: 'session_key not found', code: 'UNI_OPEN_BRIDGE_SYSTEM_ERROR' },
    1: { ok: true, value: {} },
  },
  // Both spellings of the white list are read; the misspelt one with a warning.
  'ht-11': { 0: firstToken() },
  'ht-16': { 0: firstToken() },
  'ht-20': { 0: { ok: true, value: null } },
  'ht-24': { 0: { ok: true, value: null } },
  // A schedule refreshes ahead of the end: one second before it the scheduled token has been renewed, while the
  // ticket, which the platform would only repeat, is renewed at its end and the token that it needs with it.
  'cr-02': {
    3: {
      ok: true,
      value: { '/cgi-bin/stable_token': 2, '/cgi-bin/token': 1, '/cgi-bin/ticket/getticket': 1 },
    },
  },
  // The old name of the platform is understood, and warned about.
  'cr-12': { 1: { ok: true, value: { '/cgi-bin/token': 1, '/cgi-bin/ticket/getticket': 1 } } },
  'fl-04': { 1: { ok: true, value: { session_key: 'F' } } },
  'fl-06': { 2: { ok: true, value: null }, 4: { ok: true, value: { access_token: 'NEW' } } },
  'fl-10': { 1: firstToken(), 2: { ok: true, value: { '/cgi-bin/stable_token': 2 } } },
  's2-08': {
    0: {
      ok: true,
      value: {
        'Unicloud-S2s-Timestamp': '1677743381925',
        'Unicloud-S2s-Signature': 'sha256 af0ab0ba174b67219ebd946a5a7e0f5892a6e820fcee64cc4672089582fc0fc2',
      },
    },
    1: { ok: true, value: true },
    2: { ok: false, message: 'Access denied', code: 51000 },
  },
  // No session key in a second place: of a code its hash names the user, among the documents of the server's own.
  'ui-04': { 4: { ok: true, value: null }, 5: { ok: true, value: null } },
  'ui-05': { 1: newUser(), 2: { ok: true, value: null } },
  // Users carry no tokens; what ends at logout is refused from then on.
  'ui-12': {
    1: newUser(),
    3: { ok: true, value: [{}] },
    4: { ok: false, code: 'uni-id-check-token-failed' },
  },
  'ui-13': { 1: newUser() },
  's2-25': { 0: { ok: false, message: 'Access denied', code: 51000 } },
}

function firstToken(): Expectation {
  return { ok: true, value: { access_token: 'STABLE_wxmp000000000001_1' } }
}

/** A login with all three flags; the reference loses two of them. */
function newUser(): Expectation {
  const header = { alg: 'HS256', typ: 'JWT' }
  const payload = { role: [], permission: [] }
  const token = { $jwt: { header, payload, lifetime: 259_200, has: ['uid', 'iat', 'exp'] } }
  return {
    ok: true,
    value: {
      errCode: 0,
      uid: { $any: 'string' },
      newToken: { token, tokenExpired: 1_700_259_200_000 },
      mobileConfirmed: false,
      emailConfirmed: false,
      passwordConfirmed: false,
      type: 'register',
    },
  }
}

/** Whether a recorded expectation is met; `inMs` is counted from the world's clock. */
function check(
  step: Step,
  index: number,
  outcome: Expectation,
  { id, compare = 'message' }: Case,
  { now, isUrl }: { readonly now: number; readonly isUrl: boolean },
): void {
  const recorded = ours[id]?.[index] ?? step.expect
  if (recorded === undefined) return
  const expected = step.uniid === undefined ? recorded : asAppSees(recorded)
  const at = `${id}, step ${index}`
  if (!expected.ok) {
    assert.equal(outcome.ok, false, `${at}: expected a failure, got ${JSON.stringify(outcome.value)}`)
    if (compare === 'fails') return
    if (compare === 'message') assert.equal(outcome.message, expected.message, at)
    // Over HTTP every failure has a code; where the reference gave none it is ours.
    if (!isUrl || expected.code !== undefined) assert.equal(outcome.code, expected.code, at)
    return
  }
  assert.equal(outcome.ok, true, `${at}: ${outcome.message}`)
  const value = outcome.value ?? null
  if ('value' in expected) assert.deepEqual(value, withMatches(withMoments(expected.value, now), value), at)
  if (expected.fallbackCalls !== undefined && !isUrl) assert.equal(outcome.fallbackCalls, expected.fallbackCalls, at)
}

function withMoments(value: unknown, now: number): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const entries = Object.entries(value).map(([name, inner]: [string, unknown]): [string, unknown] => {
    const inMs = (inner as { readonly inMs?: unknown } | null)?.inMs
    if (typeof inMs !== 'number') return [name, inner]
    return [name, name === 'ttl' ? inMs : now + inMs]
  })
  return Object.fromEntries(entries)
}

async function outcomeOf(work: () => Promise<unknown>): Promise<Expectation> {
  try {
    return { ok: true, value: await work() }
  } catch (error) {
    const { message, code } = error as { message: string; code?: string | number }
    return { ok: false, message, ...(code === undefined ? {} : { code }) }
  }
}

type Method = (...values: readonly unknown[]) => Promise<unknown>

async function callModule(world: World, step: Step): Promise<Expectation> {
  const method = world.openBridge[step.call as keyof World['openBridge']] as Method
  let fallbackCalls = 0
  const fallback = (): Promise<unknown> => {
    fallbackCalls += 1
    return step.fallback?.throw === undefined
      ? Promise.resolve(step.fallback?.returns)
      : Promise.reject(new Error(step.fallback.throw))
  }
  const isGet = step.call?.startsWith('get') === true
  const second = isGet ? (step.fallback === undefined ? undefined : fallback) : step.value
  const outcome = await outcomeOf(() => method({ ...step.key }, second, step.expiresIn))
  return { ...outcome, fallbackCalls }
}

const operations: Readonly<Record<string, (world: World, step: Step) => Promise<unknown>>> = {
  advance: async (world, { ms }) => world.advance(Number(ms)),
  wxPush: async ({ stub }, { script }) => stub.push(script as Parameters<World['stub']['push']>[0]),
  wxSession: async ({ stub }, { openid, session_key }) => stub.session(String(openid), String(session_key)),
  wxKeys: async ({ stub }, { openid, list }) => stub.keys(String(openid), list as readonly unknown[]),
  wxCode: async ({ stub }, { code, ...account }) =>
    stub.code(longCode(code), account as unknown as Parameters<World['stub']['code']>[1]),
  wxCalls: async ({ stub }) => stub.calls(),
  wxLast: async ({ stub }, { path }) => stub.last(String(path)),
  dbCount: async (world) => (await world.database()).size,
  peekDb: async (world, { id }) => {
    const found = (await world.database()).get(String(id))
    return found === undefined ? null : { value: found.value, expired: found.expired }
  },
  peekRedis: async (world, { key }) => (await world.redis()).get(text(key)) ?? null,
  pokeDb: async (world, { id, value, expired }) =>
    world.pokeDatabase({ _id: String(id), value: String(value), ...momentOf(expired, world.now()) }),
  pokeRedis: async (world, { key, value, ttl }) =>
    world.pokeRedis({ _id: text(key), value: String(value), ...momentOf(ttl, world.now()) }),
  flushRedis: (world) => world.flushRedis(),
  flushDb: (world) => world.flushDatabase(),
  // Real faults: a closed database answers nothing, a full Redis refuses writes and answers reads.
  fault: async (world, { target }) => (target === 'db' ? world.closeDatabase() : world.fillRedis(true)),
  clearFault: (world) => world.fillRedis(false),
  cron: async (world) => world.connected.bridge.runSchedule(),
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function momentOf(moment: unknown, now: number): { expired?: number } {
  if (typeof moment === 'number') return { expired: moment }
  if (typeof moment === 'object' && moment !== null && 'inMs' in moment) return { expired: now + Number(moment.inMs) }
  return {}
}

/** A step of the world, not of a bridge: what it answers is held against the recorded value as it is. */
async function operate(world: World, step: Step): Promise<Expectation> {
  const operation = operations[step.op ?? '']
  assert.ok(operation, `no operation ${step.op}`)
  return outcomeOf(() => operation(world, step))
}

/** A call over the cloud object's URL, or (source function) as another cloud function makes it. */
async function callUrl(world: World, step: Step): Promise<Expectation> {
  if (step.source === 'function') {
    const method = world.openBridge[step.http as keyof World['openBridge']] as Method
    return outcomeOf(() => method(...(step.params ?? [])))
  }
  return world.post(step.http ?? '', {
    body: typeof step.body === 'string' ? step.body : JSON.stringify(step.body),
    headers: { ...step.headers, ...(step.isBase64Encoded === true ? { 'x-body-encoding': 'base64' } : {}) },
    clientIP: step.clientIP ?? '127.0.0.1',
  })
}

/** The module call of a step as a request: every case that can be told over HTTP is told over HTTP as well. */
async function callOverHttp(world: World, step: Step): Promise<Expectation> {
  const { key, value, expiresIn } = step
  const body = JSON.stringify({ ...key, value, expiresIn })
  return world.post(step.call ?? '', { body, headers: { 'content-type': 'application/json' }, clientIP: '127.0.0.1' })
}

/** A call of the mini program's, or a look from within a function. */
async function callHost(world: World, step: Step): Promise<Expectation> {
  const app = await world.app()
  return step.uniid === undefined ? app.look(step) : app.callUniId(step)
}

type Face = (world: World, step: Step) => Promise<Expectation>

async function replay(recorded: Case, redisUrl: string | undefined, callFace: Face): Promise<void> {
  const world = await openWorld(recorded, configs[recorded.config] ?? {}, recorded.t0 ?? t0, redisUrl)
  try {
    const outcomes: Expectation[] = []
    for (const [index, written] of recorded.steps.entries()) {
      const step = withEarlier(written, outcomes)
      const act = actOf(step, recorded, callFace)
      const isUrl = act === callUrl || act === callOverHttp || act === callHost
      const outcome = await act(world, step)
      outcomes.push(outcome)
      check(step, index, outcome, recorded, { now: world.now(), isUrl })
    }
  } finally {
    await world.close()
  }
}

function actOf(step: Step, recorded: Case, callFace: Face): Face {
  if (step.call !== undefined) return callFace
  if (step.http !== undefined) return callUrl
  const isInHost = step.uniid !== undefined || (isForFunctionHost(recorded) && hostOperations.has(step.op))
  return isInHost ? callHost : operate
}

const isAboutS2s = ({ needs }: Case): boolean => needs.includes('s2s')

async function replayS2s(recorded: Case): Promise<void> {
  const file = (configs[recorded.config]?.['uni-cloud-s2s'] ?? {}) as S2sFile
  const now = recorded.t0 ?? t0
  for (const [index, step] of recorded.steps.entries()) {
    const outcome = await outcomeOf(async () =>
      step.op === 's2sSign'
        ? s2sSign(file, step['data'] as Record<string, unknown>, now)
        : s2sVerify(file, step['httpInfo'] as Parameters<typeof s2sVerify>[1], now),
    )
    check(step, index, outcome, recorded, { now, isUrl: false })
  }
}

const bridgeCases = cases.filter((recorded) => !isForFunctionHost(recorded) && !isAboutS2s(recorded))

describe('the recorded cases of uni-open-bridge-common', () => {
  let redis: Awaited<ReturnType<typeof startRedis>>
  before(async () => {
    redis = await startRedis()
  })
  after(() => redis?.stop())

  for (const recorded of bridgeCases) {
    test(`module: ${recorded.id}, ${recorded.title}`, () => replay(recorded, redis?.url, callModule))
  }
  for (const recorded of bridgeCases) {
    // A fallback is a function: it cannot travel.
    if (recorded.needs.includes('fallback-function') || recorded.steps.every(({ call }) => call === undefined)) continue
    test(`HTTP: ${recorded.id}, ${recorded.title}`, () => replay(recorded, redis?.url, callOverHttp))
  }
})

describe('the recorded cases of uni-id-co and uni-config-center', () => {
  let redis: Awaited<ReturnType<typeof startRedis>>
  before(async () => {
    redis = await startRedis()
  })
  after(() => redis?.stop())

  for (const recorded of cases.filter(isForFunctionHost)) {
    test(`${recorded.id}, ${recorded.title}`, () => replay(recorded, redis?.url, callModule))
  }
})

describe('the recorded cases of uni-cloud-s2s', () => {
  for (const recorded of cases.filter(isAboutS2s)) {
    test(`${recorded.id}, ${recorded.title}`, () => replayS2s(recorded))
  }
})

test('every recorded case runs here', () => {
  assert.equal(bridgeCases.length + cases.filter(isForFunctionHost).length + cases.filter(isAboutS2s).length, 109)
  const known = new Set(cases.map(({ id }) => id))
  assert.equal(known.size, 109)
  assert.deepEqual(
    Object.keys(ours).filter((id) => !known.has(id)),
    [],
  )
})

test('a difference from the recorded behaviour is a defect there, or is stated', () => {
  const stated = new Set(['cr-02', 'ui-04', 'ui-05'])
  const differing = cases.filter(({ id, level }) => level !== 'diverge' && id in ours && !stated.has(id))
  assert.deepEqual(
    differing.map(({ id }) => id),
    [],
  )
})
