import { runFunction } from '../calls/run-function.ts'
import { checkSources } from '../loader/check-sources.ts'
import { createLoader } from '../loader/create-loader.ts'
import type { Loader } from '../loader/create-loader.ts'
import { installModuleNames } from '../loader/install-module-names.ts'
import type { FunctionEntry, FunctionFault, SpaceFacts, ToWorker } from '../wire/worker-frame.ts'
import type { RunningCall } from './call-scope.ts'
import { callScope } from './call-scope.ts'
import type { Ask } from './create-ask.ts'
import { createAsking } from './create-ask.ts'
import type { HostLink } from './host-link.ts'
import type { Leftovers } from './create-leftovers.ts'

type Start = Extract<ToWorker, { t: 'start' }>
type Call = Extract<ToWorker, { t: 'call' }>

/** What a worker is told of when it starts, and what it asks with. */
export interface Started {
  readonly space: SpaceFacts
  readonly modules: ReadonlyMap<string, string>
  readonly ask: Ask
  /** The calls that run now, oldest first. */
  readonly runningCalls: () => readonly RunningCall[]
}

/** One worker: functions of one space, run as the server's frames say. */
export interface Worker {
  receive(head: ToWorker, payload: Buffer): void
  /** Ends the call with this fault, unless it is over; undefined: the one call that runs, if it is one. */
  fail(call: RunningCall | undefined, fault: FunctionFault): void
}

const RESULT_MAX_BYTES = 6 * 1024 * 1024
const { parse, stringify } = JSON

/**
 * @param prepare puts up what functions find around them, before any of their code is loaded; gives the modules that
 * stand in for those which the project has not, by bare name.
 * @param onIdle called when an error that nobody caught was reported and no call runs any more.
 */
export function createWorker({
  link,
  leftovers,
  prepare,
  onIdle,
}: {
  readonly link: HostLink
  readonly leftovers: Leftovers
  readonly prepare: (started: Started) => ReadonlyMap<string, URL>
  readonly onIdle: () => void
}): Worker {
  const running = new Map<number, RunningCall>()
  const asking = createAsking(link.send)
  let space: SpaceFacts | undefined
  let functions: ReadonlyMap<string, FunctionEntry> = new Map()
  let resultMaxBytes = RESULT_MAX_BYTES
  let isBroken = false
  const load: Loader = createLoader(() => leftovers.accept())

  async function start(told: Start): Promise<void> {
    space = told.space
    functions = new Map(told.functions.map((entry) => [entry.name, entry]))
    resultMaxBytes = told.resultMaxBytes ?? RESULT_MAX_BYTES
    const modules = new Map(Object.entries(told.modules))
    const started = { space, modules, ask: asking.ask, runningCalls: () => [...running.values()] }
    installModuleNames(modules, prepare(started))
    const faults = told.checkSyntax === false ? [] : await checkSources(told.functions, modules)
    leftovers.accept()
    link.send({ t: 'ready', ...(faults.length === 0 ? {} : { faults }) })
  }

  async function run({ id, name, facts }: Call, payload: Buffer): Promise<void> {
    link.send({ t: 'began', id })
    const entry = functions.get(name)
    if (!entry || !space) {
      const fault = { code: 'FUNCTION_NOT_FOUND', message: `FUNCTION_NOT_FOUND: ${name}` }
      link.send({ t: 'done', id, ok: false }, stringify(fault))
      return
    }
    const event: unknown = parse(payload.toString() || '{}')
    // The server must know that this call began, whatever its code does to this process next.
    if (link.waitingBytes() > 0) await link.drained()
    const call: RunningCall = { id, entry, facts, isOver: false }
    running.set(id, call)
    const deps = { space, load, resultMaxBytes }
    const outcome = await callScope.run(call, () => runFunction(deps, call, event))
    if (call.isOver) return
    call.isOver = true
    // While another call runs, nobody can tell whose it is.
    const isLeft = running.size === 1 && (await leftovers.remain())
    finish(call, outcome, isLeft)
  }

  function finish(call: RunningCall, outcome: string | FunctionFault, isLeft: boolean): void {
    running.delete(call.id)
    const ok = typeof outcome === 'string'
    const leftover = isBroken || isLeft
    link.send({ t: 'done', id: call.id, ok, ...(leftover ? { leftover } : {}) }, ok ? outcome : stringify(outcome))
    if (isBroken && running.size === 0) onIdle()
  }

  return {
    receive(head, payload) {
      if (head.t === 'start') void start(head)
      else if (head.t === 'call') void run(head, payload)
      else asking.settle(head.id, head.ok, payload.toString())
    },
    fail(call, fault) {
      isBroken = true
      const [first, ...others] = running.values()
      const failed = call ?? (others.length === 0 ? first : undefined)
      if (failed && !failed.isOver) {
        failed.isOver = true
        finish(failed, fault, true)
      } else if (running.size === 0) onIdle()
    },
  }
}
