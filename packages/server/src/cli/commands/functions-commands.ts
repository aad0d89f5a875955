import { DrawbridgeError } from '@drawbridge/protocol'
import type { CallFacts, Json, JsonObject } from '@drawbridge/runtime'
import type { IncomingCall } from '../../calls/call-intake.ts'
import type { FunctionFacts } from '../../functions/function-facts.ts'
import type { ReloadFault } from '../../functions/function-host.ts'
import type { Space } from '../../spaces/space.ts'
import { triggerFaults } from '../../triggers/trigger-faults.ts'
import type { Command, CommandContext, CommandOption, Outcome } from '../command.ts'
import { describeError } from '../describe-error.ts'
import { devSpace, locally, newClientSecret } from '../dev/dev-space.ts'
import { findCloudProject } from '../dev/find-cloud-project.ts'
import { exitCode, exitCodeOf } from '../exit-code.ts'
import type { Sentence } from '../language.ts'
import { logLine } from '../log-line.ts'
import type { OpenedFunctions } from '../machinery.ts'
import { showFaults } from '../show-faults.ts'
import { textTable } from '../text-table.ts'
import { usageMistake } from '../usage-mistake.ts'
import { logCommands } from './log-commands.ts'

const space: CommandOption = {
  value: 'spaceId',
  en: 'The space; may be left out when there is one.',
  zh: '服务空间，仅一个时可省略。',
}

/** The commands for functions. */
export const functionsCommands: readonly Command[] = [
  {
    name: 'functions ls',
    summary: {
      en: 'List the functions of the configured spaces, or of the project here, and what is wrong with them.',
      zh: '列出已配置服务空间（或当前项目）的云函数及其错误。',
    },
    options: { space },
    run: list,
  },
  {
    name: 'functions run',
    words: ['<name>', '[method]'],
    summary: {
      en: 'Run a function, or a method of a cloud object, once; without a running server.',
      zh: '执行一次云函数或云对象方法，无需运行服务。',
    },
    options: {
      data: {
        value: 'json',
        en: 'The event of a function, or the parameter of a method (a list: all its parameters); {} when left out.',
        zh: '云函数的 event，或云对象方法的参数（数组表示全部参数），默认 {}。',
      },
      timing: { en: 'As its timer would run it.', zh: '按定时触发的方式执行。' },
      token: { value: 'uni-id-token', en: 'The uni-id token of a user.', zh: '用户的 uni-id token。' },
      space,
    },
    run: runOnce,
  },
  ...logCommands,
]

async function list(context: CommandContext): Promise<Outcome> {
  return withFunctions(context, async ({ spaces, host }) => {
    const only = context.option('space')
    const items: (FunctionFacts & { readonly spaceId: string })[] = []
    const faults: (ReloadFault & { readonly spaceId: string })[] = []
    for (const { spaceId, functionsFolder } of spaces.filter((one) => only === undefined || one.spaceId === only)) {
      for (const fault of await host.faults(spaceId)) faults.push({ spaceId, ...fault })
      for (const facts of host.list(spaceId)) {
        items.push({ spaceId, ...facts })
        for (const fault of triggerFaults(facts, functionsFolder)) faults.push({ spaceId, ...fault })
      }
    }
    const nothing = { en: 'There are no functions.', zh: '没有云函数。' }
    const table = items.length === 0 ? context.say(nothing) : textTable([head(context), ...items.map(rowOf)])
    const text = `${table}\n${showFaults(faults, context.world.cwd)}`
    return { json: { items, faults }, text, ...(faults.length > 0 && { exit: exitCode.failed }) }
  })
}

function head({ language }: CommandContext): readonly string[] {
  return language === 'zh'
    ? ['空间', '名称', '类型', '超时', 'URL 路径', '定时触发']
    : ['space', 'name', 'kind', 'timeout', 'path', 'triggers']
}

function rowOf({ spaceId, name, kind, timeoutSeconds, path, triggers }: FunctionFacts & { readonly spaceId: string }) {
  const timers = triggers.map((trigger) => `${trigger.name} (${trigger.cron})`)
  return [spaceId, name, kind, `${timeoutSeconds}s`, path ?? '-', timers.join(', ') || '-']
}

async function runOnce(context: CommandContext): Promise<Outcome> {
  const [name = '', method] = context.words
  const data = readData(context)
  return withFunctions(context, async (functions) => {
    const space = chooseSpace(context, functions.spaces)
    const mistake = methodMistake(functions.host.find(space.spaceId, name), name, { method, data, ...context })
    if (mistake) return usageMistake(context, mistake)
    const args = argumentsOf(data, method)
    const requestId = `cli-${context.world.now().toString(36)}`
    const startedAt = context.world.now()
    const facts = factsOf(context, functions, space, name, requestId)
    const call = { space, name, args, facts }
    try {
      const result = JSON.parse(await functions.path.answer(call)) as Json
      const text = JSON.stringify(result, undefined, 2)
      const isAbsent = isMethodAbsent(result, name)
      if (isAbsent && method === undefined) return usageMistake(context, methodNeeded(name))
      const exit = isAbsent ? exitCode.absent : exitCode.done
      return { json: { result, ...whatWasLogged(context, functions, call, startedAt) }, text, exit }
    } catch (thrown) {
      if (!(thrown instanceof DrawbridgeError)) throw thrown
      const error = describeError(thrown)
      const { message } = error.detail
      const text = `${error.code}: ${typeof message === 'string' ? message : context.say(error)}`
      const logged = whatWasLogged(context, functions, call, startedAt)
      return { json: { error, ...logged }, text, exit: exitCodeOf(error) }
    }
  })
}

