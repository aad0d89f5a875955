import { DrawbridgeError } from '@drawbridge/protocol'
import type { NativeObject } from '../functions/native-object.ts'
import type { AdmittedCall } from '../secure-network/admitted-call.ts'
import type { MethodCall } from './method-call.ts'

/** Calls a method of a built-in object's own; gives its result as JSON text. Throws `FUNCTION_METHOD_UNKNOWN`. */
export async function callNativeObject(
  { methods }: NativeObject,
  { method, params }: MethodCall,
  call: Pick<AdmittedCall, 'space' | 'facts' | 'proof' | 'origin'>,
): Promise<string> {
  const run = Object.hasOwn(methods, method) ? methods[method] : undefined
  if (typeof run !== 'function') throw new DrawbridgeError('FUNCTION_METHOD_UNKNOWN', { method: method.slice(0, 64) })
  return JSON.stringify((await run(call, params)) ?? null)
}
