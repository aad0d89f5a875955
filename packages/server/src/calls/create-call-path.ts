import { DrawbridgeError } from '@drawbridge/protocol'
import type { FunctionHost } from '../functions/function-host.ts'
import type { NativeObject } from '../functions/native-object.ts'
import type { AdmittedCall } from '../secure-network/admitted-call.ts'
import type { CallPath } from './call-path.ts'
import { callNativeObject } from './call-native-object.ts'
import { readMethodCall } from './method-call.ts'
import { thrownResult } from './thrown-result.ts'

/** What calls are answered with. */
export interface CallPathDeps {
  readonly host: Pick<FunctionHost, 'call' | 'find'>
  /** The cloud objects that are built in. */
  readonly natives: readonly NativeObject[]
}

/**
 * Answers a call by the project's function of that name, else by the built-in object of that name. Names are looked up
 * as they are and as own names only; one that nobody has (`uni-stat-receiver` and `DCloud-clientDB`, which apps call by
 * themselves, among them) is a `FUNCTION_NOT_FOUND` that nobody is bothered with.
 */
export function createCallPath({ host, natives }: CallPathDeps): CallPath {
  const nativeByName: ReadonlyMap<string, NativeObject> = new Map(natives.map((native) => [native.name, native]))

  const run = (call: AdmittedCall): Promise<string> => {
    const { space, target, args, facts, depth = 0 } = call
    if (target.kind === 'route') throw new DrawbridgeError('FUNCTION_NOT_FOUND')
    const { name } = target
    const found = host.find(space.spaceId, name)
    if (found) {
      // A timer runs an object's `_timing`; everybody else has to name a method.
      const event = found.kind === 'object' && !facts.timer ? readMethodCall(args) : args
      return host.call({ spaceId: space.spaceId, name, event: { ...event }, facts, depth })
    }
    const native = nativeByName.get(name)
    if (!native) throw new DrawbridgeError('FUNCTION_NOT_FOUND', { name: name.slice(0, 64) })
    return callNativeObject(native, readMethodCall(args), call)
  }

  const isClientOfObject = ({ space, target, facts }: AdmittedCall): boolean =>
    facts.source === 'client' && target.kind !== 'route' && host.find(space.spaceId, target.name)?.kind === 'object'

  return {
    async answer(call) {
      try {
        return await run(call)
      } catch (error) {
        if (isMethodUnknown(error)) return methodNotFound(call)
        const result = isClientOfObject(call) ? thrownResult(error) : undefined
        if (result === undefined) throw error
        return result
      }
    },
    kindOf: (spaceId, name) => host.find(spaceId, name)?.kind ?? (nativeByName.has(name) ? 'object' : undefined),
  }
}

function isMethodUnknown(error: unknown): boolean {
  return error instanceof DrawbridgeError && error.code === 'FUNCTION_METHOD_UNKNOWN'
}

/**
 * DCloud publishes no code for this case; its documents show a hand-written METHOD_NOT_FOUND. As a result rather than
 * an error, `importObject` throws it with errCode and errMsg, and an app can tell an older server by it.
 */
function methodNotFound({ target, args }: AdmittedCall): string {
  const name = target.kind === 'route' ? '' : target.name
  const method = typeof args['method'] === 'string' ? args['method'].slice(0, 64) : ''
  return JSON.stringify({
    errCode: 'METHOD_NOT_FOUND',
    errMsg: `Method name ${JSON.stringify(method)} not found in ${name}`,
    errSubject: name,
  })
}
