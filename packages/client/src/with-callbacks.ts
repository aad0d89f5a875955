/** uniCloud's callbacks, which every call may be given instead of waiting for its promise. */
export interface Callbacks<T> {
  readonly success?: (result: T) => void
  readonly fail?: (error: unknown) => void
  readonly complete?: (outcome: unknown) => void
}

/** Tells the callbacks; the promise is the same, and who gave callbacks need not wait for it. */
export function withCallbacks<T>({ success, fail, complete }: Callbacks<T>, work: Promise<T>): Promise<T> {
  if (success ?? fail ?? complete)
    work.then(
      (result) => {
        success?.(result)
        complete?.(result)
      },
      (error: unknown) => {
        fail?.(error)
        complete?.(error)
      },
    )
  return work
}
