import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { createMachinery } from '../machinery/create-machinery.ts'
import { runCli } from './run-cli.ts'

const clock = {
  now: () => 1_800_000_000_000,
  sleep: (_ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve())),
}

describe('what a command tells the shell and leaves behind', () => {
  let folder = ''
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'drawbridge-usage-'))
    const apps = [{ platform: 'weixin-mp', appid: 'wx1', secret: 's', dcloudAppid: '__UNI__A' }]
    writeFileSync(join(folder, 'drawbridge.config.json'), JSON.stringify({ apps }))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  async function run(line: string) {
    let [out, err] = ['', '']
    const code = await runCli(
      {
        argv: line.split(' '),
        env: {},
        cwd: folder,
        version: '0.0.0',
        out: (text) => (out += text),
        err: (text) => (err += text),
        readInput: () => Promise.resolve('{"session_key":"x"}'),
        isInteractive: false,
        ...clock,
        stopped: () => Promise.resolve(),
      },
      createMachinery(clock),
    )
    return { code, out, err, json: () => JSON.parse(out) as unknown }
  }

  const user = '--platform weixin-mp --openid o1'

  for (const line of [
    'credentials get',
    'credentials get nonsense --platform weixin-mp',
    'credentials get access_token',
    `credentials get encrypt_key ${user} --version one`,
    `credentials set session_key ${user} --expires-in soon`,
    'tokens create one --scope nonsense',
    'tokens create one --expires-in soon',
    'store export --reveal --format xml',
    'functions run nobody --data {',
    'doctor explain nonsense',
    'tokens ls --jsn',
    'start --port abc',
    'start --port 65536',
    'logs --limit 0',
    'logs --endpoint here',
    'schema --lang xx',
  ])
    it(`exits with 2 where the words are wrong: ${line}`, async () => {
      assert.equal((await run(line)).code, 2)
    })

  for (const line of ['store import nowhere.jsonl', 'store export --out nowhere/export.jsonl'])
    it(`exits with 1 where what they name is not to be had: ${line}`, async () => {
      assert.equal((await run(line)).code, 1)
    })

  for (const line of [
    'credentials get access_token --platform nowhere',
    'policy show --space nowhere',
    'functions run nobody --space nowhere',
    'dev nowhere',
    'lint functions nowhere',
  ])
    it(`exits with 4 where what they ask for is not there: ${line}`, async () => {
      assert.equal((await run(line)).code, 4)
    })

  it('exits with 3 where an examination finds that the configuration has mistakes', async () => {
    writeFileSync(join(folder, 'wrong.json'), '{ "prot": 7400 }')
    const { code, out } = await run('doctor --config wrong.json --json')
    assert.equal(code, 3)
    assert.match(out, /Did you mean/)
  })

  it('overwrites no file with an export unless it is told to', async () => {
    const path = join(folder, 'kept.jsonl')
    writeFileSync(path, 'kept', { mode: 0o644 })
    const refused = await run('store export --out kept.jsonl --json')
    assert.deepEqual([refused.code, (refused.json() as { error: { code: string } }).error.code], [2, 'FILE_EXISTS'])
    assert.equal(readFileSync(path, 'utf8'), 'kept')
    assert.equal((await run('store export --out kept.jsonl --force')).code, 0)
    assert.notEqual(readFileSync(path, 'utf8'), 'kept')
    assert.equal(statSync(path).mode & 0o777, 0o600)
  })

  it('names the id of a new token beside it, where it is in nobody’s way', async () => {
    const { out, err } = await run('tokens create beside')
    assert.match(out, /^dbt_\S+\n$/)
    const id = /id, for revoking it: (\S+)/.exec(err)?.[1] ?? ''
    assert.equal((await run(`tokens revoke ${id}`)).code, 0)
  })
})
