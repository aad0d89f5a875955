import { DrawbridgeError } from '@drawbridge/protocol'
import type { Ask } from '../worker/create-ask.ts'
import { currentCall } from '../worker/call-scope.ts'

/** What `uniCloud.callFunction` resolves to. */
export interface FunctionReply {
  readonly success: true
  readonly errCode: 0
  readonly errMsg: ''
  readonly header: Readonly<Record<string, string>>
  readonly requestId: string
  readonly result: unknown
}

/** `uniCloud.callFunction({name, data})`: another function of the space; rejects with what it threw. */
export function createCallFunction(ask: Ask): (options: unknown) => Promise<FunctionReply> {
  return async (options) => {
    const { name, data = {} } = (options ?? {}) as { readonly name?: unknown; readonly data?: unknown }
    if (typeof name !== 'string' || name === '')
      throw new DrawbridgeError('UNICLOUD_ARGUMENT_INVALID', { field: 'name' })
    const requestId = currentCall()?.facts.requestId ?? ''
    const result = await ask('call', 'callFunction', { name, data })
    return { success: true, errCode: 0, errMsg: '', header: {}, requestId, result }
  }
}
