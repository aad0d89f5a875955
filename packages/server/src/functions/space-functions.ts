import { mkdirSync } from 'node:fs'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { LoadFault } from '@drawbridge/runtime'
import type { Space } from '../spaces/space.ts'
import { createAnswering } from './create-answering.ts'
import { CALL_LOG_MAX, createCallLog } from './call-log.ts'
import type { CodeCache } from './create-code-cache.ts'
import { DEPTH_MAX } from './call-lane.ts'
import { createWorker } from './create-worker.ts'
import type { Worker } from './create-worker.ts'
import type { FunctionFacts } from './function-facts.ts'
import type { FunctionCall, ReloadFault } from './function-host.ts'
import type { FunctionLog } from './function-log.ts'
import { createGeneration } from './generation.ts'
import type { Generation } from './generation.ts'
import type { HostEvent } from './host-event.ts'
import type { CallOutcome, RunningCall } from './running-call.ts'
import { createWorkerFolders } from './worker-folders.ts'
import { createWorkerPool } from './worker-pool.ts'
import type { WorkerServices } from './ask-context.ts'
import { workerLaunch } from './worker-launch.ts'

/** The functions of one space. */
export interface SpaceFunctions {
  call(call: FunctionCall): Promise<string>
  find(name: string): FunctionFacts | undefined
  list(): readonly FunctionFacts[]
  reload(): Promise<readonly ReloadFault[]>
  faults(): Promise<readonly ReloadFault[]>
  watch(): boolean
  close(): Promise<void>
}

/** What they are made of. */
export interface SpaceDeps {
  readonly space: Space
  readonly services: WorkerServices
  readonly log: FunctionLog
  /** A folder of this space's own, not there yet. */
  readonly root: string
  /** ms since epoch. */
  readonly now: () => number
  /** Monotonic ms. */
  readonly elapsed: () => number
  readonly wake: () => void
  readonly pause: (ms: number) => Promise<boolean>
  /** The folder of the runtime's compiled code, once it is there; undefined: there is none. */
  readonly codeCache: CodeCache
  readonly onEvent: (event: HostEvent) => void
}

/** The code that a function's calls run on. */
interface Route {
  readonly generation: Generation
  readonly facts: FunctionFacts
}
type Routes = ReadonlyMap<string, Route>

