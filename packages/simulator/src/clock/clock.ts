import { SimulatorError } from '../simulator-error.ts'

/** How the simulator's clock begins. Without `at` it begins at the real time, without `running: false` it runs. */
export interface ClockOptions {
  /** Milliseconds since the epoch. */
  readonly at?: number
  readonly running?: boolean
}

/** The simulated platform's time. All moments are milliseconds since the epoch. */
export interface Clock {
  now(): number
  readonly running: boolean
  /** Jumps to a moment, forwards or backwards. */
  set(at: number): void
  /** Moves by so many milliseconds; what waited for a moment passed by then goes on. */
  advance(ms: number): void
  stop(): void
  start(): void
  /** Resolves once the clock has moved `ms` further, or as soon as `signal` aborts. */
  wait(ms: number, signal?: AbortSignal): Promise<void>
}

interface Waiter {
  readonly due: number
  readonly go: () => void
  timer: NodeJS.Timeout | undefined
}

const TIMER_MAX_MS = 2_147_483_647

/** Makes a clock over a real time source. A stopped clock moves by `set` and `advance` alone. */
export function createClock(options: ClockOptions, realNow: () => number): Clock {
  let running = options.running ?? true
  let at = checked(options.at ?? realNow())
  let realAt = realNow()
  const waiters = new Set<Waiter>()

  const now = (): number => (running ? at + (realNow() - realAt) : at)

  const arm = (waiter: Waiter): void => {
    clearTimeout(waiter.timer)
    const left = waiter.due - now()
    if (left <= 0) return waiter.go()
    if (!running) return
    waiter.timer = setTimeout(() => arm(waiter), Math.min(left, TIMER_MAX_MS))
    waiter.timer.unref()
  }

  const moveTo = (moment: number): void => {
    at = checked(moment)
    realAt = realNow()
    for (const waiter of [...waiters].sort((a, b) => a.due - b.due)) arm(waiter)
  }

  const wait = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const waiter: Waiter = {
        due: now() + ms,
        timer: undefined,
        go: () => {
          clearTimeout(waiter.timer)
          waiters.delete(waiter)
          signal?.removeEventListener('abort', waiter.go)
          resolve()
        },
      }
      if (signal?.aborted === true) return resolve()
      signal?.addEventListener('abort', waiter.go)
      waiters.add(waiter)
      arm(waiter)
    })

  return {
    now,
    get running() {
      return running
    },
    set: moveTo,
    advance: (ms) => moveTo(now() + checked(ms)),
    stop() {
      const moment = now()
      running = false
      moveTo(moment)
    },
    start() {
      const moment = now()
      running = true
      moveTo(moment)
    },
    wait,
  }
}

function checked(ms: number): number {
  if (Number.isFinite(ms)) return ms
  throw new SimulatorError('CLOCK_INVALID', 'The clock takes milliseconds as a finite number.')
}
