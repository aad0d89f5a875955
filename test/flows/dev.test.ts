import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const command = fileURLToPath(new URL('../../packages/server/bin/drawbridge.js', import.meta.url))

describe('the server for developers', () => {
  let folder = ''
  let child: ChildProcess
  let said = ''
  let heard: () => void = () => undefined

  /** Waits until the process has said it; fails when it ends instead. */
  async function hears(words: string | RegExp): Promise<void> {
    const has = (): boolean => (typeof words === 'string' ? said.includes(words) : words.test(said))
    while (!has()) {
      assert.equal(child.exitCode, null, said)
      await new Promise<void>((resolve) => (heard = resolve))
    }
  }

  function configure(text: string): void {
    said = ''
    writeFileSync(join(folder, 'drawbridge.config.json'), text)
  }

  const config = (appid: string) =>
    JSON.stringify({
      apps: [{ platform: 'weixin-mp', appid, secret: 'anything: the simulator takes it' }],
      callers: { s2s: { type: 'connectCode', connectCode: 'the-code-of-this-test' } },
    })

  async function token(endpoint: string): Promise<unknown> {
    const response = await fetch(`${endpoint}/uni-open-bridge/getAccessToken`, {
      method: 'POST',
      headers: { 'Unicloud-S2s-Authorization': 'CONNECTCODE the-code-of-this-test' },
      body: JSON.stringify({ platform: 'weixin-mp' }),
    })
    return response.json()
  }

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'drawbridge-dev-'))
    configure(config('wx00000000000000a1'))
    const foreign = /^(DRAWBRIDGE_.*|NODE_ENV|HOST|LANG|LC_.*|NODE_OPTIONS|NODE_TEST_.*)$/
    const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name))
    child = spawn(process.execPath, [command, 'dev'], { cwd: folder, env: { ...Object.fromEntries(kept), PORT: '0' } })
    const read = (chunk: Buffer): void => {
      said += chunk.toString()
      heard()
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.once('close', () => heard())
    await hears('tokens create dev')
  })
  after(async () => {
    if (child.exitCode === null) {
      child.kill('SIGTERM')
      await once(child, 'close')
    }
    rmSync(folder, { recursive: true, force: true })
  })

  it('serves the developer’s own apps from the simulator, and follows the configuration without a restart', async () => {
    const endpoint = /Listening on (http:\S+?),/.exec(said)?.[1] ?? ''
    assert.match(JSON.stringify(await token(endpoint)), /"access_token":/)

    configure('{ "apps": [], "prot": 1 }')
    await hears('Not reloaded')
    assert.match(said, /Did you mean "port"\?/)
    assert.match(JSON.stringify(await token(endpoint)), /"access_token":/)

    configure(config('wx00000000000000b2'))
    await hears('Reloaded.')
    assert.match(JSON.stringify(await token(endpoint)), /"access_token":/)
    assert.match(said, /wx00000000000000b2/)
  })

  it('ends cleanly when it is told to stop', async () => {
    child.kill('SIGTERM')
    await once(child, 'close')
    assert.equal(child.exitCode, 0)
  })
})
