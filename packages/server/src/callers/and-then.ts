/** A value now, or later. The warm path answers without a promise; only what must wait makes one. */
export type MaybePromise<T> = T | Promise<T>

/** Goes on with a value: at once when it is there, when it comes otherwise. */
export function andThen<T, R>(value: MaybePromise<T>, next: (value: T) => MaybePromise<R>): MaybePromise<R> {
  return value instanceof Promise ? value.then(next) : next(value)
}
