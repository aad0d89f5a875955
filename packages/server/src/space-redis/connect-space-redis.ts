import { DrawbridgeError } from '@drawbridge/protocol'
import type { Json } from '@drawbridge/runtime'
import { Redis } from 'ioredis'
import { redisReply } from './redis-reply.ts'

/** One command: its name in lower case, and its arguments. */
export interface RedisCommand {
  readonly command: string
  readonly args: readonly string[]
}

/** The Redis of a space. Errors never tell the URL, nor what was sent or stored. */
export interface SpaceRedis {
  /** Throws `REDIS_COMMAND_FAILED` with the first word of Redis' error, `STORE_UNAVAILABLE`. */
  run(command: RedisCommand): Promise<Json>
  /** All of them with no other between them. One that fails does not undo the others: `detail.index` tells which. */
  runTogether(commands: readonly RedisCommand[]): Promise<readonly Json[]>
  close(): void
}

/** A Redis that has not answered by then counts as gone, ms. */
const TIMEOUT_MS = 2_000
/** So many in a row, and the connection itself is given up. */
const TIMEOUTS_MOST = 3
/** What one reply may be: a longer one ends the connection before it fills this process's memory. */
const REPLY_MAX_BYTES = 8 * 1024 * 1024

/** What Redis says when it is not the command that is wrong. */
const AWAY: ReadonlySet<string> = new Set([
  'NOAUTH',
  'WRONGPASS',
  'LOADING',
  'READONLY',
  'MASTERDOWN',
  'CLUSTERDOWN',
  'BUSY',
])

/**
 * Connects when it is first needed, and again in the background from then on. `url`: redis:// or rediss://.
 * `timeoutMs`: how long a command or connecting may take, 2000 when left out.
 */
export function connectSpaceRedis({
  url,
  timeoutMs = TIMEOUT_MS,
}: {
  readonly url: string
  readonly timeoutMs?: number
}): SpaceRedis {
  const client = createClient(url, timeoutMs)
  let connecting: Promise<void> | undefined
  let timeouts = 0
  let reason = 'connecting'
  let replyBytes = 0

  // Without a listener ioredis prints what it cannot tell anyone else.
  client.on('error', (cause: unknown) => {
    reason = reasonOf(cause)
  })
  client.on('connect', () => {
    replyBytes = 0
    client.stream.on('data', (chunk: Uint8Array) => {
      replyBytes += chunk.length
      if (replyBytes > REPLY_MAX_BYTES) client.stream.destroy()
    })
  })

  async function ready(): Promise<void> {
    if (client.status === 'ready') return
    if (client.status === 'wait')
      connecting = client.connect().finally(() => {
        connecting = undefined
      })
    if (connecting === undefined) throw unavailable(reason)
    await connecting.catch((cause: unknown) => Promise.reject(unavailable(reasonOf(cause))))
  }

  async function attempt<Result>(ask: () => Promise<Result>): Promise<Result> {
    await ready()
    try {
      const result = await ask()
      timeouts = 0
      return result
    } catch (cause) {
      if (cause instanceof DrawbridgeError) throw cause
      reason = reasonOf(cause)
      timeouts = reason === 'timeout' ? timeouts + 1 : 0
      // Packets may have gone nowhere for long; a new socket is a new chance.
      if (timeouts >= TIMEOUTS_MOST) client.disconnect(true)
      throw isReplyError(cause) && !AWAY.has(reason) ? failed(reason) : unavailable(reason)
    } finally {
      // Replies come one after the other: what follows belongs to the next.
      replyBytes = 0
    }
  }

  return {
    run: ({ command, args }) => attempt(async () => redisReply(await client.call(command, ...args))),

    runTogether: (commands) =>
      attempt(async () => {
        const chain = client.multi()
        for (const { command, args } of commands) chain.call(command, ...args)
        const replies = (await chain.exec()) ?? []
        return replies.map(([error, reply], index) => {
          if (error !== null) throw failed(reasonOf(error), index)
          return redisReply(reply)
        })
      }),

    close: () => client.disconnect(),
  }
}

function createClient(url: string, timeoutMs: number): Redis {
  // Anything else ioredis takes for the path of a socket on this machine.
  if (!/^rediss?:\/\//.test(url)) throw unavailable('redisUrl')
  return new Redis(url, {
    lazyConnect: true,
    commandTimeout: timeoutMs,
    connectTimeout: timeoutMs,
    enableOfflineQueue: false,
    enableReadyCheck: false,
    // A command that may have been run is not run again.
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (times: number) => Math.min(1_000, 50 * times),
    disableClientInfo: true,
    protocol: 2,
  })
}

function failed(reason: string, index?: number): DrawbridgeError {
  return new DrawbridgeError('REDIS_COMMAND_FAILED', index === undefined ? { reason } : { reason, index })
}

function unavailable(reason: string): DrawbridgeError {
  // Without the cause: ioredis puts the command and what was sent with it on its errors.
  return new DrawbridgeError('STORE_UNAVAILABLE', { store: 'redis', reason })
}

function isReplyError(cause: unknown): boolean {
  return cause instanceof Error && cause.name === 'ReplyError'
}

/** A word: ECONNREFUSED, WRONGTYPE, timeout. Messages may hold hosts, keys and values. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'failed'
  if ('code' in cause && typeof cause.code === 'string') return cause.code
  if (isReplyError(cause)) return /^[A-Z]+\b/.exec(cause.message)?.[0] ?? 'ERR'
  return cause.message === 'Command timed out' ? 'timeout' : 'gone'
}
