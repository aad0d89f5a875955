/** What runs around a call. Each is waited for. */
export interface Interceptor {
  /** Before the call; what it changes in its argument goes out so. */
  invoke?(options: object): unknown
  success?(result: unknown): unknown
  fail?(error: unknown): unknown
  complete?(outcome: unknown): unknown
}

/** Interceptors by the name of what they run around. */
export interface Interceptors {
  add(name: string, interceptor: Interceptor): void
  /** One, or all of the name. */
  remove(name: string, interceptor?: Interceptor): void
  /** @param told what `success`, `fail` and `complete` are given for a result or an error */
  run<T>(
    name: string,
    options: object,
    work: () => Promise<T>,
    told?: (outcome: { readonly result?: T; readonly error?: unknown }) => unknown,
  ): Promise<T>
}

/** None at first. */
export function createInterceptors(): Interceptors {
  let all: readonly { readonly name: string; readonly interceptor: Interceptor }[] = []
  const each = async (name: string, phase: keyof Interceptor, argument: object): Promise<void> => {
    for (const row of all) if (row.name === name) await row.interceptor[phase]?.(argument)
  }
  return {
    add(name, interceptor) {
      all = all.concat({ name, interceptor })
    },
    remove(name, interceptor) {
      all = all.filter((row) => row.name !== name || (interceptor !== undefined && row.interceptor !== interceptor))
    },
    async run(name, options, work, told = ({ result, error }) => error ?? result) {
      let outcome = {}
      try {
        await each(name, 'invoke', options)
        const result = await work()
        outcome = { result }
        await each(name, 'success', told(outcome) as object)
        return result
      } catch (error) {
        outcome = { error }
        await each(name, 'fail', told(outcome) as object)
        throw error
      } finally {
        await each(name, 'complete', told(outcome) as object)
      }
    },
  }
}
