import type { FunctionLog } from '../../functions/function-log.ts'
import type { CommandContext } from '../command.ts'
import { logLine } from '../log-line.ts'

const LOOK_MS = 100

/** Shows what functions log as they log it, until it is closed. @param current the log of the server that runs now. */
export function followLog(
  { world, announce, isJson }: CommandContext,
  current: () => FunctionLog | undefined,
): { readonly close: () => Promise<void> } {
  const closing = new AbortController()
  let log: FunctionLog | undefined
  let afterSeq = 0

  function show(): void {
    const now = current()
    // A server that was started anew begins a new log.
    if (now !== log) afterSeq = 0
    log = now
    for (const entry of log?.read({ afterSeq }) ?? []) {
      afterSeq = entry.seq
      if (isJson) announce({ log: entry })
      else world.err(logLine(entry))
    }
  }

  const following = (async () => {
    while (!closing.signal.aborted) {
      show()
      await world.sleep(LOOK_MS, closing.signal).catch(() => undefined)
    }
    show()
  })()
  return {
    async close() {
      closing.abort()
      await following
    },
  }
}
