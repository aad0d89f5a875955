import { WxError } from './wx-error.ts'

/** The three callbacks that every asynchronous API takes. */
export interface Callbacks<T> {
  readonly success?: (result: T) => void
  readonly fail?: (error: WxError) => void
  readonly complete?: (result: T | WxError) => void
}

/** What an API hands over on success, besides its own fields. */
export interface Ok {
  readonly errMsg: string
}

/** Options with at least one callback. */
export type WithCallback<R> =
  | { readonly success: (result: R) => void }
  | { readonly fail: (error: WxError) => void }
  | { readonly complete: (result: R | WxError) => void }

/** An asynchronous API: with any callback it returns nothing, without one a Promise. */
export interface AsyncApi<R, O = object> {
  (options: O & Callbacks<R> & WithCallback<R>): undefined
  (...options: object extends O ? [options?: O] : [options: O]): Promise<R>
}

/** Gives a function that follows the rule its two faces. */
export function asyncApi<R, O = object>(call: (options: O & Callbacks<R>) => Promise<R> | undefined): AsyncApi<R, O> {
  return ((options?: O & Callbacks<R>) => call(options ?? ({} as O & Callbacks<R>))) as AsyncApi<R, O>
}

/**
 * Runs an asynchronous API by wx's rules: with any callback it returns nothing, without one a Promise.
 * `work` fails by throwing a WxError.
 */
export function callApi<T extends object>(
  api: string,
  options: Callbacks<T & Ok>,
  work: () => T | Promise<T>,
): Promise<T & Ok> | undefined {
  const result = run(api, work)
  if (!hasCallback(options)) return result
  notify(result, options)
  return undefined
}

/** Like `callApi`, for the APIs that never return a Promise. */
export function callWithoutPromise<T extends object>(
  api: string,
  options: Callbacks<T & Ok>,
  work: () => T | Promise<T>,
): void {
  notify(run(api, work), options)
}

/** Was any callback given? */
export function hasCallback(options: Callbacks<never>): boolean {
  return options.success !== undefined || options.fail !== undefined || options.complete !== undefined
}

async function run<T extends object>(api: string, work: () => T | Promise<T>): Promise<T & Ok> {
  // Never in the same turn: real APIs answer from the native side.
  await new Promise(setImmediate)
  return { ...(await work()), errMsg: `${api}:ok` }
}

function notify<T extends object>(result: Promise<T & Ok>, options: Callbacks<T & Ok>): void {
  result.then(
    (value) => tell(value, options.success, options.complete),
    (error: unknown) => {
      if (!(error instanceof WxError)) throw error
      tell(error, options.fail, options.complete)
    },
  )
}

function tell<V>(value: V, first: ((value: V) => void) | undefined, last: ((value: V) => void) | undefined): void {
  try {
    first?.(value)
  } finally {
    last?.(value)
  }
}
