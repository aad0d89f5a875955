import { createFrameReader, encodeFrame, frameLimits } from '@drawbridge/runtime'
import type { Frame, FromWorker, LoadFault, SpaceFacts, ToWorker } from '@drawbridge/runtime'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { Answer, Ask } from './create-answering.ts'
import { callResult } from './call-result.ts'
import type { Generation } from './generation.ts'
import type { WorkerEndReason } from './host-event.ts'
import { createAskQueue } from './ask-queue.ts'
import { failure } from './running-call.ts'
import type { RunningCall } from './running-call.ts'
import type { Say } from './call-log.ts'
import { createReadBudget } from './read-budget.ts'
import type { WorkerLaunch } from './worker-launch.ts'
import { startWorkerProcess } from './worker-process.ts'
import type { ProcessEnd } from './worker-process.ts'
import { workerFrame } from './worker-frame.ts'

/** How long a reading of a process's memory is good enough. */
const MEMORY_FRESH_MS = 100
/** A call takes longer than this to fill memory; its end is measured then, so that the next call does not pay for it. */
const LONG_CALL_MS = 5
/** What V8 prints when its heap is full, before it ends the process. */
const HEAP_FULL = 'heap out of memory'
/** Bytes on stdout and stderr are nobody's result: less of them is read. */
const OUTPUT_WEIGHT = 16
const MB = 1024 * 1024

/** What a worker is started with. */
export interface WorkerDeps {
  readonly generation: Generation
  readonly space: SpaceFacts
  readonly launch: WorkerLaunch
  /** Parse all sources before `ready`. */
  readonly checkSyntax: boolean
  /** Monotonic ms. */
  readonly elapsed: () => number
  readonly answer: (ask: Ask) => Promise<Answer>
  /** Puts a line of user code into the log. */
  readonly say: Say
  readonly onReady: (worker: Worker, faults: readonly LoadFault[]) => void
  /** A call of it ended. */
  readonly onCallEnd: (worker: Worker) => void
  /** Its process is gone; `unbegun` are the calls that none of its code ran for. */
  readonly onEnd: (worker: Worker, end: ProcessEnd, unbegun: readonly RunningCall[]) => void
}

/** One worker process, and the calls in it. */
export interface Worker {
  readonly generation: Generation
  readonly pid: number | undefined
  readonly startedAt: number
  /** Undefined until it may take calls. */
  readonly readyAt: number | undefined
  /** By the number that its frames bear. */
  readonly running: ReadonlyMap<number, RunningCall>
  /** Functions that it has run, so that their code is loaded. */
  readonly ran: ReadonlySet<string>
  /** Why it gets no further call; undefined: it may. */
  readonly retired: WorkerEndReason | undefined
  /** Its process ends, or has. */
  readonly isKilled: boolean
  start(call: RunningCall): void
  /** Ends one call from outside; its worker goes on for others that it shares the worker with. */
  drop(call: RunningCall): void
  /** No further call; its process ends when it has none. */
  retire(why: WorkerEndReason): void
  /** Ends the process now. */
  kill(why: WorkerEndReason): void
  /** Resident memory, MiB; 0 when unknown. */
  memoryMb(): number
  /** Gives it new room to send. */
  refill(): void
}

