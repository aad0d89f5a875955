import { isAbsolute, relative } from 'node:path'
import type { RunningCall } from '../worker/call-scope.ts'
import type { Loader } from '../loader/create-loader.ts'
import { LoadFailure } from '../loader/load-failure.ts'
import type { FunctionFault, SpaceFacts } from '../wire/worker-frame.ts'
import { callObject, findMethod, findTiming } from './call-object.ts'
import type { ExportedObject } from './call-object.ts'
import { functionContext } from './function-context.ts'
import { functionEvent, timerEvent } from './function-event.ts'
import { thrownFault } from './thrown-fault.ts'
import { objectContext } from './object-context.ts'
import { resultText } from './result-text.ts'

/** Where this runtime is, as stacks name it, for a pattern. */
const RUNTIME = new URL('..', import.meta.url).href.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** What runs calls needs to know. */
export interface RunDeps {
  readonly space: SpaceFacts
  readonly load: Loader
  readonly resultMaxBytes: number
}

/** Runs a call; gives its result as JSON text, or why there is none. Throws nothing. */
export async function runFunction(deps: RunDeps, call: RunningCall, payload: unknown): Promise<string | FunctionFault> {
  try {
    const loaded = await deps.load(call.entry)
    const { entry, facts } = call
    if (loaded.kind === 'object') return await runObject(deps, call, loaded.exported, payload)
    const result = await loaded.main(functionEvent(payload, facts), functionContext(entry, facts, deps.space))
    return resultText(result, deps.resultMaxBytes)
  } catch (thrown) {
    return thrown instanceof LoadFailure ? loadFault(thrown, deps.space.projectRoot) : thrownFault(thrown)
  }
}

async function runObject(
  { space, resultMaxBytes }: RunDeps,
  { entry, facts }: RunningCall,
  exported: ExportedObject,
  payload: unknown,
): Promise<string | FunctionFault> {
  if (facts.timer) {
    const timing = findTiming(exported)
    if (!timing) return methodUnknown(entry.name, '_timing')
    const params = [timerEvent(facts.timer)]
    return resultText(await timing(objectContext({ entry, facts, space, method: '_timing', params })), resultMaxBytes)
  }
  const { method: name, params } = (payload ?? {}) as { readonly method?: unknown; readonly params?: unknown }
  const method = typeof name === 'string' ? findMethod(exported, name) : undefined
  if (typeof name !== 'string' || !method) return methodUnknown(entry.name, name)
  const context = objectContext({ entry, facts, space, method: name, params: Array.isArray(params) ? params : [] })
  return resultText(await callObject(exported, method, context), resultMaxBytes)
}

function methodUnknown(object: string, method: unknown): FunctionFault {
  const named = typeof method === 'string' ? JSON.stringify(method.slice(0, 64)) : 'none'
  return { code: 'FUNCTION_METHOD_UNKNOWN', message: `The cloud object ${object} has no public method ${named}.` }
}

function loadFault({ fault, cause }: LoadFailure, projectRoot: string): FunctionFault {
  const path = relative(projectRoot, fault.file)
  const file = path === '' || path.startsWith('..') || isAbsolute(path) ? undefined : path
  const { stack } = thrownFault(cause)
  return {
    code: 'FUNCTION_LOAD_FAILED',
    message: fault.message,
    ...(file === undefined ? {} : { file }),
    ...(file === undefined || fault.line === undefined ? {} : { line: fault.line }),
    ...(stack === undefined ? {} : { stack: ownFrames(stack) }),
  }
}

/** The frames that are Node's own, or this runtime's, tell nobody where to look. */
function ownFrames(stack: string): string {
  const lines = stack.split('\n')
  return lines.filter((line) => !/^\s+at /.test(line) || !FOREIGN_FRAME.test(line)).join('\n')
}

const FOREIGN_FRAME = new RegExp(`\\((?:node:|${RUNTIME})|at (?:async )?(?:node:|${RUNTIME})`)
