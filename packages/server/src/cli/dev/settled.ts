import type { CommandContext } from '../command.ts'
import { describeError } from '../describe-error.ts'

/** Editors write a file in several steps, and a version control system writes many. */
const SETTLE_MS = 150

/** Work that follows changes: once after each flurry of them, one run at a time. */
export interface Settled {
  onChange(): void
  /** Waits for the run that is under way; none begins after it. */
  close(): Promise<void>
}

/** Runs `work` a moment after `onChange`; an error is told and ends nothing. */
export function settled(context: CommandContext, work: () => Promise<void>): Settled {
  const closing = new AbortController()
  let running = Promise.resolve()
  let isDue = false
  return {
    onChange() {
      if (isDue || closing.signal.aborted) return
      isDue = true
      running = running.then(async () => {
        await context.world.sleep(SETTLE_MS, closing.signal).catch(() => undefined)
        isDue = false
        if (closing.signal.aborted) return
        try {
          await work()
        } catch (error) {
          const { code, en, zh } = describeError(error)
          context.progress({ en: `${code}: ${en}`, zh: `${code}：${zh}` })
        }
      })
    },
    async close() {
      closing.abort()
      await running
    },
  }
}
