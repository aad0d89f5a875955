import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { freePort } from './free-port.ts'
import { programPath } from './program-path.ts'
import { skipLoudly } from './skip-loudly.ts'

/** A Redis for tests. */
export interface TestRedis {
  readonly url: string
  readonly port: number
  /** Empties it. */
  flush(): Promise<void>
  stop(): Promise<void>
}

/** A Redis of the test's own, to be hurt. */
export interface OwnRedis extends TestRedis {
  /** It accepts connections and answers nothing, until `resume`. */
  pause(): void
  resume(): void
  /** Keeps what it holds now for the next start. */
  snapshot(): Promise<void>
  kill(): Promise<void>
  /** On the same port, with what the last snapshot held. */
  start(): Promise<void>
}

/** The Redis of TEST_REDIS_URL (emptied), or one of its own; undefined when there is neither. */
export async function startRedis(): Promise<TestRedis | undefined> {
  const url = process.env['TEST_REDIS_URL']
  if (url === undefined || url === '') return startOwnRedis()
  const redis = {
    url,
    port: Number(new URL(url).port || 6379),
    flush: () => withClient(url, (client) => client.flushdb()),
    stop: () => Promise.resolve(),
  }
  await redis.flush()
  return redis
}

/** redis-server from the PATH, on a free loopback port, in a temporary folder; undefined when there is none. */
export async function startOwnRedis(): Promise<OwnRedis | undefined> {
  const program = programPath('redis-server')
  if (program === undefined) return undefined
  const folder = await mkdtemp(join(tmpdir(), 'drawbridge-redis-'))
  const port = await freePort()
  const url = `redis://127.0.0.1:${port}`
  let server = await run()

  async function run(): Promise<ChildProcess> {
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no']
    const child = spawn(program ?? '', args, { stdio: 'ignore' })
    await untilAnswering(url, child)
    return child
  }

  async function kill(): Promise<void> {
    if (server.exitCode !== null || server.signalCode !== null) return
    server.kill('SIGKILL')
    await once(server, 'exit')
  }

  return {
    url,
    port,
    flush: () => withClient(url, (client) => client.flushall()),
    pause: () => void server.kill('SIGSTOP'),
    resume: () => void server.kill('SIGCONT'),
    snapshot: () => withClient(url, (client) => client.save()),
    kill,
    async start() {
      await kill()
      server = await run()
    },
    async stop() {
      await kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A test with a Redis, empty at its start; skipped loudly where there is none. */
export function redisTest(name: string, body: (redis: TestRedis, context: TestContext) => Promise<void>): void {
  serviceTest(name, startRedis, body)
}

/** A test with a Redis of its own, to be hurt; skipped loudly where there is none. */
export function ownRedisTest(name: string, body: (redis: OwnRedis, context: TestContext) => Promise<void>): void {
  serviceTest(name, startOwnRedis, body)
}

function serviceTest<Service extends TestRedis>(
  name: string,
  start: () => Promise<Service | undefined>,
  body: (service: Service, context: TestContext) => Promise<void>,
): void {
  void test(name, async (context) => {
    const service = await start()
    if (service === undefined) {
      skipLoudly(context, 'Redis (redis-server in the PATH, or TEST_REDIS_URL)')
      return
    }
    try {
      await body(service, context)
    } finally {
      await service.stop()
    }
  })
}

async function untilAnswering(url: string, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (child.exitCode !== null) break
    try {
      await withClient(url, (client) => client.ping())
      return
    } catch {
      await wait(25)
    }
  }
  throw new Error(`redis-server does not answer at ${url}`)
}

async function withClient(url: string, use: (client: Redis) => Promise<unknown>): Promise<void> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null, connectTimeout: 1_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await use(client)
  } finally {
    client.disconnect()
  }
}
