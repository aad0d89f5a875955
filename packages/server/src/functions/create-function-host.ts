import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { DrawbridgeError } from '@drawbridge/protocol'
import type { Space } from '../spaces/space.ts'
import { createCodeCache } from './create-code-cache.ts'
import type { FunctionHost } from './function-host.ts'
import type { FunctionLog } from './function-log.ts'
import type { HostEvent } from './host-event.ts'
import { ignoreDebugSignal } from './ignore-debug-signal.ts'
import { makePrivateFolder } from './private-folder.ts'
import { createSpaceFunctions } from './space-functions.ts'
import type { SpaceFunctions } from './space-functions.ts'
import type { WorkerServices } from './ask-context.ts'

/** How often running calls are looked at: a call past its time ends at most so much later. */
const WATCH_EVERY_MS = 15

/** What a function host is made of. */
export interface FunctionHostDeps {
  readonly spaces: readonly Space[]
  readonly services: WorkerServices
  readonly log: FunctionLog
  /** ms since epoch, for the log. */
  readonly now: () => number
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<unknown>
  readonly onEvent: (event: HostEvent) => void
  /** Monotonic ms, for durations and time limits; the machine's own unless given. */
  readonly elapsed?: () => number
}

/**
 * Reads the spaces' functions and runs them in worker processes: SIGKILL at a call's deadline, a fresh worker after a
 * crash, one spare worker ready in each space. Rejects when a folder cannot be copied; mistakes in it are events.
 *
 * @example
 * const host = await createFunctionHost({ spaces, services, log: createFunctionLog(), now, sleep, onEvent })
 * const text = await host.call({ spaceId, name: 'hello', event: {}, facts, depth: 0 })
 */
export async function createFunctionHost(deps: FunctionHostDeps): Promise<FunctionHost> {
  const { spaces, log, sleep, elapsed = () => performance.now() } = deps
  const root = makePrivateFolder(spaces.some(({ workers }) => workers.uid !== undefined))
  const codeCache = createCodeCache(join(root, 'code-cache'))
  const heedDebugSignal = ignoreDebugSignal()
  const closing = new AbortController()
  const functions = new Map<string, SpaceFunctions>()
  let isWatching = false
  for (const [index, space] of spaces.entries()) {
    const made = await createSpaceFunctions({
      ...deps,
      space,
      root: join(root, `space-${index}`),
      elapsed,
      codeCache: codeCache.get,
      wake,
      pause,
    })
    functions.set(space.spaceId, made)
  }
  return {
    log,
    call(call) {
      const space = functions.get(call.spaceId)
      if (space) return space.call(call)
      return Promise.reject(new DrawbridgeError('FUNCTION_NOT_FOUND', { name: call.name }))
    },
    find: (spaceId, name) => functions.get(spaceId)?.find(name),
    list: (spaceId) => functions.get(spaceId)?.list() ?? [],
    faults: (spaceId) => functions.get(spaceId)?.faults() ?? Promise.resolve([]),
    reload: (spaceId) => functions.get(spaceId)?.reload() ?? Promise.resolve([]),
    async close() {
      closing.abort()
      await Promise.all([...functions.values()].map((space) => space.close()))
      await codeCache.close()
      heedDebugSignal()
      await rm(root, { recursive: true, force: true, maxRetries: 3 })
    },
  }

  function pause(ms: number): Promise<boolean> {
    return sleep(ms, closing.signal).then(
      () => !closing.signal.aborted,
      () => false,
    )
  }

  function wake(): void {
    if (isWatching) return
    isWatching = true
    void watch().finally(() => (isWatching = false))
  }

  async function watch(): Promise<void> {
    let wasHeldUp = false
    let dueAt = elapsed() + WATCH_EVERY_MS
    while (await pause(WATCH_EVERY_MS)) {
      // This process itself was held up: what workers said meanwhile is read before they are judged.
      wasHeldUp = !wasHeldUp && elapsed() - dueAt > WATCH_EVERY_MS
      dueAt = elapsed() + WATCH_EVERY_MS
      if (wasHeldUp) continue
      if (![...functions.values()].map((space) => space.watch()).some(Boolean)) return
    }
  }
}
