import { DrawbridgeError } from '@drawbridge/protocol'

/** What a database's driver threw, as our error; our own errors pass. */
export function asUnavailable(error: unknown, store: string): DrawbridgeError {
  if (error instanceof DrawbridgeError) return error
  const reason = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'failed'
  return new DrawbridgeError('STORE_UNAVAILABLE', { store, reason }, { cause: error })
}

/** The answer of a database, or `STORE_UNAVAILABLE`. */
export async function answered<Result>(store: string, work: Promise<Result>): Promise<Result> {
  try {
    return await work
  } catch (error) {
    throw asUnavailable(error, store)
  }
}
