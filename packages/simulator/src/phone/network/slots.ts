import type { SwitchBoard } from '../../state/switch-board.ts'
import { WxError } from '../wx-error.ts'

/** The kinds of task that count against a limit. */
export type SlotKind = 'request' | 'uploadFile' | 'downloadFile' | 'socket'

/** How many network tasks may run at once. */
export interface Slots {
  /** Waits for a place, or throws errno 600007, as the switch says. Returns how to give it back. */
  take(api: string, kind: SlotKind, signal: AbortSignal): Promise<() => void>
}

const TASKS_MAX = 10
const SOCKETS_MAX = 5

/** Ten of each of request, upload and download (or ten together); five sockets. */
export function createSlots(switches: SwitchBoard): Slots {
  const used = new Map<string, number>()
  const waiting: (() => void)[] = []
  const bookOf = (kind: SlotKind): string => {
    return kind !== 'socket' && switches.get('networkLimitShared') ? 'all' : kind
  }

  return {
    async take(api, kind, signal) {
      const book = bookOf(kind)
      const max = kind === 'socket' ? SOCKETS_MAX : TASKS_MAX
      const isFull = (): boolean => (used.get(book) ?? 0) >= max
      if (isFull() && (kind === 'socket' || switches.get('networkExcess') === 'fail')) {
        throw new WxError(api, 'exceed max task count', 600007)
      }
      while (isFull() && !signal.aborted) await turn(waiting, signal)
      used.set(book, (used.get(book) ?? 0) + 1)
      return () => {
        used.set(book, (used.get(book) ?? 1) - 1)
        for (const go of waiting.splice(0)) go()
      }
    },
  }
}

function turn(waiting: (() => void)[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve)
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
