import type { Worker } from './create-worker.ts'
import type { Generation } from './generation.ts'
import type { RunningCall } from './running-call.ts'

/** Idle workers besides the last one are kept this long. */
const IDLE_MS = 60_000
const LOOK_EVERY_MS = 10_000

/** Workers that are ready and run nothing. */
export interface IdleWorkers {
  add(worker: Worker): void
  remove(worker: Worker): void
  /** One with the call's code: if it can be one that ran the function before, else the one used last. */
  best(call: RunningCall): Worker | undefined
  has(generation: Generation): boolean
  /** The one that has been idle longest, of other code. */
  other(generation: Generation): Worker | undefined
}

/** What idle workers are kept with. */
export interface IdleDeps {
  /** Monotonic ms. */
  readonly elapsed: () => number
  /** Resolves false when there is nothing more to wait for. */
  readonly pause: (ms: number) => Promise<boolean>
  /** Ends one that was idle for long. */
  readonly end: (worker: Worker) => void
}

/** Keeps idle workers, and ends those that a busy hour left behind. */
export function createIdleWorkers({ elapsed, pause, end }: IdleDeps): IdleWorkers {
  /** The one used last is at the end. */
  const idle: { readonly worker: Worker; readonly since: number }[] = []
  let isLooking = false

  return {
    add(worker) {
      idle.push({ worker, since: elapsed() })
      if (idle.length > 1 && !isLooking) void look()
    },
    remove,
    best({ generation, call }) {
      let last: Worker | undefined
      for (let at = idle.length - 1; at >= 0; at -= 1) {
        const worker = idle[at]?.worker
        if (worker?.generation !== generation) continue
        if (worker.ran.has(call.name)) return worker
        last ??= worker
      }
      return last
    },
    has: (generation) => idle.some(({ worker }) => worker.generation === generation),
    other: (generation) => idle.find(({ worker }) => worker.generation !== generation)?.worker,
  }

  function remove(worker: Worker): void {
    const at = idle.findIndex((each) => each.worker === worker)
    if (at !== -1) idle.splice(at, 1)
  }

  async function look(): Promise<void> {
    isLooking = true
    while (idle.length > 1 && (await pause(LOOK_EVERY_MS))) {
      const [longest] = idle
      if (longest && idle.length > 1 && elapsed() - longest.since >= IDLE_MS) {
        remove(longest.worker)
        end(longest.worker)
      }
    }
    isLooking = false
  }
}
