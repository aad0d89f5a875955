import { DrawbridgeError } from '@drawbridge/protocol'

/** The answer of an operation; what the database's driver throws becomes `STORE_UNAVAILABLE`, without its words. */
export async function answered<Result>(operation: () => Promise<Result>): Promise<Result> {
  try {
    return await operation()
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('SQLITE_'))
      throw new DrawbridgeError('STORE_UNAVAILABLE', { store: 'documents', reason: error.code }, { cause: error })
    throw error
  }
}
