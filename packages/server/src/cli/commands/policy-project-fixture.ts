import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { createMachinery } from '../../machinery/create-machinery.ts'
import { spacesPath } from '../../machinery/spaces-path.ts'
import { createConfigPolicies, secureNetworkOff } from '../../secure-network/config-policies.ts'
import type { Verdict } from '../../secure-network/verdict.ts'
import { openDesk } from '../../secure-network/verdicts/open-desk.ts'
import { openVerdicts } from '../../secure-network/verdicts/open-verdicts.ts'
import type { Machinery } from '../machinery.ts'
import { runCli } from '../run-cli.ts'
import type { World } from '../world.ts'

/** The clock of the project. */
export const NOW = 1_800_000_000_000
const clock = {
  now: () => NOW,
  sleep: (_ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve) => {
      setImmediate(resolve)
      signal?.addEventListener('abort', () => resolve())
    }),
}

const machinery: Machinery = {
  ...createMachinery(clock),
  openDesk: (config) =>
    openDesk({
      spaces: config.spaces,
      base: createConfigPolicies(config.secureNetwork ?? secureNetworkOff),
      policiesPath: spacesPath(config),
      verdictsPath: join(dirname(config.store.sqlitePath), 'verdicts.db'),
      routes: config.gateway?.routes ?? [],
      ...config.audit,
      ...clock,
    }),
}

/** The folder of the function `pay`. */
export const pay = 'uniCloud/cloudfunctions/pay'

/** A project with a data folder, and the command line in it. */
export function policyProject(context: TestContext, files: Readonly<Record<string, string | Buffer>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-policy-cli-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  const config = {
    dataDir: 'data',
    spaces: [{ spaceId: 'shop', clientSecret: 'plain-for-tests', functions: '.' }],
    secureNetwork: {
      mode: 'monitor',
      rules: { pay: [{ appId: '__UNI__A' }] },
      apps: [{ appId: '__UNI__A', platform: 'android', release: ['com.example'] }],
    },
  }
  const all = {
    'drawbridge.config.json': JSON.stringify(config),
    [`${pay}/index.js`]: 'exports.main = async () => ({ ok: true })\n',
    ...files,
  }
  for (const [name, content] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  const run = async (
    line: string,
    stopped: () => Promise<void> = () => Promise.resolve(),
    who: Pick<World, 'env' | 'user'> = { env: { USER: 'ann' } },
  ) => {
    let [out, err] = ['', '']
    const code = await runCli(
      {
        argv: line.split(' '),
        ...who,
        cwd: folder,
        version: '0.0.0',
        out: (text) => (out += text),
        err: (text) => (err += text),
        readInput: () => Promise.resolve(''),
        isInteractive: false,
        ...clock,
        stopped,
      },
      machinery,
    )
    return { code, out, err, json: () => JSON.parse(out) as Record<string, unknown> }
  }
  const record = async (verdicts: readonly Partial<Verdict>[]) => {
    const opened = await openVerdicts({
      path: join(folder, 'data', 'verdicts.db'),
      keepDays: 30,
      maxRows: 1000,
      ...clock,
    })
    for (const changes of verdicts) opened.record({ ...refused, ...changes })
    await opened.close()
  }
  return { run, record }
}

/** A call that was refused in monitor mode a minute ago. */
export const refused: Verdict = {
  at: NOW - 60_000,
  requestId: 'r1',
  spaceId: 'shop',
  wire: 'unicloud',
  target: 'f:pay',
  outcome: 'would-refuse',
  code: 'ENVELOPE_REQUIRED',
  reason: 'the call came plain',
  rule: 'pay',
  byPolicy: true,
  evidence: { source: 'client', proven: false, appId: '__UNI__A', osName: 'android', uniPlatform: 'app' },
}