/** Reads the space's folder, and gets its first worker ready in the background, which parses the code first. */
export async function createSpaceFunctions(deps: SpaceDeps): Promise<SpaceFunctions> {
  const { space, root, now, elapsed, codeCache, onEvent } = deps
  const { spaceId } = space
  const answer = createAnswering(deps.services, space, onEvent)
  const callLog = createCallLog(deps.log, spaceId, now)
  const processes = new Map<Worker, Promise<void>>()
  const generations = new Set<Generation>()
  const { uid, gid } = space.workers
  const folders = createWorkerFolders(root, uid === undefined ? undefined : { uid, gid: gid ?? uid })
  let generationCount = 0
  let isClosed = false
  mkdirSync(root, { mode: 0o711 })
  const first = await readGeneration()
  let newest = first
  let routes: Routes = new Map([...newest.functions].map(([name, facts]) => [name, { generation: newest, facts }]))
  let reloading: Promise<unknown> = Promise.resolve()
  let firstCheck: ((faults: readonly LoadFault[]) => void) | undefined
  let told = new Promise<readonly LoadFault[]>((resolve) => {
    firstCheck = resolve
  }).then((faults) => tell(first, faults))
  const pool = createWorkerPool({ ...deps, startWorker: (generation) => startWorker(generation) })
  if (first.functions.size === 0) checkedFirst([])
  pool.renew(first, undefined, () => true)

  return {
    call,
    find: (name) => routes.get(name)?.facts,
    list: () => [...routes.values()].map(({ facts }) => facts),
    reload() {
      const done = reloading.then(reload)
      reloading = done.catch(() => undefined)
      return done
    },
    faults: () => told,
    watch: () => pool.watch(),
    async close() {
      isClosed = true
      pool.close()
      for (const worker of processes.keys()) worker.kill('closing')
      await reloading
      await Promise.all(processes.values())
    },
  }

  function call(asked: FunctionCall): Promise<string> {
    const { name, depth } = asked
    const route = routes.get(name)
    if (!route) return Promise.reject(new DrawbridgeError('FUNCTION_NOT_FOUND', { name }))
    if (depth > DEPTH_MAX) return Promise.reject(new DrawbridgeError('FUNCTION_DEPTH_EXCEEDED', { name, depth }))
    return new Promise((resolve, reject) => {
      const running: RunningCall = {
        call: asked,
        ...route,
        queuedAt: elapsed(),
        dispatchedAt: undefined,
        hasBegun: false,
        attempts: 0,
        logLeft: CALL_LOG_MAX,
        isSettled: false,
        settle(outcome, memoryMb) {
          if (running.isSettled) return
          running.isSettled = true
          ended(running, outcome, memoryMb)
          if (outcome.ok) resolve(outcome.result)
          else reject(outcome.error)
        },
      }
      pool.submit(running)
    })
  }

  function ended(running: RunningCall, outcome: CallOutcome, memoryMb: number): void {
    const { queuedAt, dispatchedAt, call: ran } = running
    const at = elapsed()
    const durationMs = dispatchedAt === undefined ? 0 : at - dispatchedAt
    callLog.end(running, outcome, { durationMs, memoryMb })
    onEvent({
      type: 'call-ended',
      spaceId,
      name: ran.name,
      source: ran.facts.source,
      depth: ran.depth,
      code: outcome.ok ? 'OK' : outcome.error.code,
      durationMs,
      waitedMs: (dispatchedAt ?? at) - queuedAt,
    })
  }

  async function reload(): Promise<readonly ReloadFault[]> {
    if (isClosed) return []
    const made = await readGeneration()
    const { worker, faults } = made.functions.size === 0 ? { faults: [] } : await candidate(made)
    const unusable = made.mistakes.filter(({ weight }) => weight === 'unusable').map(({ name }) => name)
    const faulty = new Set([...faults.map(({ name }) => name), ...unusable])
    const next = new Map<string, Route>()
    for (const [name, facts] of made.functions) next.set(name, { generation: made, facts })
    // What cannot be loaded runs on as it was; what was never there is found, and fails with its reason.
    for (const name of faulty.has('') ? routes.keys() : faulty) {
      const before = routes.get(name)
      if (before) next.set(name, before)
    }
    newest = made
    routes = next
    const used = new Set([made, ...[...next.values()].map(({ generation }) => generation)])
    pool.renew(made, worker, (generation) => used.has(generation))
    sweep()
    const all = tell(made, faults)
    told = Promise.resolve(all)
    return all
  }

  /** The first worker of all has parsed the code, or ended before. */
  function checkedFirst(faults: readonly LoadFault[]): void {
    firstCheck?.(faults)
    firstCheck = undefined
  }

  /** A first worker with the new code, and what of it cannot be loaded. */
  async function candidate(
    made: Generation,
  ): Promise<{ readonly worker?: Worker; readonly faults: readonly LoadFault[] }> {
    const { promise, resolve } = Promise.withResolvers<readonly LoadFault[] | undefined>()
    const worker = startWorker(made, resolve)
    const faults = await promise
    if (faults !== undefined && worker.retired === undefined) return { worker, faults }
    const message = 'A worker with the new code did not start. The old code runs on; look at the server’s log.'
    return { faults: [{ name: '', file: made.named(made.folder), message }] }
  }

  async function readGeneration(): Promise<Generation> {
    generationCount += 1
    const made = await createGeneration(space, root, generationCount)
    generations.add(made)
    return made
  }

  function tell(made: Generation, faults: readonly ReloadFault[]): readonly ReloadFault[] {
    const told = made.mistakes.map(({ weight, ...fault }) => ({ weight, fault }))
    const all = [...told.filter(({ weight }) => weight !== 'note').map(({ fault }) => fault), ...faults]
    const notes = told.filter(({ weight }) => weight === 'note').map(({ fault }) => fault)
    onEvent({ type: 'folder-read', spaceId, functions: routes.size, faults: all, notes })
    return all
  }

  /** `checked`: the sources are parsed first, and it is told their faults; undefined: the worker did not get ready. */
  function startWorker(generation: Generation, checked?: (faults: readonly LoadFault[] | undefined) => void): Worker {
    const folder = folders.take()
    const isFirst = processes.size === 0 && firstCheck !== undefined
    const { promise, resolve } = Promise.withResolvers<undefined>()
    const worker = createWorker({
      generation,
      space: {
        spaceId,
        provider: space.provider,
        runtimeEnv: space.runtimeEnv ?? 'cloud',
        projectRoot: generation.folder,
        redis: space.redisUrl !== undefined,
      },
      launch: workerLaunch(space, generation, folder),
      checkSyntax: checked !== undefined || isFirst,
      elapsed,
      answer,
      say: callLog.say,
      onReady(ready, faults) {
        // Once a first worker is ready: it does not have to wait for this.
        void codeCache(space, generation).then((at) => at !== undefined && folders.bring(at))
        onEvent({ type: 'worker-started', spaceId, pid: ready.pid ?? 0, tookMs: elapsed() - ready.startedAt })
        if (isFirst) checkedFirst(faults)
        if (checked) checked(faults)
        else pool.onReady(ready)
      },
      onCallEnd: (free) => pool.onCallEnd(free),
      onEnd(over, { exitCode, signal, cause }, unbegun) {
        processes.delete(over)
        onEvent({ type: 'worker-ended', spaceId, pid: over.pid, why: over.retired ?? 'own', exitCode, signal, cause })
        if (isFirst) checkedFirst([])
        checked?.(undefined)
        pool.onEnd(over, unbegun)
        sweep()
        void folders.remove(folder).then(() => resolve(undefined))
      },
    })
    processes.set(worker, promise)
    return worker
  }

  /** Removes copies of code that nothing runs on any more. */
  function sweep(): void {
    const used = new Set([newest, ...[...routes.values()].map(({ generation }) => generation)])
    for (const worker of processes.keys()) used.add(worker.generation)
    for (const generation of generations) {
      if (used.has(generation) || isClosed) continue
      generations.delete(generation)
      void generation.remove().catch(() => undefined)
    }
  }
}
