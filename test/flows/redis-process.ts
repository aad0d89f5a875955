import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** A redis-server of the test's own, which may be stopped, killed and started again on its port. */
export interface RedisProcess {
  readonly url: string
  readonly port: number
  /** One command; answers what Redis answers, raw. */
  command(...words: readonly string[]): Promise<string>
  /** SIGSTOP: it accepts, and never answers. */
  hang(): void
  wake(): void
  /** SIGKILL: connections are refused. */
  kill(): Promise<void>
  /** Again on the same port, with what was last saved. */
  restart(): Promise<void>
  /** Every byte of what it would keep. */
  dump(): Promise<Buffer>
  close(): Promise<void>
}

/** Why there is none; undefined: there is one. `REQUIRE_SERVICES=1` makes its absence a failure. */
export function redisIsMissing(): string | undefined {
  const { status } = spawnSync('redis-server', ['--version'], { stdio: 'ignore' })
  if (status === 0) return undefined
  assert.notEqual(process.env['REQUIRE_SERVICES'], '1', 'redis-server is required and not on the PATH')
  return 'redis-server is not on the PATH'
}

/** Starts one on a free port of the loopback, in a folder of its own. */
export async function startRedis(): Promise<RedisProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-redis-'))
  const port = await freePort()
  let child = await launch(port, folder)

  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    command: (...words) => command(port, words),
    hang: () => void child.kill('SIGSTOP'),
    wake: () => void child.kill('SIGCONT'),
    kill: () => ended(child, 'SIGKILL'),
    async restart() {
      await ended(child, 'SIGKILL')
      child = await launch(port, folder)
    },
    async dump() {
      await command(port, ['SAVE'])
      return readFileSync(join(folder, 'dump.rdb'))
    },
    async close() {
      await ended(child, 'SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function launch(port: number, folder: string): Promise<ChildProcess> {
  const options = { port: String(port), bind: '127.0.0.1', save: '', dir: folder, rdbcompression: 'no' }
  const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value])
  const child = spawn('redis-server', words, { stdio: 'ignore' })
  for (;;) {
    const pong = await command(port, ['PING']).catch(() => '')
    if (pong.startsWith('+PONG')) return child
    assert.equal(child.exitCode, null, 'redis-server does not start')
    await sleep(10)
  }
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const closed = new Promise((resolve) => child.once('close', resolve))
  child.kill(signal)
  await closed
}

/** A connection for one question: whatever is wrong with the server, the next question is not disturbed. */
function command(port: number, words: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('error', reject)
    socket.once('data', (answer) => {
      resolve(answer.toString('utf8').trimEnd())
      socket.destroy()
    })
    const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`)
    socket.write(`*${words.length}\r\n${parts.join('')}`)
  })
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