/** Starts a worker. User code can make it send anything at all: what cannot be read ends it. */
export function createWorker(deps: WorkerDeps): Worker {
  const { generation, elapsed } = deps
  const running = new Map<number, RunningCall>()
  const ran = new Set<string>()
  let callCount = 0
  let readyAt: number | undefined
  let retired: WorkerEndReason | undefined
  let isKilled = false
  /** Nothing that it sends can be read any more. */
  let isBroken = false
  /** In whose log stands what comes without a call's number. */
  let speaker: RunningCall | undefined
  let lastError = ''
  let memory = { at: -MEMORY_FRESH_MS, mb: 0 }
  const budget = createReadBudget({ pause: () => child.pause(), resume: () => child.resume() })
  const asks = createAskQueue({
    answer: deps.answer,
    send: (id, { ok, payload }) => send({ t: 'answer', id, ok }, payload),
    onFull: (isFull) => (isFull ? budget.hold() : budget.release()),
  })
  const read = createFrameReader(frameLimits.maxBytes, onFrame, frameLimits.headMaxBytes)
  const child = startWorkerProcess(deps.launch, { onBytes, onOutput, onEnd })
  send({
    t: 'start',
    space: deps.space,
    functions: [...generation.functions.values()].map(({ name, kind, file }) => ({ name, kind, file })),
    modules: generation.modules,
    checkSyntax: deps.checkSyntax,
  })
  const startedAt = elapsed()

  const worker: Worker = {
    generation,
    pid: child.pid,
    startedAt,
    get readyAt() {
      return readyAt
    },
    running,
    ran,
    get retired() {
      return retired
    },
    get isKilled() {
      return isKilled
    },
    start(call) {
      callCount += 1
      budget.refill()
      running.set(callCount, call)
      speaker = call
      call.dispatchedAt = elapsed()
      const { name, facts, event } = call.call
      const frame = encodeFrame({ t: 'call', id: callCount, name, facts } satisfies ToWorker, JSON.stringify(event))
      // The worker would refuse it and end.
      if (frame.length > frameLimits.maxBytes)
        end(call, failure('FUNCTION_FRAME_INVALID', { name, bytes: frame.length }))
      else child.send(frame)
    },
    drop(call) {
      for (const [id, each] of running) if (each === call) running.delete(id)
    },
    retire(why) {
      retired ??= why
      if (running.size === 0) kill(retired)
    },
    kill,
    memoryMb: () => memoryMb(),
    refill: budget.refill,
  }
  return worker

  function send(head: ToWorker, payload?: string): void {
    child.send(encodeFrame(head, payload))
  }

  function kill(why: WorkerEndReason): void {
    retired ??= why
    if (isKilled) return
    isKilled = true
    child.kill()
  }

  function memoryMb(freshMs = MEMORY_FRESH_MS): number {
    if (elapsed() - memory.at >= freshMs)
      memory = { at: elapsed(), mb: Math.round((child.residentBytes() ?? memory.mb * MB) / MB) }
    return memory.mb
  }

  function onBytes(chunk: Buffer): void {
    // What a worker sent before it was killed is still read: it tells which calls began.
    if (isBroken) return
    try {
      read(chunk)
    } catch (cause) {
      if (!(cause instanceof DrawbridgeError)) throw cause
      breakOff(cause)
      return
    }
    if (budget.spend(chunk.length) === 'overdrawn' && running.size === 0) kill('frames')
  }

  function breakOff(cause: DrawbridgeError): void {
    isBroken = true
    kill('frames')
    for (const call of running.values()) end(call, { ok: false, error: cause })
  }

  function onFrame({ head, payload }: Frame): void {
    const frame: FromWorker = workerFrame(head)
    budget.count()
    if (frame.t === 'ready') {
      if (readyAt !== undefined) return
      readyAt = elapsed()
      const faults = (frame.faults ?? []).map(({ message, file, ...rest }) => ({
        ...rest,
        file: generation.named(file),
        message: generation.named(message),
      }))
      deps.onReady(worker, faults)
    } else if (frame.t === 'log') {
      deps.say(running.get(frame.call) ?? speaker, frame.level, generation.named(frame.text))
    } else if (frame.t === 'ask') {
      const call = running.get(frame.call)
      asks.take(frame.id, { running: call, service: frame.service, method: frame.method, payload: payload.toString() })
    } else {
      const call = running.get(frame.id)
      if (!call) return
      call.hasBegun = true
      if (frame.t === 'began') return
      ran.add(call.call.name)
      if (frame.leftover === true) retired ??= 'leftover'
      end(call, callResult(call.call.name, frame.ok, payload, generation.named))
    }
  }

  function end(call: RunningCall, outcome: Parameters<RunningCall['settle']>[0]): void {
    worker.drop(call)
    const isLong = elapsed() - (call.dispatchedAt ?? 0) >= LONG_CALL_MS
    call.settle(outcome, memoryMb(isLong ? LONG_CALL_MS : MEMORY_FRESH_MS))
    if (retired !== undefined && running.size === 0) kill(retired)
    deps.onCallEnd(worker)
  }

  function onOutput(stream: 'stdout' | 'stderr', chunk: Buffer): void {
    const text = chunk.toString('utf8')
    if (stream === 'stderr') lastError = (lastError + text).slice(-4096)
    deps.say(speaker, stream === 'stderr' ? 'error' : 'log', generation.named(text.replace(/\n$/, '')))
    budget.spend(chunk.length * OUTPUT_WEIGHT)
  }

  function onEnd(how: ProcessEnd): void {
    isKilled = true
    retired ??= 'own'
    const unbegun: RunningCall[] = []
    for (const call of [...running.values()]) {
      worker.drop(call)
      if (!call.hasBegun) unbegun.push(call)
      else call.settle(crash(call, how), memory.mb)
    }
    deps.onEnd(worker, how, unbegun)
  }

  function crash({ call }: RunningCall, { exitCode, signal }: ProcessEnd): ReturnType<typeof failure> {
    const name = call.name
    if (retired === 'memory' || lastError.includes(HEAP_FULL)) return failure('FUNCTION_MEMORY_EXCEEDED', { name })
    return failure('FUNCTION_CRASHED', {
      name,
      ...(exitCode !== null && { exitCode }),
      ...(signal !== null && { signal }),
    })
  }
}
