import type { LogLevel } from '../wire/worker-frame.ts'
import type { RunningCall } from './call-scope.ts'
import type { HostLink } from './host-link.ts'

/** Puts a line into the function's log, under the call that says it. */
export type Log = (level: LogLevel, text: string) => void

/** In the head of a frame a character takes up to six bytes. */
const TEXT_MAX = 8192
/** What waits on a full pipe beyond this is dropped: a function that only talks must not fill the memory. */
const WAITING_MAX_BYTES = 4 * 1024 * 1024

/** Creates it; lines are cut at 8,192 characters, and dropped, with a word on how many, while the pipe is full. */
export function createLog(
  link: Pick<HostLink, 'send' | 'waitingBytes'>,
  currentCall: () => RunningCall | undefined,
): Log {
  let dropped = 0
  return (level, text) => {
    if (link.waitingBytes() > WAITING_MAX_BYTES) {
      dropped += 1
      return
    }
    const call = currentCall()?.id ?? 0
    if (dropped > 0) link.send({ t: 'log', call, level: 'warn', text: `${dropped} lines were dropped here` })
    dropped = 0
    const tooLong = text.length - TEXT_MAX
    const kept = tooLong > 0 ? `${text.slice(0, TEXT_MAX)}… (${tooLong} more characters)` : text
    link.send({ t: 'log', call, level, text: kept })
  }
}
