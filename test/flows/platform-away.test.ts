import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { connectBridge } from '@drawbridge/bridge'
import type { App, BridgeEvent, Credential, CredentialKey } from '@drawbridge/bridge'
import { createSimulator } from '@drawbridge/simulator'
import type { FailureInput, Simulator, SimulatorOptions } from '@drawbridge/simulator'
import { runDrawbridge, startDrawbridge } from './drawbridge-process.ts'

const START = Date.UTC(2026, 0, 1)
const LIFE_MS = 7_200_000
const STEP_MS = 20_000
const HOUR_MS = 3_600_000

/** Each pauses for up to a minute after a failure, and asks twice what passes by itself more often than not. */
const EACH_MINUTE = { least: 35, most: 80 }
const EACH_MINUTE_TWICE = { least: 70, most: 160 }
/** Up to five minutes: somebody has to act first. */
const EACH_FIVE_MINUTES = { least: 10, most: 25 }
/** Up to half an hour: the quota is a day's. */
const EACH_HALF_HOUR = { least: 3, most: 6 }

interface Away {
  readonly title: string
  readonly failure: Pick<FailureInput, 'kind' | 'ms'>
  /** How the operator meets it. */
  readonly code: string
  readonly errcode?: number
  /** Calls to the platform in an hour of it. */
  readonly calls: { readonly least: number; readonly most: number }
  readonly tokenEndpoint?: App['tokenEndpoint']
}

const FAILED = 'UPSTREAM_FAILED'
const INVALID = 'UPSTREAM_ANSWER_INVALID'

const aways: readonly Away[] = [
  { title: '-1', failure: { kind: 'system-busy' }, code: FAILED, errcode: -1, calls: EACH_MINUTE_TWICE },
  { title: '45009', failure: { kind: 'daily-quota' }, code: FAILED, errcode: 45009, calls: EACH_HALF_HOUR },
  { title: '40164', failure: { kind: 'ip-not-whitelisted' }, code: FAILED, errcode: 40164, calls: EACH_FIVE_MINUTES },
  { title: '89503', failure: { kind: 'ip-pending' }, code: FAILED, errcode: 89503, calls: EACH_FIVE_MINUTES },
  { title: '40125', failure: { kind: 'secret-wrong' }, code: FAILED, errcode: 40125, calls: EACH_FIVE_MINUTES },
  { title: 'an empty 200', failure: { kind: 'empty-body' }, code: INVALID, calls: EACH_MINUTE_TWICE },
  { title: 'HTML', failure: { kind: 'bad-gateway' }, code: FAILED, calls: EACH_MINUTE },
  { title: 'half of the JSON', failure: { kind: 'truncated-json' }, code: INVALID, calls: EACH_MINUTE_TWICE },
  {
    title: 'nothing for 30 s',
    failure: { kind: 'stall', ms: 30_000 },
    code: 'UPSTREAM_UNREACHABLE',
    calls: EACH_MINUTE,
  },
  // Each call may have made a token whose answer is lost; a second one would kill the token that is being served.
  {
    title: 'half of the JSON, on the old endpoint',
    failure: { kind: 'truncated-json' },
    code: INVALID,
    calls: EACH_MINUTE,
    tokenEndpoint: 'legacy',
  },
]

const apps: readonly App[] = aways.map(({ tokenEndpoint = 'stable' }, index) => ({
  platform: 'weixin-mp',
  appid: `wx00000000000000${String(index).padStart(2, '0')}`,
  secret: String(index).repeat(32).slice(0, 32),
  dcloudAppid: `__UNI__AWAY${index}`,
  tokenEndpoint,
}))

const keyOf = (index: number): CredentialKey => ({ kind: 'access_token', app: apps[index] ?? assert.fail() })

test('while the platform is away the old token is served to its real end, and the platform is called ever more rarely', async (t) => {
  const simulator = await simulated(t, { clock: { at: START, running: false } })
  const { clock, tokens, calls, failures } = simulator.control
  const folder = temporaryFolder(t)
  const events: BridgeEvent[] = []
  const { bridge, close } = await connectBridge({
    apps,
    schedule: apps.map((app) => ({ app, task: 'accessToken' })),
    sqlitePath: join(folder, 'drawbridge.db'),
    masterKey: randomBytes(32),
    hosts: { weixin: simulator.url, qq: simulator.url },
    upstreamTimeoutMs: 800,
    now: clock.now,
    onEvent: (event) => events.push(event),
  })
  t.after(close)
  const old = await Promise.all(aways.map((_, index) => read(index)))
  async function read(index: number): Promise<Credential> {
    return (await bridge.get(keyOf(index))) ?? assert.fail()
  }

  clock.advance(LIFE_MS - 280_000)
  calls.clear()
  for (const [index, { failure }] of aways.entries()) failures.inject({ ...failure, appid: apps[index]?.appid })

  let servedMs = 0
  for (let passed = 0; passed < HOUR_MS; passed += STEP_MS) {
    await bridge.runSchedule()
    for (const [index, away] of aways.entries()) {
      const before = old[index] ?? assert.fail()
      if (clock.now() < (before.expiresAt ?? 0)) {
        const served = await Promise.all([read(index), read(index), read(index)])
        for (const { value } of served) assert.deepEqual(value, before.value, away.title)
        assert.ok(tokens.isLive(tokenOf(before)), `${away.title}: the platform still honours what is served`)
        servedMs = passed
      } else {
        const { errcode } = away
        await assert.rejects(read(index), (error: unknown) => {
          const { code, detail } = error as { code: string; detail: { errcode?: number } }
          assert.deepEqual([code, detail.errcode], [away.code, errcode], away.title)
          return true
        })
      }
    }
    clock.advance(STEP_MS)
    if (passed % 600_000 === 0) t.diagnostic(`${passed / 60_000} min`)
  }
  assert.ok(servedMs >= 240_000, 'it was served in its last minutes')
  for (const [index, { title, calls: allowed, code, errcode }] of aways.entries()) {
    const appid = apps[index]?.appid
    const made = calls.count({ appid })
    assert.ok(made >= allowed.least && made <= allowed.most, `${title}: ${made} calls in an hour`)
    const told = events.some(
      (event) =>
        event.type === 'refresh' &&
        event.appid === appid &&
        event.outcome === 'failed' &&
        event.error?.code === code &&
        event.error.errcode === errcode,
    )
    assert.ok(told, `${title} is told as an event`)
  }

  failures.clear()
  clock.advance(HOUR_MS)
  await bridge.runSchedule()
  for (const index of aways.keys()) assert.ok(tokens.isLive(tokenOf(await read(index))), aways[index]?.title)
})

