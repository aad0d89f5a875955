import { DrawbridgeError } from '@drawbridge/protocol'

/** What is asked of the timers' database; a foreign error becomes `STORE_UNAVAILABLE`. */
export async function askTimers<Result>(ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask()
  } catch (cause) {
    throw cause instanceof DrawbridgeError
      ? cause
      : new DrawbridgeError('STORE_UNAVAILABLE', { store: 'timers' }, { cause })
  }
}
