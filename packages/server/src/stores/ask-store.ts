import { DrawbridgeError } from '@drawbridge/protocol'

/** Makes what asks a store of this name: what fails, but for our own errors, is `STORE_UNAVAILABLE`. */
export function askStore(store: string): <T>(ask: () => Promise<T>) => Promise<T> {
  return async (ask) => {
    try {
      return await ask()
    } catch (cause) {
      throw cause instanceof DrawbridgeError ? cause : new DrawbridgeError('STORE_UNAVAILABLE', { store }, { cause })
    }
  }
}
