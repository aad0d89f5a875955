import { Redis } from 'ioredis'
import { DrawbridgeError } from '@drawbridge/protocol'
import { createCircuitBreaker } from './circuit-breaker.ts'
import { createRedisTracking } from './redis-tracking.ts'
import type { RedisTracking } from './redis-tracking.ts'

/** Redis as the bridge uses it: short time limits, no queue while it is away, a breaker in front. */
export interface RedisConnection {
  /** Bounded by the time limit. Throws `STORE_UNAVAILABLE`, which never tells the URL or what was sent. */
  run<Result>(command: (client: Redis) => Promise<Result>): Promise<Result>
  isUp(): boolean
  onState(listener: (state: 'up' | 'down', error?: string) => void): void
  readonly tracking: RedisTracking
  close(): void
}

/** The records of the bridge in Redis: this and the storage key. Nothing else may begin so. */
export const RECORD_PREFIX = 'drawbridge:'

/** A Redis that has not answered by then counts as gone, ms. */
const TIMEOUT_MS = 200
/** So many probes without an answer, and the socket itself is given up. */
const PROBES_MOST = 5

/**
 * Connects in the background, and again for as long as it is open; a Redis that is away is no error until a command is
 * run. `url`: redis:// or rediss://. `monotonic`: ms.
 */
export function connectRedis(deps: {
  readonly url: string
  readonly monotonic: () => number
  readonly timeoutMs?: number
}): RedisConnection {
  const { url, monotonic, timeoutMs = TIMEOUT_MS } = deps
  const options = {
    commandTimeout: timeoutMs,
    connectTimeout: timeoutMs * 5,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (times: number) => Math.min(1_000, 50 * times),
  }
  const client = new Redis(url, options)
  const tracking = createRedisTracking({
    client,
    channel: new Redis(url, { ...options, protocol: 2 }),
    prefix: RECORD_PREFIX,
  })
  const listeners = new Set<(state: 'up' | 'down', error?: string) => void>()
  let isUp = false
  let error = 'connecting'
  let probes = 0

  const breaker = createCircuitBreaker({ monotonic, onOpen: look, onClose: look })

  function look(): void {
    const next = client.status === 'ready' && !breaker.isOpen()
    if (next === isUp) return
    isUp = next
    if (isUp) probes = 0
    for (const listener of listeners) listener(isUp ? 'up' : 'down', isUp ? undefined : error)
  }

  async function attempt<Result>(command: (client: Redis) => Promise<Result>): Promise<Result> {
    try {
      const result = await command(client)
      breaker.succeeded()
      return result
    } catch (cause) {
      error = reasonOf(cause)
      breaker.failed()
      throw unavailable(error)
    }
  }

  async function probe(): Promise<void> {
    probes += 1
    if (probes > PROBES_MOST) {
      probes = 0
      // Packets may have gone nowhere for long; a new socket is a new chance.
      client.disconnect(true)
    }
    await attempt((each) => each.ping())
  }

  client.on('ready', () => {
    look()
  })
  client.on('close', () => {
    look()
  })
  client.on('error', (cause: unknown) => {
    // Told with the state; without a listener ioredis prints it.
    error = reasonOf(cause)
  })

  return {
    tracking,
    async run(command) {
      const admitted = breaker.admit()
      if (admitted === 'wait') throw unavailable(error)
      if (admitted === 'probe') await probe()
      return attempt(command)
    },
    isUp: () => isUp,
    onState: (listener) => void listeners.add(listener),
    close() {
      listeners.clear()
      client.disconnect()
      tracking.close()
    },
  }
}

function unavailable(reason: string): DrawbridgeError {
  // Without the cause: ioredis puts the command and what was sent with it on its errors.
  return new DrawbridgeError('STORE_UNAVAILABLE', { store: 'redis', reason })
}

/** A word or two: ECONNREFUSED, NOAUTH, timeout. Messages may hold hosts and more. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'failed'
  if ('code' in cause && typeof cause.code === 'string') return cause.code
  if (cause.name === 'ReplyError') return /^[A-Z]+/.exec(cause.message)?.[0] ?? 'refused'
  if (cause.message === 'Command timed out') return 'timeout'
  return 'gone'
}
