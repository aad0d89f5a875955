import { DrawbridgeError } from '@drawbridge/protocol'
import type { Json } from '@drawbridge/runtime'
import type { Static, TSchema } from 'typebox'
import type { FileCall, FileMethods } from '../file-methods.ts'
import type { MethodRun } from './client-method.ts'
import { paramsReader } from './read-params.ts'

/** A method that files answer. Throws `CLIENT_METHOD_UNKNOWN` where there is no file store. */
export function fileMethod<Schema extends TSchema>(
  schema: Schema,
  run: (files: FileMethods, call: FileCall, params: Static<Schema>) => Promise<Json | readonly Json[]>,
): MethodRun {
  const readParams = paramsReader(schema)
  return async ({ params, space, requestId, clientIp, userAgent, origin }, { files }) => {
    if (!files) throw new DrawbridgeError('CLIENT_METHOD_UNKNOWN', { reason: 'no file store' })
    const facts = { source: 'client', requestId, secretType: 'none', clientInfo: {}, clientIp, userAgent } as const
    return JSON.stringify(await run(files, { space, facts, origin }, readParams(params)))
  }
}