/** A cloud object is called by its methods, and a function has none. */
function methodMistake(
  found: FunctionFacts | undefined,
  name: string,
  { method, data, has }: { readonly method: string | undefined; readonly data: Json } & Pick<CommandContext, 'has'>,
): Sentence | undefined {
  if (!found || has('timing')) return undefined
  if (found.kind === 'object') {
    const isNamed = method !== undefined || (isObject(data) && typeof data['method'] === 'string')
    return isNamed ? undefined : methodNeeded(name)
  }
  if (method === undefined) return undefined
  return {
    en: `${name} is a function and has no methods: "${method}" is too much. Its event is given with --data.`,
    zh: `${name} 是云函数，没有方法，"${method}" 多余。event 请用 --data 传入。`,
  }
}

function methodNeeded(name: string): Sentence {
  return {
    en: `${name} is a cloud object: name the method, as in drawbridge functions run ${name} <method>.`,
    zh: `${name} 是云对象，请写明方法：drawbridge functions run ${name} <method>。`,
  }
}

/** What a cloud object answers for a method that it has not. */
function isMethodAbsent(result: Json, name: string): boolean {
  return isObject(result) && result['errCode'] === 'METHOD_NOT_FOUND' && result['errSubject'] === name
}

/** Shows the call's log to people, and gives it and the duration. */
function whatWasLogged(
  { world, isJson }: CommandContext,
  { host }: OpenedFunctions,
  { facts: { requestId } }: IncomingCall,
  startedAt: number,
) {
  const log = host.log.read({ requestId })
  if (!isJson) world.err(log.map(logLine).join(''))
  return { durationMs: log.find(({ end }) => end)?.end?.durationMs ?? world.now() - startedAt, log }
}

function factsOf(
  { world, has, option }: CommandContext,
  { host }: OpenedFunctions,
  { spaceId }: Space,
  name: string,
  requestId: string,
): CallFacts {
  const token = option('token')
  const trigger = host.find(spaceId, name)?.triggers[0]?.name ?? 'cli'
  return {
    source: has('timing') ? 'timing' : 'server',
    requestId,
    secretType: 'none',
    clientInfo: {},
    clientIp: '',
    userAgent: '',
    ...(token !== undefined && { uniIdToken: token }),
    ...(has('timing') && { timer: { trigger, dueAt: world.now() } }),
  }
}

function readData({ option }: CommandContext): Json {
  try {
    return JSON.parse(option('data') ?? '{}') as Json
  } catch (cause) {
    throw new DrawbridgeError('REQUEST_INVALID', { field: 'data', reason: 'it is no JSON' }, { cause })
  }
}

function argumentsOf(data: Json, method: string | undefined): JsonObject {
  if (method !== undefined) return { method, params: Array.isArray(data) ? data : [data] }
  if (isObject(data)) return data
  throw new DrawbridgeError('REQUEST_INVALID', { field: 'data', reason: 'the event of a function is an object' })
}

function isObject(data: Json): data is JsonObject {
  return typeof data === 'object' && data !== null && !Array.isArray(data)
}

function chooseSpace({ option }: CommandContext, spaces: readonly Space[]): Space {
  const named = option('space')
  const found = named === undefined ? spaces : spaces.filter(({ spaceId }) => spaceId === named)
  const [only] = found
  if (only && found.length === 1) return only
  if (named === undefined && only)
    throw new DrawbridgeError('REQUEST_INVALID', {
      field: 'space',
      reason: 'several spaces',
      choose: found.map(({ spaceId }) => spaceId).join(', '),
    })
  throw new DrawbridgeError('SPACE_UNKNOWN', { choose: spaces.map(({ spaceId }) => spaceId).join(', ') })
}

/** The configured spaces, or where there are none the project in the working directory. */
async function withFunctions<Result>(
  context: CommandContext,
  work: (functions: OpenedFunctions) => Promise<Result>,
): Promise<Result> {
  const { machinery, config, loadConfig, world } = context
  const project = loadConfig().config?.spaces.length === 0 ? findCloudProject(world.cwd) : undefined
  const own = project && devSpace(project, { spaceId: 'local', clientSecret: newClientSecret() })
  const functions = await machinery.openFunctions(own ? locally(config({ spaces: [own] })) : config())
  try {
    return await work(functions)
  } finally {
    await functions.close()
  }
}
