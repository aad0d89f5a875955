import type { Space } from '../spaces/space.ts'
import { createInnerLane, createOuterLane, DEPTH_MAX } from './call-lane.ts'
import type { CallLane } from './call-lane.ts'
import type { Worker } from './create-worker.ts'
import type { Generation } from './generation.ts'
import { createIdleWorkers } from './idle-workers.ts'
import { failure } from './running-call.ts'
import type { RunningCall } from './running-call.ts'
import { READY_WITHIN_MS, watchWorker } from './watch-worker.ts'

/** Starting a process takes a core for some hundredths of a second. */
const START_AT_ONCE = 2
/** A call whose workers end before it begins is given up. */
const ATTEMPTS_MAX = 3
/** Pauses after one, two, … workers that never became ready, ms. */
const START_PAUSE_MS = [100, 500, 2000, 5000] as const
/** A worker that holds so much of its memory when it is idle is replaced. */
const FULL = 0.75

/** The workers of one space. */
export interface WorkerPool {
  /** Runs the call when a worker is free; settles it in any case. */
  submit(call: RunningCall): void
  /** From here on spare workers have this code; idle ones of code that is used no more end. `first` is ready. */
  renew(generation: Generation, first: Worker | undefined, isUsed: (generation: Generation) => boolean): void
  onReady(worker: Worker): void
  /** A call ended by itself. */
  onCallEnd(worker: Worker): void
  /** `unbegun`: calls that had been handed to the worker. */
  onEnd(worker: Worker, unbegun: readonly RunningCall[]): void
  /** Ends what is over its limits. False: nothing needs watching until `wake`. */
  watch(): boolean
  close(): void
}

/** What a pool is made of. */
export interface PoolDeps {
  readonly space: Space
  /** Monotonic ms. */
  readonly elapsed: () => number
  readonly startWorker: (generation: Generation) => Worker
  /** Calls `watch` some fifty times a second from here on. */
  readonly wake: () => void
  /** Resolves false when there is nothing more to wait for. */
  readonly pause: (ms: number) => Promise<boolean>
}