test('the operator reads why in the log, the metrics, the listing and the doctor’s findings', async (t) => {
  const simulator = await simulated(t, {})
  const folder = temporaryFolder(t)
  const configured = {
    apps: apps.map(({ platform, appid, secret, tokenEndpoint }) => ({ platform, appid, secret, tokenEndpoint })),
    callers: { allowList: ['127.0.0.1'] },
    upstream: { weixin: simulator.url, qq: simulator.url, graphQq: simulator.url, timeoutMs: 500 },
  }
  writeFileSync(join(folder, 'drawbridge.config.json'), JSON.stringify(configured))
  const where = { cwd: folder }
  const server = await startDrawbridge(where)
  t.after(() => server.stop())
  const pathOf = (index: number): string => `${server.endpoint}/v1/apps/weixin-mp/${apps[index]?.appid}/access-token`
  const read = async (index: number): Promise<string> => (await fetch(pathOf(index))).text()

  const old = await Promise.all(aways.map((_, index) => read(index)))
  for (const [index, { failure }] of aways.entries()) {
    simulator.control.failures.inject({ ...failure, appid: apps[index]?.appid })
  }
  await Promise.all(
    aways.map(async ({ title, code, errcode }, index) => {
      const refused = await fetch(`${pathOf(index)}/refresh`, { method: 'POST' })
      const answer = await refused.text()
      assert.ok(refused.status >= 500, `${title}: ${refused.status}`)
      assert.match(answer, new RegExp(code), server.written())
      if (errcode !== undefined) assert.match(answer, new RegExp(`"errcode":${errcode}\\b`))
      assert.equal(await read(index), old[index], `${title}: the old token is still served`)
    }),
  )

  const metrics = await (await fetch(`${server.endpoint}/metrics`)).text()
  assert.match(metrics, /^drawbridge_refreshes_total\{.*reason="(asked|forced)",outcome="failed"\} \d+$/m)
  const listed = JSON.parse((await runDrawbridge(['credentials', 'ls', '--json'], where)).out) as {
    credentials: { appid: string; lastRefresh?: { outcome: string; error?: { code: string; errcode?: number } } }[]
  }
  const doctor = JSON.parse((await runDrawbridge(['doctor', '--json'], where)).out) as {
    findings: { check: string; subject: string; state: string; en: string; zh: string; remedyEn?: string }[]
  }
  const lines = server
    .written()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
  for (const [index, { title, code, errcode }] of aways.entries()) {
    const appid = apps[index]?.appid
    const line = lines.find((one) => one['event'] === 'refresh failed' && one['appid'] === appid)
    assert.deepEqual([line?.['code'], line?.['errcode']], [code, errcode], `${title} in the log`)
    assert.equal(typeof line?.['remedy'], 'string', `${title}: the log says what to do`)
    assert.match(metrics, new RegExp(`errcode="${errcode ?? 'none'}"`), `${title} in the metrics`)
    const note = listed.credentials.find((one) => one.appid === appid)?.lastRefresh
    assert.deepEqual(
      [note?.outcome, note?.error?.code, note?.error?.errcode],
      ['failed', code, errcode],
      `${title} in the listing`,
    )
    const finding = doctor.findings.find(
      ({ check, subject }) => check === 'credentials' && subject.includes(appid ?? ''),
    )
    assert.equal(finding?.state, 'warning', `${title} at the doctor's`)
    assert.match(finding.en, /still served for \d+ s/)
    if (errcode !== undefined) assert.match(finding.en, new RegExp(`${errcode}: `))
    assert.ok(finding.zh !== '' && finding.remedyEn !== undefined)
  }
})

async function simulated(t: TestContext, options: SimulatorOptions): Promise<Simulator & { readonly url: string }> {
  const simulator = createSimulator({
    seed: 'away',
    apps: apps.map(({ appid, secret }) => ({ appid, secret, type: 'mp' })),
    ...options,
  })
  t.after(() => simulator.close())
  const { url } = await simulator.listen()
  return { ...simulator, url }
}

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-away-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function tokenOf({ value }: Credential): string {
  return 'access_token' in value ? String(value.access_token) : ''
}
