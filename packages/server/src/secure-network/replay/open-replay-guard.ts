import { openSqlite } from '@drawbridge/bridge'
import type { RedisConnection } from '@drawbridge/bridge'
import { createRedisReplayGuard } from './create-redis-replay-guard.ts'
import { createReplayMemory } from './create-replay-memory.ts'
import { keepEarlyMark } from './early-mark.ts'
import type { EarlyMarkTables } from './early-mark.ts'
import type { ReplayGuard } from './replay-guard.ts'

/** A replay guard that is kept open. */
export interface OpenedReplayGuard {
  readonly replay: ReplayGuard
  /** What was made before is refused, ms since epoch; undefined: the guard outlives this process, and knows by itself. */
  readonly bootedAt: number | undefined
  close(): Promise<void>
}

/** What a replay guard is opened with. */
export interface ReplayGuardDeps {
  /** Where the early mark is kept. */
  readonly path: string
  /** Left out: messages are remembered in this process. */
  readonly redis?: RedisConnection | undefined
  /** ms since epoch; one clock for all replicas where there is Redis. */
  readonly now: () => number
  /** Monotonic ms. */
  readonly elapsed: () => number
  /** That many bytes fit for keys. */
  readonly random: (length: number) => Uint8Array
}

/** The guard in Redis where there is one, else in this process. Throws `STORE_UNAVAILABLE`. */
export async function openReplayGuard({
  path,
  redis,
  now,
  elapsed,
  random,
}: ReplayGuardDeps): Promise<OpenedReplayGuard> {
  const marks = openSqlite<EarlyMarkTables>({ path, durability: 'full' })
  try {
    const early = await keepEarlyMark(marks, now)
    const guard = redis
      ? createRedisReplayGuard({ redis, now, latest: early.read })
      : createReplayMemory({ elapsed, key: random(32) })
    return {
      replay: early.before(guard),
      bootedAt: redis ? undefined : early.bootedAt,
      close: () => marks.close(),
    }
  } catch (error) {
    await marks.close()
    throw error
  }
}
