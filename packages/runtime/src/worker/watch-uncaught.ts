import { thrownFault } from '../calls/thrown-fault.ts'
import type { FunctionFault } from '../wire/worker-frame.ts'
import type { Log } from './create-log.ts'

/** Turns an error that nobody caught into the fault of the call that made it, with a line in the log. */
export function watchUncaught({
  process,
  log,
  fail,
}: {
  readonly process: NodeJS.Process
  readonly log: Log
  readonly fail: (fault: FunctionFault) => void
}): void {
  const report =
    (what: string) =>
    (thrown: unknown): void => {
      const fault = thrownFault(thrown)
      log('error', `${what}: ${fault.stack ?? fault.message}`)
      fail(fault)
    }
  process.on('uncaughtException', report('Uncaught exception'))
  process.on('unhandledRejection', report('Unhandled rejection'))
}
