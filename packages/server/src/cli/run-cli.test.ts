import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as waitFor } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { openSqlite } from '@drawbridge/bridge'
import { createSimulator } from '@drawbridge/simulator'
import type { Simulator } from '@drawbridge/simulator'
import { createMachinery } from '../machinery/create-machinery.ts'
import { runCli } from './run-cli.ts'

const example = fileURLToPath(new URL('../../../../examples/uni-config-center/', import.meta.url))

const clock = {
  now: () => Date.now(),
  sleep: (ms: number, signal?: AbortSignal) => waitFor(ms, undefined, { ref: false, ...(signal && { signal }) }),
}

const dcloudAppid = '__UNI__5A3B1E0'
const wxAppid = 'wx5a3b1e0000000001'

interface AuditRow {
  readonly id: number
  readonly caller: string
  readonly verb: string
  readonly openid: string | null
  readonly result: string
}

interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
  /** The answer to `--json`. */
  readonly json: () => unknown
}

describe('the commands', () => {
  let folder = ''
  let simulator: Simulator
  let simulatorUrl = ''

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'drawbridge-cli-'))
    simulator = createSimulator({
      apps: [
        { appid: wxAppid, type: 'mp', secret: '5a3b1e00000000000000000000000001' },
        {
          appid: 'wx5a3b1e0000000002',
          type: 'oa',
          secret: '5a3b1e00000000000000000000000002',
          ipWhitelist: ['203.0.113.1'],
        },
        { appid: '1105000003', type: 'qq-mp', secret: '5a3b1e0000000003' },
      ],
    })
    simulatorUrl = (await simulator.listen()).url
  })
  after(async () => {
    await simulator.close()
    rmSync(folder, { recursive: true, force: true })
  })

  function environment(more: Readonly<Record<string, string>>): Record<string, string> {
    return {
      DRAWBRIDGE_UNI_CONFIG_CENTER: example,
      DRAWBRIDGE_WEIXIN_URL: simulatorUrl,
      DRAWBRIDGE_QQ_URL: simulatorUrl,
      DRAWBRIDGE_GRAPH_QQ_URL: simulatorUrl,
      ...more,
    }
  }

  /** Runs one command line in this process, with everything real but the terminal. */
  async function run(
    line: string,
    { env = {}, input = '', cwd = folder }: { env?: Record<string, string>; input?: string; cwd?: string } = {},
  ): Promise<Ran> {
    let out = ''
    let err = ''
    const code = await runCli(
      {
        argv: line.split(' '),
        env: environment(env),
        cwd,
        version: '0.0.0',
        out: (text) => (out += text),
        err: (text) => (err += text),
        readInput: () => Promise.resolve(input),
        isInteractive: false,
        ...clock,
        stopped: () => Promise.resolve(),
      },
      createMachinery(clock),
    )
    return { code, out, err, json: () => JSON.parse(out) as unknown }
  }

  const key = `--platform weixin-mp --dcloud-appid ${dcloudAppid}`

  it('reads a token, lists it without its value, and refreshes it', async () => {
    const got = await run(`credentials get access_token ${key} --json`)
    assert.equal(got.code, 0, got.err)
    const { credential } = got.json() as { credential: { value: { access_token: string }; source: string } }
    assert.equal(credential.source, 'platform')
    const listed = await run('credentials ls --json')
    assert.match(listed.out, new RegExp(`uni-id:weixin-mp:${wxAppid}:access-token`))
    assert.ok(!listed.out.includes(credential.value.access_token))
    const refreshed = await run(`credentials refresh access_token ${key} --json`)
    assert.deepEqual([refreshed.code, (refreshed.json() as { outcome: string }).outcome], [0, 'unchanged'])
  })

  it('pushes from standard input, reads back, removes, and says when nothing is there', async () => {
    const user = `session_key ${key} --openid o1`
    const value = { session_key: 'MARKER-session' }
    const absent = await run(`credentials get ${user} --json`)
    assert.deepEqual([absent.code, absent.json()], [4, { ok: false, credential: null }])
    assert.equal((await run(`credentials set ${user} --expires-in 2h`, { input: JSON.stringify(value) })).code, 0)
    assert.deepEqual(JSON.parse((await run(`credentials get ${user}`)).out), value)
    assert.equal((await run(`credentials rm ${user}`)).code, 0)
    assert.equal((await run(`credentials get ${user}`)).code, 4)
  })

  it('refuses a value that is no object, and shows nothing of it', async () => {
    const refused = await run(`credentials set session_key ${key} --openid o1 --json`, { input: '"MARKER-text"' })
    assert.equal(refused.code, 1)
    assert.equal((refused.json() as { error: { code: string } }).error.code, 'CREDENTIAL_VALUE_INVALID')
    assert.doesNotMatch(refused.out + refused.err, /MARKER/)
  })

  it('makes a token once, lists it without its secret, and revokes it', async () => {
    const made = (await run('tokens create ci --scope *:access_token:read --expires-in 1h --json')).json() as {
      token: string
      id: string
      scopes: string[]
    }
    assert.match(made.token, /^dbt_/)
    assert.deepEqual(made.scopes, ['*:access_token:read'])
    const listed = await run('tokens ls --json')
    assert.ok(listed.out.includes(made.id) && !listed.out.includes(made.token))
    assert.equal((await run(`tokens revoke ${made.id}`)).code, 0)
    assert.equal((await run(`tokens revoke ${made.id}`)).code, 4)
  })

  it('rotates data keys and the master key without losing a record', async () => {
    const user = `session_key ${key} --openid rotated`
    await run(`credentials set ${user}`, { input: '{"session_key":"kept"}' })
    const rotated = (await run('keys rotate --json')).json() as {
      ok: boolean
      resealed: number
      unreadable: number
    }
    assert.ok(rotated.ok && rotated.resealed > 0)
    assert.equal(rotated.unreadable, 0)
    const path = join(folder, '.drawbridge', 'master.key')
    const before = readFileSync(path, 'utf8')
    assert.equal((await run('keys rotate --master')).code, 0)
    assert.notEqual(readFileSync(path, 'utf8'), before)
    assert.equal(statSync(path).mode & 0o777, 0o600)
    assert.deepEqual(JSON.parse((await run(`credentials get ${user}`)).out), { session_key: 'kept' })
    const wrong = await run('credentials ls --json', { env: { DRAWBRIDGE_MASTER_KEY: before.trim() } })
    assert.equal((wrong.json() as { error: { code: string } }).error.code, 'MASTER_KEY_INVALID')
  })

  it('exports what uni-open-bridge would have stored only to a private file or when told to reveal, and imports it', async () => {
    const user = `session_key ${key} --openid exported`
    await run(`credentials set ${user}`, { input: '{"session_key":"travels"}' })
    const refused = await run('store export')
    assert.equal(refused.code, 2)
    assert.doesNotMatch(refused.out, /travels/)
    const revealed = await run('store export --format redis --reveal')
    assert.match(revealed.out, new RegExp(`^SET uni-id:weixin-mp:${wxAppid}:exported:session-key "\\{`, 'm'))
    const written = await run('store export --format opendb-open-data --out export.jsonl --json')
    assert.equal(written.code, 0, written.err)
    const file = join(folder, 'export.jsonl')
    assert.equal(statSync(file).mode & 0o777, 0o600)
    const document = readFileSync(file, 'utf8')
      .split('\n')
      .find((line) => line.includes(':exported:'))
    assert.deepEqual(JSON.parse(document ?? ''), {
      _id: `uni-id:weixin-mp:${wxAppid}:exported:session-key`,
      value: '{"session_key":"travels"}',
      expired: -1,
    })
    const other = mkdtempSync(join(tmpdir(), 'drawbridge-cli-'))
    try {
      assert.equal((await run(`store import ${file}`, { cwd: other })).code, 0)
      assert.deepEqual(JSON.parse((await run(`credentials get ${user}`, { cwd: other })).out), {
        session_key: 'travels',
      })
    } finally {
      rmSync(other, { recursive: true, force: true })
    }
  })

  it('examines everything, and explains in both languages why a platform gives no token', async () => {
    const quiet = await run('doctor --json')
    const findings = (ran: Ran) =>
      (
        ran.json() as {
          findings: { check: string; state: string; subject: string; en: string; zh: string }[]
        }
      ).findings
    assert.equal(quiet.code, 0, quiet.out)
    assert.ok(findings(quiet).some(({ check, state }) => check === 'whitelist' && state === 'skipped'))
    assert.ok(findings(quiet).some(({ check, state }) => check === 'store' && state === 'ok'))
    const asked = await run('doctor --ask-platform --json')
    assert.equal(asked.code, 1)
    const refused = findings(asked).find(
      ({ subject, state }) => subject === 'weixin-h5 wx5a3b1e0000000002' && state === 'error',
    )
    assert.match(refused?.en ?? '', /^40164: .*white list/)
    assert.match(refused?.zh ?? '', /白名单/)
    const absent = findings(asked).find(({ check, state }) => check === 'credentials' && state === 'warning')
    assert.equal(absent?.subject, 'uni-id:weixin-h5:wx5a3b1e0000000002:ticket')
  })

  it('leaves no trace of its examination among the credentials', async () => {
    await run('doctor')
    assert.doesNotMatch((await run('credentials ls --json')).out, /doctor/)
  })

  it('explains an errcode in Chinese and English', async () => {
    const { out } = await run('doctor explain 40164')
    assert.match(out, /白名单/)
    assert.match(out, /white list/)
    assert.equal(((await run('doctor explain -1 --json')).json() as { code: number }).code, -1)
    assert.equal((await run('doctor explain 12345')).code, 4)
  })

  it('shows every mistake of the configuration at once, with its place, in the language asked for', async () => {
    const project = mkdtempSync(join(tmpdir(), 'drawbridge-cli-'))
    const write = (name: string, content: string): void => {
      mkdirSync(dirname(join(project, name)), { recursive: true })
      writeFileSync(join(project, name), content)
    }
    write('drawbridge.config.json', '{\n  "prot": 7400,\n  "host": 1\n}')
    try {
      const refused = await run('start --lang zh', { cwd: project })
      assert.equal(refused.code, 3)
      assert.match(refused.err, /drawbridge\.config\.json:2:3 {2}prot/)
      assert.match(refused.err, /是否想写 "port"/)
      assert.match(refused.err, /drawbridge\.config\.json:3:11 {2}host/)
      const listed = await run('start --json', { cwd: project })
      assert.deepEqual(
        (listed.json() as { mistakes: { path: string; line: number }[] }).mistakes.map(({ path, line }) => [
          path,
          line,
        ]),
        [
          ['prot', 2],
          ['host', 3],
        ],
      )
    } finally {
      rmSync(project, { recursive: true, force: true })
    }
  })

  it('does not start in production without a caller, and starts with one', async () => {
    const project = mkdtempSync(join(tmpdir(), 'drawbridge-cli-'))
    const env = {
      NODE_ENV: 'production',
      PORT: '0',
      DRAWBRIDGE_UNI_CONFIG_CENTER: '',
      DRAWBRIDGE_MASTER_KEY: Buffer.alloc(32, 1).toString('base64'),
    }
    try {
      const refused = await run('start --json', { cwd: project, env })
      assert.equal(refused.code, 1)
      assert.equal((refused.json() as { error: { code: string } }).error.code, 'SERVER_OPEN_TO_ALL')
      await run('tokens create one', { cwd: project, env })
      const started = await run('start', { cwd: project, env: { ...env, DRAWBRIDGE_LOG_LEVEL: 'error' } })
      assert.equal(started.code, 0, started.err)
      assert.match(started.err, /Listening on http/)
    } finally {
      rmSync(project, { recursive: true, force: true })
    }
  })

  it('keeps a master key that came from elsewhere where it is, and writes it to no file', async () => {
    const project = mkdtempSync(join(tmpdir(), 'drawbridge-cli-'))
    const [first, second] = [1, 2].map((byte) => Buffer.alloc(32, byte).toString('base64'))
    assert.ok(first && second)
    try {
      const env = { DRAWBRIDGE_MASTER_KEY: first, DRAWBRIDGE_NEW_MASTER_KEY: second }
      assert.equal((await run('keys rotate --master', { cwd: project, env })).code, 0)
      assert.equal(existsSync(join(project, '.drawbridge', 'master.key')), false)
      assert.equal((await run('tokens ls', { cwd: project, env: { DRAWBRIDGE_MASTER_KEY: first } })).code, 1)
      assert.equal((await run('tokens ls', { cwd: project, env: { DRAWBRIDGE_MASTER_KEY: second } })).code, 0)
    } finally {
      rmSync(project, { recursive: true, force: true })
    }
  })

  it('leaves a trace in the audit trail of what was done from a shell, without values', async () => {
    const user = `session_key ${key} --openid audited`
    await run(`credentials set ${user}`, { input: '{"session_key":"MARKER-audit"}', env: { USER: 'alice' } })
    await run(`credentials get ${user}`, { env: { USER: 'alice' } })
    const path = join(folder, '.drawbridge', 'audit.db')
    const audit = openSqlite<{ audit: AuditRow }>({ path, durability: 'normal' })
    const about = audit.kysely.selectFrom('audit').where('openid', '=', 'audited').orderBy('id')
    const rows = await about.select(['caller', 'verb', 'result']).execute()
    await audit.close()
    assert.deepEqual(rows, [
      { caller: 'cli:alice', verb: 'set', result: 'ok' },
      { caller: 'cli:alice', verb: 'read', result: 'ok' },
    ])
    for (const name of ['audit.db', 'drawbridge.db']) {
      assert.ok(!readFileSync(join(folder, '.drawbridge', name)).includes('MARKER-audit'))
    }
  })

  it('tells a wrong command line from a failure by the exit code', async () => {
    const wrong = await run('strat --json')
    assert.deepEqual([wrong.code, (wrong.json() as { error: { code: string } }).error.code], [2, 'USAGE'])
    assert.equal((await run('credentials get access_token --platform nowhere')).code, 4)
    assert.equal((await run('credentials set session_key --platform weixin-mp --openid o1')).code, 1)
    assert.equal((await run('--help')).code, 0)
  })
})
