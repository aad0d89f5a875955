import { callListener } from './call-listener.ts'
import type { Report } from './call-listener.ts'

/** uniCloud's callbacks, which every call may be given instead of waiting for its promise. */
export interface Callbacks<T> {
  readonly success?: (result: T) => void
  readonly fail?: (error: unknown) => void
  readonly complete?: (outcome: unknown) => void
}

/** Tells the callbacks; the promise is the same, and who gave callbacks need not wait for it. */
export function withCallbacks<T>(
  { success, fail, complete }: Callbacks<T>,
  work: Promise<T>,
  report: Report,
): Promise<T> {
  const telling =
    <O>(listener: ((outcome: O) => void) | undefined) =>
    (outcome: O): void => {
      callListener(report, listener, outcome)
      callListener(report, complete, outcome)
    }
  if (success ?? fail ?? complete) work.then(telling(success), telling(fail))
  return work
}
