import type { Dispatcher } from 'undici'
import type { Place } from '../place.ts'
import { WxError } from '../wx-error.ts'
import type { SlotKind, Slots } from './slots.ts'
import type { Visibility } from './visibility.ts'

/** What network tasks share on one phone. */
export interface Network {
  readonly place: Place
  readonly slots: Slots
  readonly visibility: Visibility
  readonly dispatcher: Dispatcher
  /** Where to connect for a URL: itself, or what the phone's `hosts` say. */
  readonly connectTo: (url: URL) => URL
}

/** One running task: its end is told by `signal`, whose reason is the WxError to fail with. */
export interface RunningTask<T> {
  readonly done: Promise<T>
  abort(): void
}

const TIMEOUT_MS = 60_000

/**
 * Runs one task under the phone's rules: foreground, a free slot, 60 s unless told otherwise, interrupted in the
 * background. `work` must stop when its signal aborts.
 */
export function runTask<T>(
  network: Network,
  task: { readonly api: string; readonly kind: SlotKind; readonly timeoutMs?: number | undefined },
  work: (signal: AbortSignal) => Promise<T>,
): RunningTask<T> {
  const { place, slots, visibility } = network
  const { api } = task
  const ending = new AbortController()
  const end = (why: string, errno?: number): void => ending.abort(new WxError(api, why, errno))

  const run = async (): Promise<T> => {
    await new Promise(setImmediate)
    place.failIfAsked(api)
    if (!visibility.mayStart()) throw new WxError(api, 'interrupted', 600003)
    const timer = new AbortController()
    const stopListening = visibility.onInterrupt(() => end('interrupted', 600003))
    void place.platform.clock.wait(task.timeoutMs ?? TIMEOUT_MS, timer.signal).then(() => end('timeout', 5))
    try {
      const giveBack = await slots.take(api, task.kind, ending.signal)
      try {
        ending.signal.throwIfAborted()
        return await work(ending.signal)
      } finally {
        giveBack()
      }
    } catch (cause) {
      if (ending.signal.aborted) throw ending.signal.reason
      throw cause instanceof WxError ? cause : networkError(api, cause)
    } finally {
      stopListening()
      timer.abort()
    }
  }
  const done = run()
  // Who started the task may look at its end a turn later than it ends.
  done.catch(() => undefined)
  return { done, abort: () => end('abort') }
}

const netErrors: Readonly<Record<string, readonly [number, string]>> = Object.assign(Object.create(null) as object, {
  ECONNREFUSED: [-102, 'ERR_CONNECTION_REFUSED'],
  ECONNRESET: [-101, 'ERR_CONNECTION_RESET'],
  UND_ERR_SOCKET: [-101, 'ERR_CONNECTION_RESET'],
  ENOTFOUND: [-105, 'ERR_NAME_NOT_RESOLVED'],
  EAI_AGAIN: [-105, 'ERR_NAME_NOT_RESOLVED'],
}) as Readonly<Record<string, readonly [number, string]>>

/** A failure of the network as WeChat words it: cronet's number and name, errno 600001; else 600000. */
export function networkError(api: string, cause: unknown): WxError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  const known = netErrors[code]
  if (known === undefined) return new WxError(api, `unknown network error ${code}`.trim(), 600000)
  const [number, name] = known
  return new WxError(api, `errcode:${number} cronet_error_code:${number} error_msg:net::${name}`, 600001)
}