/** Hands calls to worker processes, one at a time each unless the function says otherwise, and keeps a spare one ready. */
export function createWorkerPool({ space, elapsed, startWorker, wake, pause }: PoolDeps): WorkerPool {
  const { max, queueMax, memoryMb } = space.workers
  const workers = new Set<Worker>()
  const idle = createIdleWorkers({ elapsed, pause, end: (worker) => worker.kill('idle') })
  /** Which lane's slot a worker takes, and for which call. */
  const slots = new Map<Worker, { readonly lane: CallLane; readonly call: RunningCall }>()
  const outer = createOuterLane(max)
  const inner = createInnerLane(max)
  let current: Generation | undefined
  let failedStarts = 0
  let mayStartAt = Number.NEGATIVE_INFINITY
  let isClosed = false

  return {
    submit(call) {
      const lane = call.call.depth === 0 ? outer : inner
      wake()
      if (lane.waiting.length === 0 && !isClosed && place(call, lane)) {
        provide()
      } else if (isClosed || lane.waiting.length >= queueMax) {
        call.settle(failure('FUNCTION_BUSY', { name: call.call.name }), 0)
      } else {
        lane.waiting.push(call)
        pump()
      }
    },
    renew(generation, first, isUsed) {
      current = generation
      failedStarts = 0
      mayStartAt = Number.NEGATIVE_INFINITY
      if (first) {
        workers.add(first)
        idle.add(first)
      }
      for (const worker of workers) {
        if (isUsed(worker.generation)) continue
        worker.retire('replaced')
        if (worker.running.size === 0) release(worker)
      }
      pump()
    },
    onReady(worker) {
      if (!workers.has(worker) || worker.retired !== undefined) return
      failedStarts = 0
      idle.add(worker)
      pump()
    },
    onCallEnd(worker) {
      if (worker.running.size > 0) {
        pump()
        return
      }
      freeSlot(worker)
      if (worker.retired === undefined && worker.memoryMb() > memoryMb * FULL) worker.retire('memory')
      if (worker.retired === undefined) idle.add(worker)
      else release(worker)
      pump()
    },
    onEnd(worker, unbegun) {
      release(worker)
      const isFailedStart =
        worker.readyAt === undefined && worker.retired !== 'closing' && worker.retired !== 'replaced'
      if (isFailedStart) startFailed()
      for (const call of unbegun) again(call)
      pump()
    },
    watch() {
      const at = elapsed()
      for (const worker of workers) {
        watchWorker(worker, { at, memoryMb })
        if (worker.retired !== undefined && (worker.isKilled || worker.running.size === 0)) release(worker)
      }
      expire(outer, at)
      expire(inner, at)
      pump()
      return slots.size > 0 || outer.waiting.length + inner.waiting.length > 0 || starting().length > 0
    },
    close() {
      isClosed = true
      for (const worker of workers) worker.kill('closing')
      for (const { waiting } of [outer, inner])
        for (const call of waiting.splice(0)) call.settle(failure('FUNCTION_BUSY', { name: call.call.name }), 0)
    },
  }

  function pump(): void {
    if (isClosed) return
    for (const lane of [inner, outer])
      for (let next = lane.next(); next && place(next, lane); next = lane.next())
        lane.waiting.splice(lane.waiting.indexOf(next), 1)
    provide()
  }

  /** Gives the call to a worker if there is one for it. */
  function place(call: RunningCall, lane: CallLane): boolean {
    const free = lane.admits(call) ? idle.best(call) : undefined
    const shared = free?.ran.has(call.call.name) === true ? undefined : sharing(call, lane)
    const worker = shared ?? free
    if (!worker) return false
    if (!shared) {
      idle.remove(worker)
      slots.set(worker, { lane, call })
      lane.began(call)
    }
    worker.start(call)
    return true
  }

  /** A worker that runs this function only, and fewer calls of it than it may. */
  function sharing({ generation, facts, call }: RunningCall, lane: CallLane): Worker | undefined {
    if (facts.concurrency === 1) return undefined
    for (const [worker, slot] of slots) {
      if (slot.lane !== lane || slot.call.call.name !== call.name || worker.generation !== generation) continue
      if (worker.retired === undefined && worker.running.size < facts.concurrency) return worker
    }
    return undefined
  }

  /** Starts the workers that calls wait for, and a spare one. */
  function provide(): void {
    if (isClosed || elapsed() < mayStartAt) return
    if (inner.waiting.length + outer.waiting.length > 0) {
      const needs = new Map<Generation, number>()
      for (const call of [...inner.admissible(), ...outer.admissible()])
        needs.set(call.generation, (needs.get(call.generation) ?? 0) + 1)
      for (const [generation, need] of needs)
        while (starting(generation).length < need && starting().length < START_AT_ONCE && makeRoom(generation))
          start(generation)
    }
    if (!current || current.functions.size === 0 || workers.size >= 2 * max) return
    if (!idle.has(current) && starting(current).length === 0) start(current)
  }

  function start(generation: Generation): void {
    workers.add(startWorker(generation))
    wake()
  }

  /** Whether one more process may be started; an idle one with other code gives way. */
  function makeRoom(generation: Generation): boolean {
    if (workers.size < 2 * max + DEPTH_MAX - 1) return true
    const other = idle.other(generation)
    if (!other) return false
    other.kill('replaced')
    release(other)
    return true
  }

  function starting(generation?: Generation): readonly Worker[] {
    return [...workers].filter(
      (worker) => worker.readyAt === undefined && (generation === undefined || worker.generation === generation),
    )
  }

  function freeSlot(worker: Worker): void {
    const slot = slots.get(worker)
    if (!slot) return
    slots.delete(worker)
    slot.lane.ended(slot.call)
  }

  /** The worker gets no further call; what it took is free for another, though its process may take a moment to end. */
  function release(worker: Worker): void {
    workers.delete(worker)
    idle.remove(worker)
    freeSlot(worker)
  }

  function again(call: RunningCall): void {
    if (call.isSettled) return
    call.attempts += 1
    call.dispatchedAt = undefined
    const lane = call.call.depth === 0 ? outer : inner
    if (isClosed || call.attempts >= ATTEMPTS_MAX) call.settle(failure('FUNCTION_CRASHED', { name: call.call.name }), 0)
    else lane.waiting.unshift(call)
  }

  function startFailed(): void {
    mayStartAt = elapsed() + (START_PAUSE_MS[failedStarts] ?? START_PAUSE_MS[3])
    failedStarts += 1
    if (failedStarts < ATTEMPTS_MAX || slots.size > 0) return
    for (const { waiting } of [outer, inner])
      for (const call of waiting.splice(0)) call.settle(failure('FUNCTION_CRASHED', { name: call.call.name }), 0)
  }

  function expire(lane: CallLane, at: number): void {
    // While nothing runs, a first worker is on its way, which takes its time on a busy machine.
    const leastMs = slots.size === 0 ? READY_WITHIN_MS : 0
    for (const call of [...lane.waiting]) {
      if (at - call.queuedAt < Math.max(leastMs, call.facts.timeoutSeconds * 1000)) continue
      lane.waiting.splice(lane.waiting.indexOf(call), 1)
      call.settle(failure('FUNCTION_BUSY', { name: call.call.name }), 0)
    }
  }
}
