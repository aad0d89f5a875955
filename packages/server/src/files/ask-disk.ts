import { DrawbridgeError } from '@drawbridge/protocol'

/** What the disk says in our words (`STORE_UNAVAILABLE`); what anything else throws stays as it is. */
export async function askDisk<Result>(ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask()
  } catch (cause) {
    if (!(cause instanceof Error) || !('syscall' in cause) || isNodeError(cause, 'ECONNRESET')) throw cause
    throw new DrawbridgeError('STORE_UNAVAILABLE', { store: 'files' }, { cause })
  }
}

/** Whether an error is Node's, of that code. */
export function isNodeError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

/** For `catch`: what is not there is undefined, anything else is thrown on. */
export function absent(error: unknown): undefined {
  if (isNodeError(error, 'ENOENT')) return undefined
  throw error
}
