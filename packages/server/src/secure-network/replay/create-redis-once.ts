import { hash } from 'node:crypto'
import { redisScript } from '@drawbridge/bridge'
import type { RedisConnection } from '@drawbridge/bridge'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { ReplayOutcome } from './replay-guard.ts'

/** How much is remembered of one window of time. */
export interface OnceShares {
  readonly windowMs: number
  /** Of all senders together. */
  readonly most: number
  /** Of one sender, from the moment on that there are `quotaFrom` of all. */
  readonly quota: number
  readonly quotaFrom: number
}

/** What is remembered in Redis, and how. */
export interface RedisOnceDeps {
  readonly redis: RedisConnection
  /** All its keys begin so. */
  readonly prefix: string
  /** How long a thing is remembered, ms. */
  readonly lifeMs: number
  readonly shares: OnceShares
  /** ms since epoch; one clock for all replicas. */
  readonly now: () => number
  /** How far ahead of its time something may have been taken, ms since epoch: asked when the memory is gone. */
  readonly latest: () => Promise<number>
}

/** Something that may come once. */
export interface OnceMark {
  /** What tells it from all others. */
  readonly bytes: Uint8Array
  readonly sender: string
  /** When it was made by its sender's clock, ms since epoch. */
  readonly ts: number
}

/** A memory in Redis of what may come once, for all replicas: of five that ask at once one is told `fresh`. */
export interface RedisOnce {
  /** Throws `STORE_UNAVAILABLE`: nobody knows then, and it is not to be taken. */
  take(mark: OnceMark): Promise<ReplayOutcome>
}

/** What two replicas' clocks differ by, of which one tells the moment of a loss. */
const SKEW_MS = 500
/** A replica that was held up for longer says nothing of that moment: it may lie before the loss. */
const HELD_UP_MS = 500

/**
 * Redis may lose what it held: emptied, begun anew without a snapshot or with an old one, followed by a replica that
 * lags behind. So beside the fingerprints stands since when the memory is whole, with the id of the very process that
 * holds it. Where that is missing, or is another process's, the memory begins anew, and nothing from before is taken.
 */
export function createRedisOnce({ redis, prefix, lifeMs, shares, now, latest }: RedisOnceDeps): RedisOnce {
  const began = `${prefix}-began`

  const begin = async (): Promise<void> => {
    const [seconds = 0, micros = 0] = await redis.run((client) => client.time())
    const early = await latest()
    const from = Math.ceil(Math.max(now() + SKEW_MS + HELD_UP_MS, early + 1))
    await redis.run((client) => beginMemory.run(client, began, [from, seconds, micros, HELD_UP_MS]))
  }

  const ask = async ({ bytes, sender, ts }: OnceMark): Promise<unknown> => {
    const { windowMs, most, quota, quotaFrom } = shares
    const sharesKey = `${prefix}-shares:${Math.floor(now() / windowMs)}`
    const args = [began, sharesKey, print(sender), ts, lifeMs, 2 * windowMs, most, quota, quotaFrom]
    return redis.run((client) => takeOnce.run(client, `${prefix}:${print(bytes)}`, args))
  }

  // At once, rather than at the expense of the first that comes.
  const beginEarly = (): void => {
    begin().catch(() => undefined)
  }
  redis.onState((state) => {
    if (state === 'up') beginEarly()
  })
  if (redis.isUp()) beginEarly()

  return {
    async take(mark) {
      const first = await ask(mark)
      if (first !== LOST) return outcomeOf(first)
      await begin()
      return outcomeOf(await ask(mark))
    },
  }
}

const LOST = 'lost'

function outcomeOf(answer: unknown): ReplayOutcome {
  if (answer === 'fresh' || answer === 'seen' || answer === 'full') return answer
  const notBefore = typeof answer === 'string' ? Number(answer) : Number.NaN
  if (Number.isSafeInteger(notBefore)) return { notBefore }
  throw new DrawbridgeError('STORE_UNAVAILABLE', { store: 'redis', reason: 'lost' })
}

/** 128 bits of a hash: Redis is told of no openid. */
function print(text: string | Uint8Array): string {
  return hash('sha256', text, 'buffer').toString('base64url', 0, 16)
}

/** Gives the id of the process and, where it is this one's memory, since when it is whole. */
const wholeSince = `
local function whole_since(name)
  local process = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
  local holder, since = string.match(redis.call('GET', name) or '', '^(%w+) (%d+)$')
  return process, holder == process and since
end`

/**
 * KEYS: since when. ARGV: that moment, as clients are told it; when it was asked for, by Redis' clock, in seconds and
 * microseconds; how long ago that may be, in ms. Of several replicas that notice, the first one says it.
 */
const beginMemory = redisScript(`${wholeSince}
local process, since = whole_since(KEYS[1])
if since then return 1 end
local at = redis.call('TIME')
if (at[1] - ARGV[2]) * 1000 + (at[2] - ARGV[3]) / 1000 > tonumber(ARGV[4]) then return 0 end
redis.call('SET', KEYS[1], process .. ' ' .. ARGV[1])
return 1`)

/**
 * KEYS: the fingerprint. ARGV: since when, the shares, the sender, ts, the life of the fingerprint and of the shares in
 * ms, the most of all, the quota, from where on it holds.
 */
const takeOnce = redisScript(`${wholeSince}
local process, since = whole_since(ARGV[1])
if not since then return '${LOST}' end
if tonumber(ARGV[4]) < tonumber(since) then return since end
if redis.call('EXISTS', KEYS[1]) == 1 then return 'seen' end
local all = tonumber(redis.call('HGET', ARGV[2], 'all') or 0)
local own = tonumber(redis.call('HGET', ARGV[2], ARGV[3]) or 0)
if all >= tonumber(ARGV[7]) then return 'full' end
if all >= tonumber(ARGV[9]) and own >= tonumber(ARGV[8]) then return 'full' end
redis.call('SET', KEYS[1], '', 'PX', ARGV[5])
redis.call('HINCRBY', ARGV[2], 'all', 1)
redis.call('HINCRBY', ARGV[2], ARGV[3], 1)
redis.call('PEXPIRE', ARGV[2], ARGV[6])
return 'fresh'`)
