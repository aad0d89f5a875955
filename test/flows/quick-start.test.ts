import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const command = fileURLToPath(new URL('../../packages/server/bin/drawbridge.js', import.meta.url))

interface QuickStart {
  readonly endpoint: string
  readonly simulatorUrl: string
  readonly dcloudAppid: string
  readonly wxAppid: string
  readonly connectCode: string
  readonly bearerToken: string
}

interface Running {
  readonly process: ChildProcess
  /** All that was printed so far. */
  readonly printed: () => string
}

function environment(more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(DRAWBRIDGE_.*|NODE_ENV|PORT|HOST|NODE_OPTIONS|NODE_TEST_.*)$/.test(name),
  )
  return { ...Object.fromEntries(kept), ...more }
}

/** Starts the quick start and waits until it says how to stop it, or until it has ended. */
async function start(folder: string, port: string): Promise<Running> {
  const child = spawn(process.execPath, [command, 'quick-start'], { cwd: folder, env: environment({ PORT: port }) })
  let text = ''
  await new Promise<void>((resolve) => {
    const read = (chunk: Buffer): void => {
      text += chunk.toString()
      if (text.includes('Ctrl-C')) resolve()
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.once('close', () => resolve())
  })
  return { process: child, printed: () => text }
}

async function stop({ process: child }: Running): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode
  child.kill('SIGTERM')
  await once(child, 'close')
  return child.exitCode
}

function shell(line: string): { readonly status: number | null; readonly answer: unknown } {
  const { status, stdout } = spawnSync('sh', ['-c', line], { encoding: 'utf8' })
  return { status, answer: stdout === '' ? undefined : (JSON.parse(stdout) as unknown) }
}

const commandsIn = (text: string): string[] => text.split('\n').filter((line) => line.startsWith('curl '))

describe('the quick start', () => {
  let folder = ''
  let running: Running
  const file = (): QuickStart =>
    JSON.parse(readFileSync(join(folder, '.drawbridge', 'quickstart.json'), 'utf8')) as QuickStart

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'drawbridge-quick-start-'))
    running = await start(folder, '0')
  })
  after(async () => {
    await stop(running)
    rmSync(folder, { recursive: true, force: true })
  })

  it('says in both languages what is running', () => {
    assert.match(running.printed(), /is running/)
    assert.match(running.printed(), /已启动/)
    assert.ok(running.printed().includes(file().endpoint))
    assert.ok(running.printed().includes(file().simulatorUrl))
  })

  it('prints three commands that work as printed: read a token, push a session key, see what is stored', () => {
    const [read = '', push = '', list = '', ...more] = commandsIn(running.printed())
    assert.deepEqual(more, [])
    const token = shell(read)
    assert.equal(token.status, 0)
    assert.match(JSON.stringify(token.answer), /^\{"access_token":"[^"]+"/)
    assert.equal(shell(push).status, 0)
    const stored = JSON.stringify(shell(list).answer)
    assert.match(stored, /session-key/)
    assert.match(stored, /access-token/)
    // Values are shown to those who ask for one, and in no listing.
    assert.doesNotMatch(stored, /c2Vzc2lvbi1rZXktMDAwMQ==/)
  })

  it('hands out a token that the simulated platform takes', async () => {
    const [read = ''] = commandsIn(running.printed())
    const { access_token: token } = shell(read).answer as { access_token: string }
    const response = await fetch(`${file().simulatorUrl}/cgi-bin/openapi/quota/get?access_token=${token}`, {
      method: 'POST',
      body: JSON.stringify({ cgi_path: '/cgi-bin/message/custom/send' }),
    })
    assert.equal(((await response.json()) as { errcode: number }).errcode, 0)
  })

  it('serves the official account and the QQ mini program of the sample too', async () => {
    const { endpoint, connectCode, dcloudAppid } = file()
    const call = async (method: string, platform: string) => {
      const response = await fetch(`${endpoint}/uni-open-bridge/${method}`, {
        method: 'POST',
        headers: { 'Unicloud-S2s-Authorization': `CONNECTCODE ${connectCode}` },
        body: JSON.stringify({ dcloudAppid, platform }),
      })
      return (await response.json()) as Record<string, unknown>
    }
    assert.equal(typeof (await call('getTicket', 'weixin-h5')).ticket, 'string')
    assert.equal(typeof (await call('getAccessToken', 'qq-mp')).access_token, 'string')
  })

  it('leaves a file for programs that only its owner can read', () => {
    const content = file()
    assert.deepEqual(Object.keys(content).sort(), [
      'bearerToken',
      'connectCode',
      'dcloudAppid',
      'endpoint',
      'simulatorUrl',
      'wxAppid',
    ])
    assert.equal(statSync(join(folder, '.drawbridge', 'quickstart.json')).mode & 0o777, 0o600)
    assert.equal(statSync(join(folder, '.drawbridge')).mode & 0o077, 0)
  })

  it('finds its data at the second start: the same connect code, a token that still works, what was pushed', async () => {
    const { connectCode, bearerToken } = file()
    assert.equal(await stop(running), 0)
    running = await start(folder, '0')
    assert.equal(file().connectCode, connectCode)
    assert.equal(file().bearerToken, bearerToken)
    const [, , list = ''] = commandsIn(running.printed())
    assert.match(JSON.stringify(shell(list).answer), /session-key/)
  })

  it('says that a port is taken and what to do, in both languages, and ends with 1', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const address = other.address()
    assert.ok(typeof address === 'object' && address)
    const refused = await start(folder, String(address.port))
    const code = await stop(refused)
    other.close()
    assert.equal(code, 1)
    assert.match(refused.printed(), /PORT_BUSY/)
    assert.match(refused.printed(), /PORT/)
    assert.match(refused.printed(), /端口/)
    assert.ok(refused.printed().includes(String(address.port)))
  })
})
