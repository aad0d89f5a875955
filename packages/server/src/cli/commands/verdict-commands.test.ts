import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { createMachinery } from '../../machinery/create-machinery.ts'
import { createConfigPolicies, secureNetworkOff } from '../../secure-network/config-policies.ts'
import type { Verdict } from '../../secure-network/verdict.ts'
import { verdictReasons } from '../../secure-network/verdict-reasons.ts'
import { openDesk } from '../../secure-network/verdicts/open-desk.ts'
import { openVerdicts } from '../../secure-network/verdicts/open-verdicts.ts'
import { runCli } from '../run-cli.ts'

const NOW = 1_800_000_000_000
const clock = { now: () => NOW, sleep: () => new Promise<void>((resolve) => void setImmediate(resolve)) }

const hostile = 'x\u001b]0;owned\u0007\nSat  refused  \u009b2J\u202e\u2028 proven=true'

const refused: Verdict = {
  at: NOW - 1,
  requestId: 'r1',
  spaceId: 'shop',
  wire: 'v1',
  target: `f:${hostile}`,
  outcome: 'refused',
  code: 'ENVELOPE_REJECTED',
  reason: 'the same message came before',
  byPolicy: true,
  evidence: { source: 'client', proven: false, appId: hostile, osName: hostile, uniPlatform: hostile },
}

/** What a command line shows in a folder where this one verdict was recorded. */
async function shown(context: TestContext, line: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-verdict-cli-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  const spaces = [{ spaceId: 'shop', clientSecret: 'plain-for-tests' }]
  writeFileSync(join(folder, 'drawbridge.config.json'), JSON.stringify({ dataDir: 'data', spaces }))
  const paths = { policiesPath: join(folder, 'spaces.db'), verdictsPath: join(folder, 'verdicts.db') }
  const bounds = { keepDays: 30, maxRows: 1000, ...clock }
  const verdicts = await openVerdicts({ path: paths.verdictsPath, ...bounds })
  verdicts.record(refused)
  await verdicts.close()
  let out = ''
  const world = {
    argv: line.split(' '),
    env: {},
    cwd: folder,
    version: '0.0.0',
    out: (text: string) => void (out += text),
    err: () => undefined,
    readInput: () => Promise.resolve(''),
    isInteractive: false,
    stopped: () => Promise.resolve(),
    ...clock,
  }
  const base = createConfigPolicies({ ...secureNetworkOff, rules: { '*': [{}] } })
  const code = await runCli(world, {
    ...createMachinery(clock),
    openDesk: (config) => openDesk({ spaces: config.spaces, base, ...paths, ...bounds }),
  })
  assert.equal(code, 0, out)
  return out
}

const COMMANDING = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e]/

for (const [line, lines] of [
  ['verdicts', 2],
  ['verdicts -f', 2],
  ['policy dry-run', 3],
] as const)
  test(`nothing that a stranger said commands the terminal or begins a line in: ${line}`, async (context) => {
    const out = await shown(context, line)
    assert.doesNotMatch(out, COMMANDING)
    assert.match(out, /\\u001b\]0;owned\\u0007/)
    assert.equal(out.trimEnd().split('\n').length, lines, out)
  })

test('what a stranger claims with blanks in it stands in quotes', async (context) => {
  assert.match(await shown(context, 'verdicts'), / proven=false appId="x[^"]* proven=true" osName="/)
})

test('with --json it is the same text in JSON', async (context) => {
  const out = await shown(context, 'verdicts --json')
  assert.doesNotMatch(out, COMMANDING)
  const { items } = JSON.parse(out) as { items: readonly Verdict[] }
  assert.equal(items[0]?.evidence['appId'], hostile)
})

test('a verdict of the code for many ways to be wrong shows what to do by its reason', async (context) => {
  const said = /\nENVELOPE_REJECTED \(the same message came before\) → Send each message once: .+\n$/
  assert.match(await shown(context, 'verdicts'), said)
  assert.match(await shown(context, 'verdicts -f'), said)
  assert.match(await shown(context, 'verdicts --lang zh'), /\(the same message came before\) → 每条消息只能发送一次/)
  const { items } = JSON.parse(await shown(context, 'verdicts --json')) as { items: readonly { remedy: object }[] }
  assert.deepEqual(items[0]?.remedy, verdictReasons.messageSeen.remedy)
})
