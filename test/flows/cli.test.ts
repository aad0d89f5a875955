import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const command = fileURLToPath(new URL('../../packages/server/bin/drawbridge.js', import.meta.url))

describe('the drawbridge command', () => {
  let folder = ''

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'drawbridge-command-'))
    const apps = [{ platform: 'weixin-mp', appid: 'wx1', secret: 'never asked for' }]
    writeFileSync(join(folder, 'drawbridge.config.json'), JSON.stringify({ apps }))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  function start(line: string, env: Readonly<Record<string, string>> = {}): ChildProcessWithoutNullStreams {
    const foreign = /^(DRAWBRIDGE_.*|NODE_ENV|PORT|HOST|LANG|LC_.*|NODE_OPTIONS|NODE_TEST_.*)$/
    const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name))
    return spawn(process.execPath, [command, ...line.split(' ')], {
      cwd: folder,
      env: { ...Object.fromEntries(kept), ...env },
    })
  }

  async function run(line: string, { env, input = '' }: { env?: Record<string, string>; input?: string } = {}) {
    const child = start(line, env)
    let out = ''
    let err = ''
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
    child.stdin.end(input)
    await once(child, 'close')
    return { code: child.exitCode, out, err }
  }

  it('takes a credential from a pipe and gives it back, answers on standard output and the rest on standard error', async () => {
    const user = 'session_key --platform weixin-mp --openid o1'
    const stored = await run(`credentials set ${user} --json`, { input: '{"session_key":"piped"}' })
    assert.deepEqual([stored.code, stored.out, stored.err], [0, '{"ok":true}\n', ''])
    const read = await run(`credentials get ${user}`)
    assert.deepEqual(JSON.parse(read.out), { session_key: 'piped' })
  })

  it('tells the shell how it ended, and speaks the language of its terminal', async () => {
    assert.equal((await run('--help')).code, 0)
    const wrong = await run('strat', { env: { LANG: 'zh_CN.UTF-8' } })
    assert.equal(wrong.code, 2)
    assert.match(wrong.err, /没有命令/)
    assert.equal((await run('credentials get access_token --platform nowhere')).code, 4)
    assert.equal((await run('credentials set session_key --platform weixin-mp --openid o1')).code, 1)
    assert.equal((await run('start --config missing.json')).code, 3)
  })

  it('serves until it is told to stop, and then ends with 0', async () => {
    const child = start('start', { PORT: '0' })
    let said = ''
    const endpoint = await new Promise<string>((resolve) => {
      child.stderr.on('data', (chunk: Buffer) => {
        said += chunk.toString()
        const found = /Listening on (\S+)/.exec(said)?.[1]
        if (found) resolve(found)
      })
      child.once('close', () => resolve(''))
    })
    assert.notEqual(endpoint, '', said)
    assert.equal((await fetch(`${endpoint}/healthz`)).status, 200)
    child.kill('SIGTERM')
    await once(child, 'close')
    assert.equal(child.exitCode, 0)
  })
})
