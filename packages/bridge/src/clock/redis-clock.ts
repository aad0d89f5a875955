import type { BridgeEvent } from '../bridge.ts'
import type { RedisConnection } from '../store/redis/redis-connection.ts'
import { createCorrectedClock } from './corrected-clock.ts'

/** A clock that replicas share, kept right in the background. */
export interface RunningClock {
  /** ms since epoch. */
  readonly now: () => number
  /** Resolves when it was measured for the first time, or when that takes too long. */
  readonly ready: Promise<void>
  stop(): void
}

/** How long the first measurement is waited for, ms: with Redis away this machine's clock must do. */
const FIRST_MOST_MS = 500

/** This machine's clock, corrected by Redis' TIME. `machineNow`: ms since epoch; `monotonic`: ms. */
export function startRedisClock(deps: {
  readonly redis: RedisConnection
  readonly machineNow: () => number
  readonly monotonic: () => number
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  readonly onEvent: (event: BridgeEvent) => void
}): RunningClock {
  const { redis, sleep } = deps
  const stopping = new AbortController()
  const clock = createCorrectedClock({
    ...deps,
    host: 'redis',
    async askTime() {
      const [seconds, microseconds] = await redis.run((client) => client.time())
      return Number(seconds) * 1000 + Number(microseconds) / 1000
    },
  })
  const first = new Promise<void>((resolve) => {
    redis.onState((state) => {
      if (state === 'up') void clock.measure().then(resolve)
    })
  })
  void clock.keep(stopping.signal)
  return {
    now: clock.now,
    ready: Promise.race([first, sleep(FIRST_MOST_MS)]),
    stop: () => stopping.abort(),
  }
}
